/** A short talk in lines with a server over TCP or TLS: what is sent, and the answer up to where it is whole. */
import type { Socket } from "node:net";
import { connect as connectTcp, isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { connect as connectTls } from "node:tls";

/** Bytes of an answer at most: a server that says more is another one than was meant. */
const mostBytes = 1_048_576;

/** Where a server is. */
export interface TalkPlace {
  readonly host: string;
  readonly port: number;
  /** TLS from the beginning, with these; none when absent. */
  readonly tls?: ConnectionOptions | undefined;
}

/** What comes after something was heard: the end, a word, or TLS from now on and what is said over it. */
export type TalkStep<Result> =
  | { readonly result: Result }
  | { readonly say: string }
  | { readonly secure: ConnectionOptions; readonly say: string };

export interface Talk<Result> {
  readonly place: TalkPlace;
  readonly timeoutMs: number;
  /** What is said first; nothing when the server begins. */
  readonly greeting: string;
  /** Looks at all that has come, over TLS at what has come over it. Gives nothing as long as more must come. */
  readonly hear: (heard: string) => TalkStep<Result> | undefined;
}

/** @throws the system's error, or an Error when the answer does not come in time or is too long */
export function talk<Result>(terms: Talk<Result>): Promise<Result> {
  const { place, timeoutMs, greeting, hear } = terms;
  return new Promise((resolve, reject) => {
    let current: Socket;
    let heard = "";
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      current.destroy();
      settle();
    };
    const take = (text: string): void => {
      heard += text;
      try {
        const step = hear(heard);
        if (step === undefined && heard.length > mostBytes) throw new Error("it says too much");
        if (step === undefined) return;
        if ("result" in step) end(() => resolve(step.result));
        else if ("secure" in step) follow(securedOver(current, place, step.secure), step.say);
        else current.write(step.say);
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    /** Goes on over this socket, whose first word it is. */
    const follow = (socket: Socket, first: string): void => {
      current = socket;
      heard = "";
      socket.setEncoding("latin1");
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => socket.write(first));
      socket.on("data", take);
      socket.on("error", (error) => end(() => reject(error)));
      socket.on("close", () => end(() => reject(new Error("it hung up"))));
    };
    const timer = setTimeout(() => {
      end(() => reject(new Error(`no answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    const { host, port, tls } = place;
    follow(
      tls === undefined
        ? connectTcp({ host, port })
        : connectTls({ ...nameOf(place), port, ...tls }),
      greeting,
    );
  });
}

/** RFC 6066 §3: a server is asked for by its name, never by an address. */
function nameOf({ host }: TalkPlace): ConnectionOptions {
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

function securedOver(socket: Socket, place: TalkPlace, tls: ConnectionOptions): Socket {
  socket.removeAllListeners("data");
  return connectTls({ ...nameOf(place), ...tls, socket });
}

/** A short talk in lines with a server over TCP or TLS: what is sent, and the answer up to where it is whole. */
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

/** Bytes of an answer at most: a server that says more is another one than was meant. */
const mostBytes = 1_048_576;

export interface Talk<Result> {
  readonly url: URL;
  readonly tls: boolean;
  readonly defaultPort: number;
  readonly timeoutMs: number;
  /** What is said first; nothing when the server begins. */
  readonly greeting: string;
  /** Looks at all that has come. Gives what it was asked for, or what to say next, or nothing as long as more must come. */
  readonly hear: (
    heard: string,
  ) => { readonly result: Result } | { readonly say: string } | undefined;
}

/** @throws the system's error, or an Error when the answer does not come in time or is too long */
export function talk<Result>(terms: Talk<Result>): Promise<Result> {
  const { url, tls, defaultPort, timeoutMs, greeting, hear } = terms;
  const host = url.hostname.replace(/^\[|\]$/gu, "");
  const port = Number(url.port || defaultPort);
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    let heard = "";
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(() => {
      end(() => reject(new Error(`no answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    socket.setEncoding("latin1");
    socket.once(tls ? "secureConnect" : "connect", () => socket.write(greeting));
    socket.on("data", (text: string) => {
      heard += text;
      try {
        const answer = hear(heard);
        if (answer === undefined && heard.length > mostBytes) throw new Error("it says too much");
        if (answer === undefined) return;
        if ("say" in answer) socket.write(answer.say);
        else end(() => resolve(answer.result));
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
    socket.on("error", (error) => end(() => reject(error)));
    socket.on("close", () => end(() => reject(new Error("it hung up"))));
  });
}

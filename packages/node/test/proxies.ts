/**
 * Proxies for the tests: small real servers that do what RFC 9110 §9.3.6 and RFC 1928 ask of them, and remember it.
 */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { certificate, listening } from "./servers.ts";

export interface RunningProxy {
  readonly port: number;
  /** What it was asked for, with the credentials where there were any. */
  readonly asked: string[];
  /** The sockets of its clients, below TLS. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Wherever it is asked to go, it goes to `port` of the loopback: names of the other side are not this side's. */
export interface ProxyScript {
  readonly port: number;
  readonly tls?: boolean;
  /** "user:password" that it wants. */
  readonly credentials?: string;
}

function join(near: Duplex, port: number, onConnect: () => void): void {
  const far = connectTcp(port, "127.0.0.1");
  far.on("error", () => near.destroy());
  near.on("error", () => far.destroy());
  near.on("close", () => far.destroy());
  far.on("connect", () => {
    onConnect();
    near.pipe(far).pipe(near);
  });
}

export async function httpProxy(script: ProxyScript): Promise<RunningProxy> {
  const asked: string[] = [];
  const server = script.tls === true ? createHttpsServer(certificate) : createHttpServer();
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    const given = request.headers["proxy-authorization"];
    asked.push([request.url, request.headers.host, given].filter(Boolean).join(" "));
    const wanted = script.credentials;
    if (wanted !== undefined && given !== `Basic ${Buffer.from(wanted).toString("base64")}`) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    join(socket, script.port, () => {
      socket.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 Connection established\r\n\r\n");
    });
  });
  return { ...(await listening(server)), asked };
}

/** Reads a socket in steps. */
async function* steps(socket: Socket): AsyncGenerator<Buffer, never, number> {
  let unread: Buffer = Buffer.alloc(0);
  let wanted = yield Buffer.alloc(0);
  for (;;) {
    while (unread.length < wanted) {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) await once(socket, "readable");
      else unread = Buffer.concat([unread, chunk]);
    }
    const taken = unread.subarray(0, wanted);
    unread = unread.subarray(wanted);
    wanted = yield taken;
  }
}

export async function socksProxy(
  script: ProxyScript & { readonly reply?: number },
): Promise<RunningProxy> {
  const asked: string[] = [];
  const converse = async (socket: Socket): Promise<void> => {
    const reading = steps(socket);
    await reading.next(0);
    const read = async (byteLength: number): Promise<Buffer> =>
      (await reading.next(byteLength)).value;
    const readText = async (): Promise<string> => (await read((await read(1))[0]!)).toString();
    const methods = await read((await read(2))[1]!);
    if (script.credentials !== undefined) {
      if (!methods.includes(2)) {
        socket.end(Buffer.from([5, 0xff]));
        return;
      }
      socket.write(Buffer.from([5, 2]));
      await read(1);
      const given = `${await readText()}:${await readText()}`;
      asked.push(given);
      socket.write(Buffer.from([1, given === script.credentials ? 0 : 1]));
      if (given !== script.credentials) return;
    } else socket.write(Buffer.from([5, 0]));
    const type = (await read(4))[3]!;
    const host = type === 3 ? await readText() : (await read(type === 1 ? 4 : 16)).toString("hex");
    asked.push(`${host} ${(await read(2)).readUInt16BE()}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const bound = type === 3 ? [3, 3, 97, 46, 98, 0, 80] : [1, 127, 0, 0, 1, 0, 80];
    if (script.reply !== undefined) {
      socket.end(Buffer.from([5, script.reply, 0, ...bound]));
      return;
    }
    socket.removeAllListeners("readable");
    join(socket, script.port, () => socket.write(Buffer.from([5, 0, 0, ...bound])));
  };
  const server = createTcpServer((socket) => void converse(socket).catch(() => socket.destroy()));
  return { ...(await listening(server)), asked };
}

/**
 * A way for a connection on which its frames can be seen: a proxy inside this process, for one connection, that passes
 * bytes on and shows them to the inspector. What is seen is what travels, handshake and masks included.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { Dialogue } from "../../inspect/dialogue.ts";
import type { Report } from "../../inspect/finding.ts";

const endOfHead = "\r\n\r\n";
const mostHeadBytes = 16 * 1024;

export class FrameTap {
  readonly #dialogue: Dialogue;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Why the other end could not be reached. */
  #failure: Error | undefined;

  constructor(report: Report) {
    this.#dialogue = new Dialogue({ connection: 1, report, onFound: () => undefined });
    this.#server = createServer((near) => this.#accept(near));
    this.#server.maxConnections = 1;
  }

  /** @returns the address of the proxy */
  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Why the other end could not be reached, if it could not. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  /** The request of a client of proxies: CONNECT host:port (RFC 9110 §9.3.6). */
  #accept(near: Socket): void {
    this.#keep(near);
    near.on("error", () => near.destroy());
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(endOfHead);
      if (end < 0) {
        if (head.byteLength > mostHeadBytes) near.destroy();
        return;
      }
      near.off("data", read);
      near.pause();
      const [, host = "", port = ""] = /^CONNECT (\S+):(\d+) /.exec(head.toString("latin1")) ?? [];
      this.#join(near, host.replace(/^\[|\]$/g, ""), Number(port));
    };
    near.on("data", read);
  }

  #join(near: Socket, host: string, port: number): void {
    const far = connect({ host, port });
    this.#keep(far);
    let isJoined = false;
    far.once("connect", () => {
      isJoined = true;
      near.write(`HTTP/1.1 200 Connection established${endOfHead}`);
      near.on("data", (bytes: Buffer) => this.#dialogue.add("client", bytes, Date.now()));
      far.on("data", (bytes: Buffer) => this.#dialogue.add("server", bytes, Date.now()));
      near.pipe(far);
      far.pipe(near);
    });
    far.on("error", (error) => {
      if (isJoined) return near.destroy();
      this.#failure = error;
      return near.end(`HTTP/1.1 502 Bad Gateway${endOfHead}`);
    });
    near.on("close", () => far.destroy());
    far.on("close", () => near.end());
  }
}

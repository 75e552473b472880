/** A way to a Redis, or anything else, that can go silent: it lets nothing through then, and closes nothing. */

import type { AddressInfo, NetConnectOpts, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";

export class TcpProxy {
  readonly #target: NetConnectOpts;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #silent = false;

  /** @param target where it leads */
  constructor(target: NetConnectOpts) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen({ port: 0, host: "127.0.0.1" }, resolve);
    });
  }

  /** Where it listens, as client libraries have it. */
  get address(): { readonly host: string; readonly port: number } {
    const { port } = this.#server.address() as AddressInfo;
    return { host: "127.0.0.1", port };
  }

  stall(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What has waited goes on its way. */
  flow(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Breaks every connection, without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #join(client: Socket): void {
    const upstream = connect({ ...this.#target, allowHalfOpen: true });
    this.#carry(client, upstream);
    this.#carry(upstream, client);
  }

  #carry(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (chunk) => to.write(chunk));
    if (this.#silent) from.pause();
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      // Who has gone while nothing came through is not missed before something does.
      if (!this.#silent) to.destroy();
    });
  }
}

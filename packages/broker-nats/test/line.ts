/** A line to a server that can go silent, or be cut: a TCP proxy. */

import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";

export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;

  /** @param target the port to which the line leads, asked for at each connection */
  constructor(target: () => number) {
    this.#server = createServer((near) => {
      const far = connect({ port: target(), host: "127.0.0.1" });
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  /** Where it begins. */
  get address(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
  }

  /** Lets nothing through from now on, and closes no connection. */
  stall(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Lets everything through, what has waited included. */
  flow(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Cuts all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (chunk: Buffer) => to.write(chunk));
    if (this.#silent) from.pause();
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

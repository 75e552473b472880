/**
 * The opening handshake of HTTP/1.1, over a socket that becomes the connection's (RFC 6455 §4.1).
 */
import type { Socket } from "node:net";
import { ConnectionFailed } from "@tautline/protocol";
import type { ClientHandshake } from "@tautline/protocol";
import { openTransport } from "../connection/handle-transport.ts";
import type { Opening, OpeningEvents } from "./opening.ts";

export class Http1Opening implements Opening {
  readonly #socket: Socket;
  readonly #handshake: ClientHandshake;
  #events: OpeningEvents | undefined;

  /** @param socket connected, and held by somebody who hears of its errors and destroys it when this fails */
  constructor(socket: Socket, handshake: ClientHandshake) {
    this.#socket = socket;
    this.#handshake = handshake;
  }

  begin(events: OpeningEvents): void {
    const socket = this.#socket;
    this.#events = events;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.write(this.#handshake.request);
    // Whoever asked a proxy for the way has paused it.
    socket.resume();
  }

  giveUp(): void {
    this.#letGo();
  }

  readonly #onData = (chunk: Buffer): void => {
    const result = this.#handshake.receive(chunk);
    if (result.state === "pending") return;
    const events = this.#letGo();
    if (result.state === "failed") {
      events?.failed(result.error);
      return;
    }
    const { subprotocol, extensions, rest } = result;
    events?.opened({
      subprotocol,
      extensions,
      rest,
      openTransport: (listeners) => openTransport(this.#socket, listeners),
    });
  };

  readonly #onEnd = (): void => {
    this.#letGo()?.failed(new ConnectionFailed("CONNECTION_HANDSHAKE_CUT"));
  };

  #letGo(): OpeningEvents | undefined {
    const socket = this.#socket;
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    const events = this.#events;
    this.#events = undefined;
    return events;
  }
}

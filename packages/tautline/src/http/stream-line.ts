/**
 * The line to a client that listens to a response without end and speaks, if at all, by requests of its own. The end of
 * the connection is a message as well: a response has no other way to say why.
 */
import type { ClientConnection, Clock } from "@tautline/hub";
import type { Codec } from "@tautline/wire";
import { disconnects } from "@tautline/wire";
import type { ServerResponse } from "node:http";

import type { Frame } from "./frame-inbox.ts";
import { FrameInbox } from "./frame-inbox.ts";
import { lostEnd } from "./held-line.ts";
import type { HeldLine } from "./held-line.ts";
import type { Outgoing } from "./message-bytes.ts";
import { messageBytes } from "./message-bytes.ts";
import { ResponseStream } from "./response-stream.ts";
import type { StreamFormat } from "./stream-format.ts";

export interface StreamLineSetup {
  /** Its head has been written. */
  readonly response: ServerResponse;
  readonly format: StreamFormat;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly maxWaitingFrames: number;
  readonly closeTimeoutMs: number;
}

/** Above this, the advice of `send` is to wait. */
const highWaterBytes = 65_536;

type CloseListener = Parameters<ClientConnection["onClose"]>[0];

export class StreamLine implements HeldLine {
  readonly #setup: StreamLineSetup;
  readonly #stream: ResponseStream;
  readonly #inbox: FrameInbox;
  readonly #closeListeners: CloseListener[] = [];
  #over = false;

  constructor(setup: StreamLineSetup) {
    this.#setup = setup;
    this.#inbox = new FrameInbox(setup.maxWaitingFrames);
    this.#stream = new ResponseStream(setup.response, setup.clock, () => this.#closed());
    if (setup.format.opening !== undefined) this.#stream.write([setup.format.opening]);
  }

  get bufferedBytes(): number {
    return this.#stream.bufferedBytes;
  }

  send(message: Outgoing): boolean {
    this.#stream.write(this.#setup.format.frame(messageBytes(message)));
    return this.bufferedBytes < highWaterBytes;
  }

  close(code: number = disconnects.connectionClosed.code, reason = ""): void {
    if (this.#over) return;
    this.#over = true;
    this.#inbox.end();
    this.send(this.#setup.codec.encodeReply({ push: { disconnect: { code, reason } } }));
    this.#stream.end(this.#setup.closeTimeoutMs);
  }

  receive(frame: Frame): Promise<boolean> {
    if (this.#inbox.full) {
      const { code, reason } = disconnects.tooManyRequests;
      this.close(code, reason);
    }
    return this.#inbox.receive(frame);
  }

  onMessage(listener: (frame: Frame) => void): void {
    this.#inbox.listen(listener);
  }

  onClose(listener: CloseListener): void {
    this.#closeListeners.push(listener);
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  #closed(): void {
    this.#over = true;
    this.#inbox.end();
    for (const listener of this.#closeListeners) listener(lostEnd);
  }
}

/**
 * What goes out to one client: it encodes, hands over to the connection, and notices when that fails or when the client
 * does not keep up. What happens then is decided elsewhere.
 */

import type { Codec, Reply } from "@tautline/wire";
import { PayloadMismatch } from "@tautline/wire";
import type { Broadcast } from "./channels/broadcast.ts";
import type { ClientConnection, PreparedMessage } from "./ports/client-connection.ts";
import type { AnswerLimits } from "./subscriptions/answer-allowance.ts";
import { AnswerAllowance } from "./subscriptions/answer-allowance.ts";

export interface OutboxEvents {
  /** More waits for the client than may. */
  slow(): void;
  /** A message could not be written, or the connection did not take it. */
  failed(error: unknown): void;
  /** What the client is to be told cannot be said in its format: it would miss something without a word. */
  unfit(): void;
}

export interface OutboxSetup {
  readonly line: ClientConnection;
  readonly codec: Codec;
  readonly limits: AnswerLimits;
  readonly events: OutboxEvents;
}

export class Outbox {
  readonly allowance: AnswerAllowance;
  readonly #line: ClientConnection;
  readonly #codec: Codec;
  readonly #events: OutboxEvents;
  #closed = false;

  constructor({ line, codec, limits, events }: OutboxSetup) {
    this.allowance = new AnswerAllowance(limits, () => line.bufferedBytes);
    this.#line = line;
    this.#codec = codec;
    this.#events = events;
  }

  reply(reply: Reply): void {
    if (this.#closed) return;
    let frame: string | Uint8Array;
    try {
      frame = this.#codec.encodeReply(reply);
    } catch (error) {
      return this.#fail(error);
    }
    this.#write(frame, isLong(reply));
  }

  deliver(broadcast: Broadcast): void {
    if (this.#closed) return;
    let frame: PreparedMessage;
    try {
      frame = broadcast.for(this.#codec);
    } catch (error) {
      return this.#fail(error);
    }
    this.#write(frame);
  }

  /** Nothing goes out any more. */
  close(): void {
    this.#closed = true;
  }

  #fail(error: unknown): void {
    if (error instanceof PayloadMismatch) this.#events.unfit();
    else this.#events.failed(error);
  }

  #write(message: string | Uint8Array | PreparedMessage, isAnswer = false): void {
    const before = isAnswer ? this.#line.bufferedBytes : 0;
    try {
      this.#line.send(message);
    } catch (error) {
      return this.#fail(error);
    }
    if (isAnswer) this.allowance.wrote(this.#line.bufferedBytes - before);
    if (this.allowance.exceeded) this.#events.slow();
  }
}

/** Whether the reply may hold many publications, for which an allowance was set aside. */
function isLong({ subscribe, connect, history }: Reply): boolean {
  return (
    subscribe?.publications !== undefined || connect?.subs !== undefined || history !== undefined
  );
}

/**
 * The messages to a polling client, numbered from 1, until the client says that it has them. An answer that is lost is
 * given again, and nothing is given to a client that has it: each message arrives once, in order. It knows neither
 * requests nor time.
 */

/** What a poll is answered with: the messages after the client's cursor. */
export interface LedgerPage {
  /** The number of the last message in the page, or the client's cursor when there is none. */
  readonly cursor: number;
  readonly messages: readonly Uint8Array[];
  /** Whether there is more than fits. */
  readonly more: boolean;
}

export class MessageLedger {
  readonly #messages: Uint8Array[] = [];
  #bytes = 0;
  /** The client has all messages up to this number. */
  #acknowledged = 0;
  /** The client was given all messages up to this number, and may or may not have them. */
  #given = 0;

  /** Bytes of the messages that the client has not said to have. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += message.byteLength;
  }

  /** Whether a client at `cursor` can be served: it must have been there, and its messages must be here. */
  knows(cursor: number): boolean {
    return Number.isSafeInteger(cursor) && cursor >= this.#acknowledged && cursor <= this.#given;
  }

  /** The client has everything up to `cursor`, which is known. */
  acknowledge(cursor: number): void {
    const had = this.#messages.splice(0, cursor - this.#acknowledged);
    for (const message of had) this.#bytes -= message.byteLength;
    this.#acknowledged = cursor;
  }

  /** Whether there is anything that the client has not said to have. */
  get waiting(): boolean {
    return this.#messages.length > 0;
  }

  /** The messages that the client has not said to have, at least one and up to `maxBytes`. */
  page(maxBytes: number): LedgerPage {
    const messages: Uint8Array[] = [];
    let bytes = 0;
    for (const message of this.#messages) {
      bytes += message.byteLength;
      if (messages.length > 0 && bytes > maxBytes) break;
      messages.push(message);
    }
    const cursor = this.#acknowledged + messages.length;
    this.#given = Math.max(this.#given, cursor);
    return { cursor, messages, more: messages.length < this.#messages.length };
  }
}

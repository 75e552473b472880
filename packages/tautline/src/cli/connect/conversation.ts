/**
 * The talk of `tautline connect`: lines go out, messages are printed, and at the end somebody closes. It joins a
 * connection and a line input and knows neither terminals nor sockets.
 */
import type { Connection } from "@tautline/node";

import { exitCodes } from "../command.ts";
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";
import { closeText, isOrderly } from "./close-text.ts";
import type { LineInput } from "./line-input.ts";
import { messageText } from "./message-text.ts";
import type { Recorder } from "./recording.ts";

export interface ConversationOptions {
  /** Send lines as binary messages, in UTF-8. */
  readonly binary: boolean;
  /** Ping so often and tell the time each takes. Undefined: never. */
  readonly pingIntervalMs: number | undefined;
  /** After the end of a piped input: close once no message has come for so long. May be Infinity. */
  readonly waitMs: number;
  /** What to send in the place of the input's lines. */
  readonly script?: AsyncIterable<string | Uint8Array> | undefined;
  readonly recorder?: Recorder | undefined;
  readonly style: Style;
}

/** A peer that answers no ping is not waited for any longer than this. */
const answerTimeoutMs = 5_000;
const lastPing = "tautline: end of input";

export class Conversation {
  readonly #connection: Connection;
  readonly #input: LineInput;
  readonly #options: ConversationOptions;
  #onActivity: () => void = () => undefined;
  #interrupted = false;

  constructor(connection: Connection, input: LineInput, options: ConversationOptions) {
    this.#connection = connection;
    this.#input = input;
    this.#options = options;
  }

  /** Talks until the connection is over; resolves to the exit code. */
  async run(): Promise<number> {
    const connection = this.#connection;
    connection.onMessage((data) => this.#receive(data));
    this.#input.onDrain(() => connection.resume());
    const stopPinging = this.#ping();
    const sending = this.#sendLines();

    const end = await connection.closed;
    stopPinging();
    this.#input.close();
    await sending;
    this.#options.recorder?.close(end);
    const orderly = isOrderly(end);
    if (!orderly || this.#input.interactive) {
      const detail = orderly || end.error === undefined ? "" : ` (${printable(end.error.message)})`;
      this.#input.remark(`Closed: ${closeText(end)}${detail}`);
    }
    return orderly ? exitCodes.ok : exitCodes.failure;
  }

  /** The user wants to stop: in good order the first time, at once the second time. */
  interrupt(): void {
    if (this.#interrupted) this.#connection.terminate();
    else this.#connection.close(1000);
    this.#interrupted = true;
  }

  #receive(data: string | Uint8Array): void {
    this.#onActivity();
    this.#options.recorder?.message("server", data);
    const kept = this.#input.print(messageText(data, this.#options.style));
    if (!kept) this.#connection.pause();
  }

  async #sendLines(): Promise<void> {
    const connection = this.#connection;
    const { binary, script = this.#input.lines, recorder } = this.#options;
    try {
      for await (const line of script) {
        if (connection.state !== "open") return;
        const data = binary && typeof line === "string" ? Buffer.from(line) : line;
        recorder?.message("client", data);
        await connection.write(data);
      }
    } catch {
      // The connection ended while a line waited; how it ended is told by `run`.
      return;
    }
    if (!this.#input.interactive) await this.#quiet();
    connection.close(1000);
  }

  /**
   * Waits until the peer has answered. Its pong says that it has seen all that was sent before (RFC 6455 §5.5.3 and the
   * order of TCP), so a peer that answers at once has answered by then; what comes later gets `waitMs` of silence.
   */
  async #quiet(): Promise<void> {
    const { waitMs } = this.#options;
    if (waitMs === Infinity) {
      await this.#connection.closed;
      return;
    }
    await this.#seen();
    if (waitMs === 0 || this.#connection.state !== "open") return;
    await new Promise<void>((resolve) => {
      let timer = setTimeout(resolve, waitMs);
      this.#onActivity = () => {
        clearTimeout(timer);
        timer = setTimeout(resolve, waitMs);
      };
      this.#connection.onClose(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #seen(): Promise<void> {
    const connection = this.#connection;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, answerTimeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      connection.onPong((payload) => {
        if (Buffer.from(payload).toString() === lastPing) done();
      });
      connection.onClose(done);
      connection.ping(lastPing);
    });
  }

  /** Returns the way to stop. */
  #ping(): () => void {
    const { pingIntervalMs } = this.#options;
    if (pingIntervalMs === undefined) return () => undefined;
    const sentAt = new Map<string, number>();
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      sentAt.set(String(count), performance.now());
      this.#connection.ping(String(count));
    }, pingIntervalMs);
    this.#connection.onPong((payload) => {
      const id = Buffer.from(payload).toString();
      const sent = sentAt.get(id);
      if (sent === undefined) return;
      sentAt.delete(id);
      this.#input.remark(`Pong ${id} after ${(performance.now() - sent).toFixed(1)} ms`);
    });
    return () => clearInterval(timer);
  }
}

/** A connection whose other end is the test. */

import type { ClientConnection, PreparedMessage } from "@tautline/hub";
import type { Reply } from "@tautline/wire";
import { jsonCodec, replyLimits } from "@tautline/wire";

/** A prepared message that remembers its text, and how often messages were prepared. */
export class FakePrepared implements PreparedMessage {
  static made = 0;
  readonly data: string | Uint8Array;

  constructor(data: string | Uint8Array) {
    FakePrepared.made += 1;
    this.data = data;
  }

  get byteLength(): number {
    return this.data.length;
  }
}

export class FakeConnection implements ClientConnection {
  /** What the hub has sent, as text. */
  readonly frames: string[] = [];
  /** The prepared messages among them. */
  readonly prepared: PreparedMessage[] = [];
  bufferedBytes = 0;
  /** The code and reason with which the hub has closed. */
  closedWith: { code: number | undefined; reason: string | undefined } | undefined;
  /** What `send` does before anything else; a test may make it throw. */
  beforeSend: () => void = () => undefined;
  /** What happens after each frame; a test may read it there and then. */
  afterSend: () => void = () => undefined;
  #paused = false;
  readonly #unread: (string | Uint8Array)[] = [];
  #onMessage: (data: string | Uint8Array) => void = () => undefined;
  #onClose: (end: { code: number; reason: string }) => void = () => undefined;

  send(data: string | Uint8Array | PreparedMessage): boolean {
    this.beforeSend();
    if (data instanceof FakePrepared) {
      this.prepared.push(data);
      this.frames.push(String(data.data));
    } else {
      if (typeof data !== "string") throw new TypeError("A JSON connection sends text");
      this.frames.push(data);
    }
    this.afterSend();
    return true;
  }

  close(code?: number, reason?: string): void {
    this.closedWith ??= { code, reason };
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && this.#unread.length > 0) this.#onMessage(this.#unread.shift() ?? "");
  }

  onMessage(listener: (data: string | Uint8Array) => void): void {
    this.#onMessage = listener;
  }

  onClose(listener: (end: { code: number; reason: string }) => void): void {
    this.#onClose = listener;
  }

  /** A frame from the client; objects become lines of JSON. */
  receive(...commands: (string | Uint8Array | object)[]): void {
    const [first] = commands;
    const lines = commands.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    const frame = first instanceof Uint8Array ? first : lines.join("\n");
    if (this.#paused) this.#unread.push(frame);
    else this.#onMessage(frame);
  }

  /** The transport is gone. */
  drop(): void {
    this.#onClose({ code: 1006, reason: "" });
  }

  /** What came since the last call, decoded. */
  take(): Reply[] {
    return this.frames.splice(0).flatMap((frame) => {
      const { messages, fault } = jsonCodec.decodeReplies(frame, replyLimits);
      if (fault !== undefined) throw new Error(`The hub sent a malformed frame: ${fault.detail}`);
      return messages;
    });
  }
}

/** Lets everything that waits for nothing but other promises happen. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A connection whose other end is the test. */

import type { ClientConnection, PreparedMessage } from "@tautline/hub";
import type { Codec, Command, Reply } from "@tautline/wire";
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
  /** What the hub has sent as text, and what it has sent as bytes. */
  readonly frames: string[] = [];
  readonly binaryFrames: Uint8Array[] = [];
  readonly codec: Codec;
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

  constructor(codec: Codec = jsonCodec) {
    this.codec = codec;
  }

  send(message: string | Uint8Array | PreparedMessage): boolean {
    this.beforeSend();
    if (message instanceof FakePrepared) this.prepared.push(message);
    const data = message instanceof FakePrepared ? message.data : message;
    if ((typeof data === "string") !== (this.codec.name === "json")) {
      throw new TypeError("JSON connections send text, and others bytes");
    }
    if (typeof data === "string") this.frames.push(data);
    else if (data instanceof Uint8Array) this.binaryFrames.push(data);
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

  /** A frame from the client: commands of its format, whatever comes of them. */
  say(...commands: Command[]): void {
    this.#hear(this.codec.join(commands.map((one) => this.codec.encodeCommand(one))));
  }

  /** A frame from the client; objects become lines of JSON. */
  receive(...commands: (string | Uint8Array | object)[]): void {
    const [first] = commands;
    const lines = commands.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    const frame = first instanceof Uint8Array ? first : lines.join("\n");
    this.#hear(frame);
  }

  #hear(frame: string | Uint8Array): void {
    if (this.#paused) this.#unread.push(frame);
    else this.#onMessage(frame);
  }

  /** The transport is gone; by default without a word. */
  drop(code = 1006): void {
    this.#onClose({ code, reason: "" });
  }

  /** What came since the last call, decoded. */
  take(): Reply[] {
    const frames = [...this.frames.splice(0), ...this.binaryFrames.splice(0)];
    return frames.flatMap((frame) => {
      const { messages, fault } = this.codec.decodeReplies(frame, replyLimits);
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

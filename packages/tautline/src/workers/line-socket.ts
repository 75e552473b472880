/**
 * Messages between processes of one machine: one line of JSON each, over a socket. What is written in one turn leaves
 * together. What waits for the other side is bounded, and so is a line: it knows nothing of what they say.
 */
import type { Socket } from "node:net";

export interface LineLimits {
  /** Bytes that may wait for the other side. */
  readonly maxWaitingBytes: number;
  /** Characters of a line. */
  readonly maxLineLength: number;
}

export const lineLimits: LineLimits = Object.freeze({
  maxWaitingBytes: 64 * 1024 * 1024,
  maxLineLength: 64 * 1024 * 1024,
});

export interface LineEvents<Message> {
  /** What came. The other side is the same program: nothing but its form as JSON was looked at. */
  message(value: Message): void;
  /** Once, last: the other side is gone, or what it sent is nothing. */
  closed(): void;
}

export class LineSocket<Message> {
  readonly #socket: Socket;
  readonly #limits: LineLimits;
  readonly #events: LineEvents<Message>;
  #rest = "";
  #corked = false;

  constructor(socket: Socket, events: LineEvents<Message>, limits: LineLimits = lineLimits) {
    this.#socket = socket;
    this.#events = events;
    this.#limits = limits;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => events.closed());
  }

  /** Whether there was room for it. */
  send(value: unknown): boolean {
    if (this.#socket.destroyed || !this.#socket.writable) return false;
    if (this.#socket.writableLength > this.#limits.maxWaitingBytes) return false;
    const line = JSON.stringify(value);
    if (line.length > this.#limits.maxLineLength) return false;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(`${line}\n`);
    return true;
  }

  /** Ends it at once. */
  cut(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > this.#limits.maxLineLength) return this.cut();
    for (const line of lines) {
      if (this.#socket.destroyed) return;
      this.#take(line);
    }
  }

  #take(line: string): void {
    let value: Message;
    try {
      value = JSON.parse(line);
    } catch {
      this.cut();
      return;
    }
    this.#events.message(value);
  }
}

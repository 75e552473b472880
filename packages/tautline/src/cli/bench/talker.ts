/**
 * One connection's part of the load: what it sends when, and how long each echo took. With a rate, the time of a message
 * counts from when it was due and not from when it could be sent, so that a server that stalls cannot hide it by holding
 * the load back (coordinated omission). It keeps no message: echoes come in order, and when the nth was due is known.
 */

/** When the messages of one connection are due. Times in milliseconds. */
export interface Pace {
  /** When the first is due. */
  readonly firstMs: number;
  readonly intervalMs: number;
}

export interface TalkerParts {
  /** Undefined: the next message goes out when the echo of the last has come. */
  readonly pace: Pace | undefined;
  /** Sends a message. */
  readonly send: () => void;
  /** In milliseconds. */
  readonly now: () => number;
  /** Told of each echo. */
  readonly onEcho: (latencyMs: number) => void;
}

/** Messages that may be under way on a connection. What is due beyond them is sent late, and counted as late. */
const mostUnderWay = 256;

export class Talker {
  readonly #parts: TalkerParts;
  #sent = 0;
  #echoed = 0;
  #sentAt = 0;
  #endsAt = Infinity;

  constructor(parts: TalkerParts) {
    this.#parts = parts;
  }

  get sent(): number {
    return this.#sent;
  }

  get echoed(): number {
    return this.#echoed;
  }

  /** What was due and not sent when the time was over. */
  get unsent(): number {
    return this.#parts.pace === undefined ? 0 : Math.max(0, this.#due(this.#endsAt) - this.#sent);
  }

  /** Sends what is due. */
  tick(): void {
    const { pace, now } = this.#parts;
    const time = Math.min(now(), this.#endsAt);
    if (pace === undefined) {
      if (this.#sent === this.#echoed && time < this.#endsAt) this.#send();
      return;
    }
    const due = this.#due(time);
    while (this.#sent < due && this.#sent - this.#echoed < mostUnderWay) this.#send();
  }

  /** A message has come. Ones that answer nothing are passed over. */
  receive(): void {
    if (this.#echoed === this.#sent) return;
    const { pace, now, onEcho } = this.#parts;
    const time = now();
    const since = pace === undefined ? this.#sentAt : pace.firstMs + this.#echoed * pace.intervalMs;
    this.#echoed += 1;
    onEcho(time - since);
    if (time < this.#endsAt) this.tick();
  }

  /** Sends what was due by then, and nothing that is due later. Echoes are still taken. */
  stop(atMs: number): void {
    this.end(atMs);
    this.tick();
  }

  /** Its connection is lost: nothing is due later, and nothing can be sent any more. */
  end(atMs: number): void {
    this.#endsAt = Math.min(this.#endsAt, atMs);
  }

  /** How many messages are due by then. */
  #due(time: number): number {
    const { pace } = this.#parts;
    if (pace === undefined || time < pace.firstMs) return 0;
    return Math.floor((time - pace.firstMs) / pace.intervalMs) + 1;
  }

  #send(): void {
    this.#sent += 1;
    this.#sentAt = this.#parts.now();
    this.#parts.send();
  }
}

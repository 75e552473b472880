/**
 * One direction of a TCP connection: segments in any order go in, bytes in order come out (RFC 9293 §3.4). What waits for
 * a segment that is missing is bounded; when it is too much, or at the end of the file, the gap is told and passed over.
 */
import type { TcpSegment } from "./tcp-segment.ts";

/** Bytes that may wait for a segment that is missing. */
const mostWaitingBytes = 1024 * 1024;
const mostWaitingSegments = 1024;

export interface StreamEvents {
  /** The next bytes, and when the last of them travelled. */
  onBytes(bytes: Buffer, at: number): void;
  /** So many bytes are missing before those that come next. */
  onGap(byteLength: number): void;
}

interface Waiting {
  readonly sequence: number;
  readonly payload: Buffer;
  readonly at: number;
}

export class ByteStream {
  readonly #events: StreamEvents;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** The number of the byte that is due. */
  #due: number | undefined;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  add({ sequence, syn, payload, at }: TcpSegment): void {
    // SYN takes a number of its own, before the first byte.
    const first = syn ? (sequence + 1) >>> 0 : sequence;
    this.#due ??= first;
    if (payload.byteLength === 0) return;
    this.#waiting.push({ sequence: first, payload, at });
    this.#waitingBytes += payload.byteLength;
    this.#deliver();
    const isTooMuch =
      this.#waitingBytes > mostWaitingBytes || this.#waiting.length > mostWaitingSegments;
    if (isTooMuch) this.#pass();
  }

  /** No more will come: what waits is given out, gaps and all. */
  end(): void {
    while (this.#waiting.length > 0) this.#pass();
  }

  /** How far the segment is ahead of what is due: negative for what was there already. Numbers wrap around at 2³². */
  #ahead({ sequence }: Waiting): number {
    return (sequence - (this.#due ?? sequence)) | 0;
  }

  #deliver(): void {
    for (;;) {
      const index = this.#waiting.findIndex((one) => this.#ahead(one) <= 0);
      const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (next === undefined) return;
      this.#waitingBytes -= next.payload.byteLength;
      const fresh = next.payload.subarray(-this.#ahead(next));
      if (fresh.byteLength === 0) continue;
      this.#due = ((this.#due ?? next.sequence) + fresh.byteLength) >>> 0;
      this.#events.onBytes(fresh, next.at);
    }
  }

  #pass(): void {
    const gap = Math.min(...this.#waiting.map((one) => this.#ahead(one)));
    if (!Number.isFinite(gap)) return;
    this.#events.onGap(gap);
    this.#due = ((this.#due ?? 0) + gap) >>> 0;
    this.#deliver();
  }
}

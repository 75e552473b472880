/**
 * Messages that wait while a ReconnectingWebSocket is away: in order, and no more than its settings let wait.
 */
import { LimitExceeded } from "../errors.ts";
import type { SocketData } from "./any-socket.ts";
import type { ReconnectingSettings } from "./reconnecting-options.ts";

export class AwayQueue {
  readonly #limits: ReconnectingSettings;
  #messages: SocketData[] = [];
  #byteLength = 0;

  constructor(limits: ReconnectingSettings) {
    this.#limits = limits;
  }

  /** Bytes of what waits. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /**
   * Adds a message. Bytes are copied: the caller may change them afterwards.
   *
   * @throws LimitExceeded `queue-full`; the message is not added then
   */
  add(data: SocketData): void {
    const byteLength = this.#byteLength + lengthOf(data);
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    if (this.#messages.length >= maxQueuedMessages || byteLength > maxQueuedBytes) {
      throw new LimitExceeded("queue-full");
    }
    this.#byteLength = byteLength;
    this.#messages.push(copyOf(data));
  }

  /** Takes everything out, in order. */
  take(): readonly SocketData[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#byteLength = 0;
    return messages;
  }
}

const encoder = new TextEncoder();

/** Its bytes on the wire, without framing. */
export function lengthOf(data: SocketData): number {
  if (typeof data === "string") return encoder.encode(data).byteLength;
  return data instanceof Blob ? data.size : data.byteLength;
}

function copyOf(data: SocketData): SocketData {
  if (typeof data === "string" || data instanceof Blob) return data;
  if (data instanceof ArrayBuffer) return data.slice(0);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

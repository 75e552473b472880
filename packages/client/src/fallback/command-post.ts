/**
 * The way of commands to the server beside a stream or polls: one request at a time, so that they arrive in order, each
 * with everything that came up during the last. A request that fails may have arrived or not; then the connection is over.
 */

import type { Fetch } from "./http-port.ts";
import { postJson } from "./http-port.ts";
import type { SessionAddress } from "./session-address.ts";

/** Frames are joined up to this, which is well below what servers take. */
const maxBodyLength = 16_384;
const maxFrames = 4;

export interface CommandPostSetup {
  readonly fetch: Fetch;
  readonly url: string;
  /** The connection cannot go on. */
  readonly failed: (reason: string) => void;
}

export class CommandPost {
  readonly #setup: CommandPostSetup;
  readonly #aborter = new AbortController();
  readonly #queue: string[] = [];
  #address: SessionAddress | undefined;
  #queuedLength = 0;
  #busy = false;

  constructor(setup: CommandPostSetup) {
    this.#setup = setup;
  }

  /** Characters that wait or are under way; of JSON commands about as many bytes. */
  get bufferedBytes(): number {
    return this.#queuedLength;
  }

  /** The connection has an address now: what waits may go. */
  open(address: SessionAddress): void {
    this.#address = address;
    void this.#run();
  }

  send(frame: string): void {
    this.#queue.push(frame);
    this.#queuedLength += frame.length;
    void this.#run();
  }

  stop(): void {
    this.#queue.length = 0;
    this.#aborter.abort();
  }

  async #run(): Promise<void> {
    const address = this.#address;
    if (this.#busy || address === undefined) return;
    this.#busy = true;
    const { fetch, url, failed } = this.#setup;
    const { signal } = this.#aborter;
    try {
      while (this.#queue.length > 0) {
        const data = this.#next();
        const response = await postJson(fetch, url, { ...address, data }, { signal });
        this.#queuedLength -= data.length;
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
      }
    } catch (error) {
      if (!signal.aborted) failed(`commands could not be sent: ${String(error)}`);
    }
    this.#busy = false;
  }

  /** As many frames as go together; at least one. */
  #next(): string {
    let data = this.#queue.shift() ?? "";
    for (let count = 1; count < maxFrames; count += 1) {
      const [frame] = this.#queue;
      if (frame === undefined || data.length + frame.length > maxBodyLength) break;
      data = `${data}\n${frame}`;
      // The line feed is counted when the whole is sent.
      this.#queuedLength += 1;
      this.#queue.shift();
    }
    return data;
  }
}

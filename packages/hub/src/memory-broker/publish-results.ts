/**
 * What became of publications with an idempotency key, for as long as their publishers may try again. A bounded number
 * of them: when it is reached the oldest is forgotten before its time.
 */

import type { Position } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { ExpiryQueue } from "./expiry-queue.ts";

/** A publication that was accepted. */
interface Result {
  readonly position: Position | undefined;
  expire(): undefined;
}

export class PublishResults {
  readonly #clock: Clock;
  readonly #expiry: ExpiryQueue;
  readonly #maxResults: number;
  readonly #results = new Map<string, Result>();

  constructor(clock: Clock, expiry: ExpiryQueue, maxResults: number) {
    this.#clock = clock;
    this.#expiry = expiry;
    this.#maxResults = maxResults;
  }

  find(channel: string, key: string): Pick<Result, "position"> | undefined {
    return this.#results.get(nameOf(channel, key));
  }

  remember(
    channel: string,
    { key, ttlMs }: { readonly key: string; readonly ttlMs: number },
    position: Position | undefined,
  ): void {
    const name = nameOf(channel, key);
    const result: Result = {
      position,
      expire: () => {
        this.#results.delete(name);
        return undefined;
      },
    };
    this.#results.set(name, result);
    this.#expiry.set(result, this.#clock.now() + ttlMs);
    if (this.#results.size <= this.#maxResults) return;
    for (const [oldest, forgotten] of this.#results) {
      this.#results.delete(oldest);
      this.#expiry.delete(forgotten);
      return;
    }
  }

  clear(): void {
    this.#results.clear();
  }
}

/** One text of two, which no other two give. */
function nameOf(channel: string, key: string): string {
  return `${channel.length}:${channel}${key}`;
}

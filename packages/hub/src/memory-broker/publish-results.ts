/**
 * What became of publications with an idempotency key, for as long as their publishers may try again. A bounded number
 * of them: when it is reached the oldest is forgotten before its time.
 */

import type { Position } from "../ports/broker.ts";
import type { ResultRecord } from "../ports/journal.ts";
import type { Expiring, ExpiryQueue } from "../expiry-queue.ts";

export interface PublishResultsSetup {
  readonly expiry: ExpiryQueue;
  readonly maxResults: number;
  /** Told of each that is forgotten, by its time or by the limit. */
  readonly forgotten?: ((record: ResultRecord) => void) | undefined;
}

/** A publication that was accepted. */
interface Result extends Expiring {
  readonly record: ResultRecord;
}

export class PublishResults {
  readonly #setup: PublishResultsSetup;
  readonly #results = new Map<string, Result>();

  constructor(setup: PublishResultsSetup) {
    this.#setup = setup;
  }

  find(channel: string, key: string): { readonly position: Position | undefined } | undefined {
    return this.#results.get(resultName(channel, key))?.record;
  }

  remember(record: ResultRecord): void {
    const { expiry, maxResults, forgotten } = this.#setup;
    const name = resultName(record.channel, record.key);
    const result: Result = {
      record,
      expire: () => {
        this.#results.delete(name);
        forgotten?.(record);
        return undefined;
      },
    };
    this.#results.set(name, result);
    expiry.set(result, record.forgetAt);
    if (this.#results.size <= maxResults) return;
    for (const [oldest, surplus] of this.#results) {
      this.#results.delete(oldest);
      expiry.delete(surplus);
      forgotten?.(surplus.record);
      return;
    }
  }

  clear(): void {
    this.#results.clear();
  }
}

/** One text of channel and key, which no other two give. */
export function resultName(channel: string, key: string): string {
  return `${channel.length}:${channel}${key}`;
}

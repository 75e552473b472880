/**
 * What has changed in memory by itself, by limits and in time, and is still to be written down. It can wait: the journal
 * then holds more than memory, never less. A write takes a bounded part of it along.
 */

import type { ResultRecord } from "../ports/journal.ts";
import type { Draft } from "./draft.ts";

/** Logs, and results, that one write takes along. */
const mostAtOnce = 2000;

export class Leftovers {
  readonly #channels = new Set<string>();
  readonly #results = new Set<ResultRecord>();

  get size(): number {
    return this.#channels.size + this.#results.size;
  }

  addLog(channel: string): void {
    this.#channels.add(channel);
  }

  addResult(record: ResultRecord): void {
    this.#results.add(record);
  }

  /** Moves a part of it into the draft; the function returned takes it back, when the draft could not be written. */
  moveTo(draft: Draft): () => void {
    const channels = takeFrom(this.#channels);
    const results = takeFrom(this.#results);
    for (const channel of channels) draft.addLog(channel);
    for (const record of results) draft.forgetResult(record);
    return () => {
      for (const channel of channels) this.#channels.add(channel);
      for (const record of results) this.#results.add(record);
    };
  }
}

function takeFrom<Item>(items: Set<Item>): readonly Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length === mostAtOnce) break;
    taken.push(item);
    items.delete(item);
  }
  return taken;
}

/**
 * The publications of one channel, the newest so and so many, with the place of each. It knows no time and no other
 * channel. Its publications are shared by all who read them, and so is the list of those who ask for the same part: when
 * thousands of clients come back at once, most have missed the same.
 */

import type { Publication } from "@tautline/wire";
import type { LogQuery, Position } from "../ports/broker.ts";

/** What a publication is taken to need besides its data: its object, its place in the list, its publisher. */
const overheadBytes = 256;

/** About how much memory the publication holds. Characters count twice: not all texts are Latin. */
function weightOf({ data, tags }: Publication): number {
  let characters = data?.length ?? 0;
  for (const [name, value] of tags ?? []) characters += name.length + value.length;
  return overheadBytes + 2 * characters;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly reverse: boolean;
  readonly publications: readonly Publication[];
}

export class ChannelLog {
  readonly epoch: string;
  /** Those before `#start` are gone. */
  #entries: Publication[] = [];
  #start = 0;
  #top = 0;
  #bytes = 0;
  #part: Part | undefined;

  /** `held` is what it holds from the start, oldest first, the last at `top`; the list is the log's own from then on. */
  constructor(epoch: string, top = 0, held: Publication[] = []) {
    this.epoch = epoch;
    this.#top = top;
    this.#entries = held;
    for (const publication of held) this.#bytes += weightOf(publication);
  }

  /** The place of the newest publication, whether the log still holds it or not; offset 0 before the first. */
  get position(): Position {
    return { offset: this.#top, epoch: this.epoch };
  }

  /** About how much memory the publications hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many publications it holds. */
  get length(): number {
    return this.#entries.length - this.#start;
  }

  /** Adds a publication and gives it with its place. The log holds `size` at most from then on. */
  append(publication: Publication, size: number): Publication {
    this.#top += 1;
    const entry = { ...publication, offset: this.#top };
    this.#part = undefined;
    this.#entries.push(entry);
    this.#bytes += weightOf(entry);
    while (this.length > size) this.dropOldest();
    return entry;
  }

  dropOldest(): void {
    const oldest = this.#entries[this.#start];
    if (oldest === undefined) return;
    this.#bytes -= weightOf(oldest);
    this.#start += 1;
    this.#part = undefined;
    // Moving the rest costs as much as what was dropped since the last time.
    if (this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Drops all. The position stays. */
  clear(): void {
    this.#entries = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#part = undefined;
  }

  read({ limit, since, reverse = false }: LogQuery): readonly Publication[] {
    const oldest = this.#top - this.length + 1;
    let [from, to] = [oldest, this.#top];
    if (since !== undefined && reverse) to = Math.min(to, since.offset - 1);
    else if (since !== undefined) from = Math.max(from, since.offset + 1);
    if (reverse) from = Math.max(from, to - limit + 1);
    else to = Math.min(to, from + limit - 1);
    if (from > to) return [];
    const known = this.#part;
    if (known?.from === from && known.to === to && known.reverse === reverse) {
      return known.publications;
    }
    const first = this.#start + from - oldest;
    const publications = this.#entries.slice(first, first + to - from + 1);
    if (reverse) publications.reverse();
    this.#part = { from, to, reverse, publications: Object.freeze(publications) };
    return publications;
  }
}

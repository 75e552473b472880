/**
 * Long texts in pieces, as one message between hubs carries them, and the way back. What is held of texts that are not whole
 * yet is bounded, in number, in size and in time.
 */

import type { Clock } from "../ports/clock.ts";
import type { Piece } from "./node-message.ts";

/** Units of UTF-16 in a piece; of UTF-8 they are three times as many bytes at most. */
const pieceLength = 65_536;

/** Texts that are not whole, of all hubs together. */
const maxTexts = 1000;

/** Their units together. */
const maxUnits = 67_108_864;

/** Milliseconds after its first piece that a text is given up. */
const patienceMs = 10_000;

/** A text cut up. A pair of surrogates stays together: half of one has no UTF-8. */
export function piecesOf(id: number, text: string): readonly Piece[] {
  const texts: string[] = [];
  for (let start = 0; start < text.length || texts.length === 0;) {
    let end = Math.min(start + pieceLength, text.length);
    const code = end < text.length ? text.charCodeAt(end - 1) : 0;
    if (code >= 0xd800 && code < 0xdc00) end -= 1;
    texts.push(text.slice(start, end));
    start = end;
    if (text.length === 0) break;
  }
  return texts.map((one, index) => ({ id, index, count: texts.length, text: one }));
}

interface Collection {
  readonly texts: (string | undefined)[];
  missing: number;
  units: number;
  readonly giveUpAt: number;
}

export class Pieces {
  readonly #clock: Clock;
  /** The oldest comes first. */
  readonly #collections = new Map<string, Collection>();
  #units = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a piece, from whoever; gives the text when it is whole. */
  take(from: string, piece: Piece): string | undefined {
    if (piece.count === 1) return piece.text;
    const now = this.#clock.now();
    const key = `${piece.id} ${from}`;
    this.#giveUp(now);
    const collection = this.#collections.get(key) ?? this.#begin(key, piece.count, now);
    if (collection.texts.length !== piece.count) return undefined;
    if (collection.texts[piece.index] !== undefined) return undefined;
    collection.texts[piece.index] = piece.text;
    collection.missing -= 1;
    collection.units += piece.text.length;
    this.#units += piece.text.length;
    if (collection.missing > 0) return undefined;
    this.#forget(key, collection);
    return collection.texts.join("");
  }

  clear(): void {
    this.#collections.clear();
    this.#units = 0;
  }

  #begin(key: string, count: number, now: number): Collection {
    const texts = Array.from({ length: count }, () => undefined);
    const collection = { texts, missing: count, units: 0, giveUpAt: now + patienceMs };
    this.#collections.set(key, collection);
    return collection;
  }

  /** Those that take too long; and the oldest, as long as there are too many. */
  #giveUp(now: number): void {
    for (const [key, collection] of this.#collections) {
      const tooMuch = this.#collections.size >= maxTexts || this.#units >= maxUnits;
      if (collection.giveUpAt > now && !tooMuch) return;
      this.#forget(key, collection);
    }
  }

  #forget(key: string, collection: Collection): void {
    this.#collections.delete(key);
    this.#units -= collection.units;
  }
}

/**
 * One window's copy of the document: a text of Yjs, which merges what is typed at the same time without anybody deciding. It takes updates in any
 * order and any number of times, and hands out its own; how they travel is not known here.
 */
import * as Y from "yjs";

import type { Edit } from "./edit.ts";
import { editBetween } from "./edit.ts";

export const longestNote = 10_000;

const ours = Symbol("typed here");

export class Note {
  readonly #doc = new Y.Doc();
  readonly #text = this.#doc.getText("note");

  /** Calls `listener` with each update that was typed here. */
  onOwnUpdate(listener: (update: Uint8Array) => void): void {
    this.#doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === ours) listener(update);
    });
  }

  /** Calls `listener` when the text has become another one. */
  onChange(listener: (text: string) => void): void {
    this.#text.observe(() => listener(this.text));
  }

  get text(): string {
    // oxlint-disable-next-line typescript/no-base-to-string -- Y.Text has one of its own
    return this.#text.toString();
  }

  /** Takes up what a text field has become, with the caret where it is now. */
  type(after: string, caret: number): void {
    const edit = editBetween(this.text, after, caret);
    if (edit !== undefined) this.#apply(edit);
  }

  /** Takes an update up, and says whether it was one: anybody may have published it. */
  merge(update: Uint8Array): boolean {
    try {
      Y.applyUpdate(this.#doc, update);
      return true;
    } catch {
      return false;
    }
  }

  /** The whole document as one update. */
  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  /** What another copy lacks of this one, as an update; undefined when it lacks nothing. */
  lackedBy(other: Note): Uint8Array | undefined {
    const update = Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(other.#doc));
    const both = new Note();
    both.merge(other.state);
    both.merge(update);
    const same = Y.equalSnapshots(Y.snapshot(both.#doc), Y.snapshot(other.#doc));
    return same ? undefined : update;
  }

  /** A place in the text that stays with the characters around it, in letters. */
  placeOf(index: number): string {
    const at = Math.max(0, Math.min(index, this.#text.length));
    return JSON.stringify(Y.createRelativePositionFromTypeIndex(this.#text, at));
  }

  /** Where such a place is now; undefined when it is none of this document. */
  indexOf(place: string): number | undefined {
    try {
      const position = Y.createRelativePositionFromJSON(JSON.parse(place));
      const found = Y.createAbsolutePositionFromRelativePosition(position, this.#doc);
      return found?.type === this.#text ? found.index : undefined;
    } catch {
      return undefined;
    }
  }

  #apply({ at, removed, inserted }: Edit): void {
    this.#doc.transact(() => {
      if (removed > 0) this.#text.delete(at, removed);
      if (inserted !== "") this.#text.insert(at, inserted);
    }, ours);
  }
}

/** Several updates as one. */
export function mergedUpdates(updates: readonly Uint8Array[]): Uint8Array {
  return Y.mergeUpdates([...updates]);
}

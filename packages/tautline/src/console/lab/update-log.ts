/** The newest updates of a run, for those who fetch them. What is older than it keeps is lost to them, as it is in applications. */
import { labLimits } from "./lab-terms.ts";
import type { Update } from "./update-text.ts";

export class UpdateLog {
  readonly #kept: Update[] = [];
  #last = 0;

  /** The number of the newest; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(update: Update): void {
    this.#last = update.number;
    this.#kept.push(update);
    if (this.#kept.length > labLimits.keptUpdates) this.#kept.shift();
  }

  /** The oldest updates after `number`, as a JSON array, as many as an answer may hold. */
  after(number: number): string {
    const wanted: string[] = [];
    let bytes = 0;
    for (const update of this.#kept) {
      if (update.number <= number) continue;
      bytes += update.text.length;
      if (wanted.length > 0 && bytes > labLimits.maxAnswerBytes) break;
      wanted.push(update.text);
    }
    return `[${wanted.join(",")}]`;
  }
}

/** What a look at one thing has given. */

export interface Finding {
  /** What was looked at. */
  readonly name: string;
  /** `good`; `note`: worth knowing, or could not be seen; `change`: it will hurt. */
  readonly verdict: "good" | "note" | "change";
  /** What is there. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
  /** Where it is written down. */
  readonly source?: string;
}

/**
 * What stands in the store: keys in an order that reading relies on, and values as JSON text. Logs come first, then the
 * publications of each by their place, then results, then the session.
 *
 * A log has a number of its own besides its channel's name. What it leaves behind when it is forgotten can so be cleared
 * away at any time, without ever meeting the log that comes after it.
 */

import type { LogRecord, ResultRecord } from "@tautline/hub";
import { decodePublication } from "@tautline/hub";

type Publication = ReturnType<typeof decodePublication>;

/** A log's record with its number. */
export interface StoredLog extends LogRecord {
  readonly id: number;
}

/** How the last process used the store; written when it begins, and when it ends in order. */
export interface Session {
  readonly ended: boolean;
  /** Whether what it acknowledged had reached the disk. */
  readonly synced: boolean;
  /** The run of the system that it was in, where that is known. */
  readonly boot?: string | undefined;
}

export const sessionKey = "s";

/** Well-formed in UTF-8 whatever the name holds: half a surrogate pair is escaped in JSON. */
export const logKey = (channel: string): string => `l${JSON.stringify(channel)}`;

export const resultKey = (channel: string, key: string): string =>
  `r${JSON.stringify([channel, key])}`;

/** Enough digits for any safe integer, so that texts are in the order of numbers. */
const digits = 11;

const ordered = (number: number): string => number.toString(36).padStart(digits, "0");

/** Publications that were written together stand together, under the offset of the first. */
export const publicationsKey = (id: number, first: number): string =>
  `p${ordered(id)}${ordered(first)}`;

/** One stored item. */
export type Item =
  | { readonly kind: "log"; readonly channel: string; readonly log: StoredLog }
  | { readonly kind: "publications"; readonly id: number; readonly publications: Publication[] }
  | { readonly kind: "result"; readonly record: ResultRecord }
  | { readonly kind: "session"; readonly session: Session };

/**
 * Reads an item.
 *
 * @throws SyntaxError or TypeError when it is none
 */
export function decodeItem(key: string, value: string): Item {
  switch (key.charAt(0)) {
    case "l":
      return { kind: "log", channel: JSON.parse(key.slice(1)), log: JSON.parse(value) };
    case "p": {
      const id = Number.parseInt(key.slice(1, 1 + digits), 36);
      return { kind: "publications", id, publications: value.split("\n").map(decodePublication) };
    }
    case "r":
      return { kind: "result", record: JSON.parse(value) };
    case "s":
      return { kind: "session", session: JSON.parse(value) };
    default:
      throw new TypeError(`Unknown key ${key}`);
  }
}

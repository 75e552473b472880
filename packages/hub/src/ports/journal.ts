/**
 * Where a broker writes down what is to outlive its process: the logs of channels, and what became of publications with
 * an idempotency key. It is told of changes and asked for everything once, when the broker starts; it never answers a
 * reader.
 *
 * Rules for implementations:
 * - A write is one step: after a crash all of its changes are there or none.
 * - What a write that resolved has changed is there after a crash of the process.
 * - A write that rejects may have been done nonetheless, as a whole. The next write is as good as the first.
 */

import type { Publication } from "@tautline/wire";
import type { Position } from "./broker.ts";

/** A channel's log without its publications. */
export interface LogRecord {
  readonly epoch: string;
  /** The offset of its newest publication; 0 before the first. */
  readonly top: number;
  /** Publications up to this offset are gone. */
  readonly gone: number;
  /** When what it holds is dropped, in milliseconds since 1970; absent when it holds nothing. */
  readonly clearAt?: number | undefined;
  /** When it is forgotten. */
  readonly forgetAt: number;
}

/** What became of a publication with an idempotency key. */
export interface ResultRecord {
  readonly channel: string;
  readonly key: string;
  readonly position: Position | undefined;
  /** When it is forgotten, in milliseconds since 1970. */
  readonly forgetAt: number;
}

/** What is different from now on. A change of a log stands before the publications that it counts. */
export type JournalChange =
  /** A log as it is after the write. With another epoch than before it is another log: what the old one held is gone. */
  | { readonly kind: "log"; readonly channel: string; readonly record: LogRecord }
  /** Joins the channel's log, under its offset. */
  | { readonly kind: "publication"; readonly channel: string; readonly publication: Publication }
  | { readonly kind: "forget log"; readonly channel: string }
  | { readonly kind: "result"; readonly record: ResultRecord }
  | { readonly kind: "forget result"; readonly channel: string; readonly key: string };

/** A log that was found, with what it holds: offsets without a hole up to the top. */
export interface FoundLog {
  readonly channel: string;
  readonly record: LogRecord;
  readonly publications: readonly Publication[];
}

/** What is there when a journal is opened. */
export interface JournalContents {
  readonly logs: Iterable<FoundLog>;
  readonly results: Iterable<ResultRecord>;
  /** False when something that was written may be missing: no log is taken for whole then. */
  readonly whole: boolean;
}

export interface Journal {
  /** Called once, first. Rejects when what is there cannot be used. */
  open(): Promise<JournalContents>;
  /** Never called again before it has settled. */
  write(changes: readonly JournalChange[]): Promise<void>;
  /** Called once, last. */
  close(): Promise<void>;
}

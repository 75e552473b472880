/**
 * A message of a channel's log: how the log stands after it, and the publications that it adds, which may be none. The last
 * message of a channel says everything about its log but what is in it. What is written today can be read by all later
 * versions.
 */

import type { LogPolicy } from "@tautline/hub";

/** How a log stands. Times are in milliseconds since 1970. */
export interface Head {
  readonly epoch: string;
  /** The offset of the newest publication; 0 before the first. */
  readonly top: number;
  /** Publications up to this offset are gone. */
  readonly gone: number;
  /** When all are gone; absent when none is there. */
  readonly clearAt: number | undefined;
  /** When the log is forgotten. */
  readonly forgetAt: number;
}

export interface LogMessage {
  readonly head: Head;
  /** The publications as texts in a line each; the last has the offset `head.top`. */
  readonly lines: readonly string[];
  /** Idempotency keys, by the place of their publication in `lines`. */
  readonly keys: ReadonlyMap<number, string>;
}

/** Under short names: there is one in every message. */
interface StoredHead {
  readonly e: string;
  readonly o: number;
  readonly g: number;
  readonly c?: number | undefined;
  readonly f: number;
  readonly k?: readonly (readonly [number, string])[] | undefined;
}

export const logMark = "L";

export function encodeLogMessage({ head, lines, keys }: LogMessage): string {
  const stored: StoredHead = {
    e: head.epoch,
    o: head.top,
    g: head.gone,
    c: head.clearAt,
    f: head.forgetAt,
    k: keys.size === 0 ? undefined : [...keys],
  };
  return [logMark + JSON.stringify(stored), ...lines].join("\n");
}

/**
 * What `encodeLogMessage` was given.
 *
 * @throws SyntaxError or TypeError when `text` is something else
 */
export function decodeLogMessage(text: string): LogMessage {
  const [first = "", ...lines] = text.split("\n");
  if (!first.startsWith(logMark)) throw new TypeError("This is no message of a log");
  const { e, o, g, c, f, k }: StoredHead = JSON.parse(first.slice(logMark.length));
  return {
    head: { epoch: e, top: o, gone: g, clearAt: c, forgetAt: f },
    lines,
    keys: new Map(k),
  };
}

/** The offset of the line before the first. */
export const baseOf = ({ head, lines }: LogMessage): number => head.top - lines.length;

/** So much later than promised is a log forgotten: reading has to put that off only once in this part of the time. */
const leeway = 1 / 32;

/** When a log is forgotten that is used now. */
export const forgetTime = (now: number, metaTtlMs: number): number =>
  now + metaTtlMs + Math.ceil(metaTtlMs * leeway);

/** The head, unless the log is forgotten. */
export function remembered(head: Head | undefined, now: number): Head | undefined {
  return head !== undefined && head.forgetAt > now ? head : undefined;
}

/** Whether the log holds anything. */
export function isEmpty({ top, gone, clearAt }: Head, now: number): boolean {
  return top === gone || clearAt === undefined || clearAt <= now;
}

/** The head of a new log. */
export function newHead(epoch: string, forgetAt: number): Head {
  return { epoch, top: 0, gone: 0, clearAt: undefined, forgetAt };
}

/** The head after `count` more publications. */
export function grown(head: Head, count: number, policy: LogPolicy & { now: number }): Head {
  const { size, ttlMs, metaTtlMs, now } = policy;
  const top = head.top + count;
  const gone = isEmpty(head, now) ? head.top : head.gone;
  return {
    epoch: head.epoch,
    top,
    gone: Math.max(gone, top - size),
    clearAt: now + ttlMs,
    forgetAt: Math.max(head.forgetAt, forgetTime(now, metaTtlMs)),
  };
}

/** The head of a log that holds nothing any more. */
export const cleared = (head: Head): Head => ({ ...head, gone: head.top, clearAt: undefined });

/** Reading what was published in a channel before, a page at a time, from a server that keeps it. */

import type { Calls } from "./calls.ts";
import type { CallOptions } from "./deadline.ts";
import type { Publication } from "./publication.ts";
import { publicationOf } from "./publication.ts";

/** A place in a channel's log. When the epoch changes, the log was lost and offsets start anew. */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

/** A place in no log: who asks from there is told that something may be missing. */
export const invalidPosition: Position = Object.freeze({ offset: 0, epoch: "_" });

/** Which page is wanted. */
export interface HistoryOptions extends CallOptions {
  /** Publications at most, within the server's own limit; 0, the default, asks for the position alone. */
  readonly limit?: number | undefined;
  /** Only what comes after this place, with `reverse` what comes before it: the end of the page before. */
  readonly since?: Position | undefined;
  /** Newest first; `false` by default. */
  readonly reverse?: boolean | undefined;
}

/** A page of a channel's log, and the place of the log's newest publication. */
export interface HistoryPage<Message> {
  readonly publications: readonly Publication<Message>[];
  readonly position: Position;
}

/** Asks for a page of the history of `channel`. */
export async function history(
  calls: Calls,
  channel: string,
  { limit, since, reverse, ...options }: HistoryOptions,
): Promise<HistoryPage<unknown>> {
  const request = {
    channel,
    ...(limit === undefined ? {} : { limit }),
    ...(since === undefined ? {} : { since }),
    ...(reverse === undefined ? {} : { reverse }),
  };
  const { history: page } = await calls.call({ history: request }, options);
  return {
    publications: (page?.publications ?? []).map((one) => publicationOf(channel, one)),
    position: { offset: page?.offset ?? 0, epoch: page?.epoch ?? "" },
  };
}

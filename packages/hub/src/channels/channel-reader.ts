/**
 * Reading a channel's log a page at a time, for clients and for code on the server. A page that begins at a place which
 * the log does not know any more is refused: what is between would be missing without a word.
 */

import type { Publication } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import type { Broker, LogPage, Position } from "../ports/broker.ts";
import { refuse } from "../refusal.ts";
import type { ChannelOptions } from "./channel-options.ts";

/** Which part of a log is wanted. */
export interface HistoryFilter {
  /** Publications at most; 0, the default, asks for the position alone. */
  readonly limit?: number | undefined;
  /** Only what comes after this place, with `reverse` what comes before it. */
  readonly since?: Position | undefined;
  /** Newest first. Default: oldest first. */
  readonly reverse?: boolean | undefined;
}

/**
 * A page of the channel's log.
 *
 * @throws Refusal `notAvailable` when the channel keeps no log, `unrecoverablePosition` when `since` is of another log or
 *   what follows it is gone; whatever the broker rejects with
 */
export async function readPage(
  broker: Broker,
  { channel, options }: { readonly channel: string; readonly options: ChannelOptions },
  { limit = 0, since, reverse = false }: HistoryFilter,
): Promise<LogPage> {
  if (options.historySize === 0) throw refuse(replyErrors.notAvailable);
  const query = { limit, since, reverse, metaTtlMs: options.historyMetaTtlMs };
  const page = await broker.history(channel, query);
  if (since === undefined) return page;
  // Going backwards, older publications that are gone leave no hole: the page ends where the log does.
  const follows = reverse || isNext(page.publications[0], page.position, { limit, since });
  if (!follows || (since.epoch !== "" && since.epoch !== page.position.epoch)) {
    throw refuse(replyErrors.unrecoverablePosition);
  }
  return page;
}

function isNext(
  first: Publication | undefined,
  top: Position,
  { limit, since }: { readonly limit: number; readonly since: Position },
): boolean {
  if (first !== undefined) return first.offset === since.offset + 1;
  return limit === 0 || since.offset === top.offset;
}

/**
 * From the place where a client was to the place where its channel is: what it missed, if the log still has all of it.
 * Either nothing is missing from what is given, or it is said that something may be.
 */

import type { Publication } from "@tautline/wire";
import { isFor } from "../channels/delivery.ts";
import type { ChannelOptions } from "../channels/channel-options.ts";
import type { Broker, BrokerPublication, LogPage, Position } from "../ports/broker.ts";

/** Where a subscription starts. */
export interface Start {
  /** The newest place of the channel when its log was read. */
  readonly position: Position;
  /** Whether catching up was tried, and whether it succeeded. */
  readonly wasRecovering: boolean;
  readonly recovered: boolean;
  /** What was missed, oldest first; empty when it is not all there. */
  readonly publications: readonly BrokerPublication[];
}

/** How much a client may catch up with at once. */
export interface CatchUpLimits {
  readonly maxRecoveredPublications: number;
  readonly maxRecoveredBytes: number;
}

export interface CatchUp {
  /** The id of the client that catches up. */
  readonly client: string;
  readonly broker: Broker;
  readonly channel: string;
  readonly options: ChannelOptions;
  readonly limits: CatchUpLimits;
  /** The place of the last publication that the client has, when it asks for what came after it. */
  readonly since: Position | undefined;
}

/** Reads what the client needs to go on. Rejects as the broker does. */
export async function catchUp(task: CatchUp): Promise<Start> {
  const start = await readStart(task);
  const publications = start.publications.filter((one) => isFor(one, task.client));
  return { ...start, publications };
}

async function readStart(task: CatchUp): Promise<Start> {
  const { options, since } = task;
  if (options.recovery === "cache") return newest(task);
  if (options.recovery === "stream" && since !== undefined) return missed(task, since);
  const { position } = await read(task, { limit: 0 });
  return {
    position,
    wasRecovering: since !== undefined,
    recovered: false,
    publications: [],
  };
}

/** All that came after `since`, or nothing. */
async function missed(task: CatchUp, since: Position): Promise<Start> {
  const { maxRecoveredPublications } = task.limits;
  // One more than may be: then it is known that there are too many.
  const limit = maxRecoveredPublications + 1;
  const { position, publications } = await read(task, { limit, since });
  const recovered =
    isSameLog(since, position) &&
    isWhole(publications, since.offset, position.offset) &&
    publications.length < limit &&
    bytesOf(publications) <= task.limits.maxRecoveredBytes;
  return {
    position,
    wasRecovering: true,
    recovered,
    publications: recovered ? publications : [],
  };
}

/** The newest publication, unless the client has it. */
async function newest(task: CatchUp): Promise<Start> {
  const { since } = task;
  const { position, publications } = await read(task, { limit: 1, reverse: true });
  const known =
    since !== undefined &&
    since.offset > 0 &&
    since.offset === position.offset &&
    since.epoch === position.epoch;
  const found = publications[0]?.offset === position.offset;
  return {
    position,
    wasRecovering: true,
    recovered: known || found,
    publications: known ? [] : publications,
  };
}

/** The offsets follow `since` without a hole and end with `top`. */
function isWhole(publications: readonly Publication[], since: number, top: number): boolean {
  const first = publications[0];
  if (first === undefined) return since === top;
  return first.offset === since + 1 && publications.at(-1)?.offset === top;
}

/** An offset means nothing without its epoch; only the beginning is the same place in whatever log there is. */
function isSameLog(since: Position, now: Position): boolean {
  return since.epoch === now.epoch || (since.epoch === "" && since.offset === 0);
}

function read(
  { broker, channel, options }: CatchUp,
  query: { readonly limit: number; readonly since?: Position; readonly reverse?: boolean },
): Promise<LogPage> {
  return broker.history(channel, { ...query, metaTtlMs: options.historyMetaTtlMs });
}

/** What a publication needs in an answer besides its data. */
const envelopeBytes = 96;

/** About how long the publications are in an answer, in bytes. */
export function bytesOf(publications: readonly Publication[]): number {
  let bytes = 0;
  for (const { data = "", info } of publications) {
    bytes += envelopeBytes + data.length;
    if (info !== undefined) bytes += (info.conn_info ?? "").length + (info.chan_info ?? "").length;
  }
  return bytes;
}

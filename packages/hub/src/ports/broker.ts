/**
 * What stands between hubs: it carries publications and the comings and goings of members from the hub where they happen
 * to every hub with subscribers of the channel, it keeps the logs of channels, and it knows their members across all
 * hubs. The implementation in memory serves one hub; implementations over a server let many hubs act as one.
 *
 * Rules for implementations, which `@tautline/hub/broker-suite` checks:
 * - Calls of one hub for one channel take effect in the order in which they were made.
 * - All hubs see the publications of a channel in the same order, which is that of the log: writing to the log and
 *   taking a place in that order are one step.
 * - After `subscribe` has resolved, every later publication of the channel arrives.
 * - A promise that rejects means that the call had no effect or that its effect is unknown; the hub answers with the
 *   protocol's temporary error. Implementations do not throw synchronously.
 * - Offsets count from 1 without holes. What a log no longer holds cannot be told from its offsets alone, hence the
 *   epoch: a log that was lost, for whatever reason, comes back with another one and never with the same.
 * - Members whose hub has died disappear in bounded time: an implementation renews what it was given by itself.
 * - While the engine is away, calls reject within a few seconds, however it is away; calls after `resumed` reach it again.
 */

import type { ClientInfo, Publication } from "@tautline/wire";

/** A publication between hubs and in logs: what subscribers get, and who of them do not get it. */
export interface BrokerPublication extends Publication {
  /** Ids of connections that it is not for; brokers carry and keep it like the rest. */
  readonly except?: readonly string[] | undefined;
}

/** A place in the log of a channel. When `epoch` changes, the log was lost and offsets start anew. */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

/** How a channel keeps its log; a publication brings it along, so that brokers know nothing of namespaces. */
export interface LogPolicy {
  /** Publications kept at most, at least 1. */
  readonly size: number;
  /** Milliseconds after the last publication that the log is emptied; its position stays. */
  readonly ttlMs: number;
  /** Milliseconds after its last use that the log is forgotten, its position included; at least `ttlMs`. */
  readonly metaTtlMs: number;
}

/** How to publish. */
export interface PublishTerms {
  /** Absent when the channel keeps no log. */
  readonly log?: LogPolicy | undefined;
  /** A second publication with the same key in the same channel, within `ttlMs`, changes nothing. */
  readonly idempotency?: { readonly key: string; readonly ttlMs: number } | undefined;
}

/** What became of a publication. */
export interface PublishResult {
  /** Its place, when the channel keeps a log. */
  readonly position: Position | undefined;
  /** Whether it was there already, under its idempotency key; the position is that of the first. */
  readonly duplicate: boolean;
}

/** Which part of a log is wanted. */
export interface LogQuery {
  /** Publications at most, `Infinity` for all; 0 asks for the position alone. */
  readonly limit: number;
  /** Only what comes after this place, with `reverse` what comes before it. The epoch is the caller's to compare. */
  readonly since?: Position | undefined;
  /** Newest first. Default: oldest first. */
  readonly reverse?: boolean | undefined;
  /** Milliseconds from now that the log is remembered at least. */
  readonly metaTtlMs: number;
}

/** A part of a log and the place of the log's newest publication. */
export interface LogPage {
  /** Not to be changed: it may be shared by many readers. */
  readonly publications: readonly BrokerPublication[];
  readonly position: Position;
}

/** How many members a channel has, and how many users they are. */
export interface MemberStats {
  readonly clients: number;
  readonly users: number;
}

/** A hub's ear to its broker. Called in the order of the channel, never inside of a call to the broker's `start`. */
export interface BrokerEvents {
  /** `position` is absent when the channel keeps no log. The publication's own `offset` repeats it for clients. */
  publication(
    channel: string,
    publication: BrokerPublication,
    position: Position | undefined,
  ): void;
  join(channel: string, member: ClientInfo): void;
  leave(channel: string, member: ClientInfo): void;
  /** Events may have been missed, of any channel: the hub looks at the positions of its subscribers. */
  resumed?(): void;
  /** What another hub has said with `tell`. It comes from outside of this process: the hub looks at it closely. */
  told?(message: string): void;
  /** The hub that started as `node` has ended, however it did. Only from brokers that see it at once; others need not say it. */
  gone?(node: string): void;
}

/** What a hub's channels want of its broker, besides that it carries publications. */
export interface BrokerNeeds {
  /** Some keep a log. */
  readonly logs: boolean;
  /** Some know their members. */
  readonly members: boolean;
}

/** Bytes of UTF-8 that a message between hubs has at most. */
export const maxToldBytes = 262_144;

export interface Broker {
  /**
   * Called once, before anything else. `node` is the hub's name among hubs, which no other has or ever had. A broker whose
   * engine lacks what is needed rejects, and says what that is; without `needs`, calls of what it lacks reject.
   */
  start(events: BrokerEvents, node: string, needs?: BrokerNeeds): Promise<void>;
  /** Called once, after everything else. */
  stop(): Promise<void>;
  /** Begins to deliver the channel's events to this hub. Not called twice without `unsubscribe` in between. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Resolves when the publication is accepted, and in the log when the channel keeps one. */
  publish(
    channel: string,
    publication: BrokerPublication,
    terms?: PublishTerms,
  ): Promise<PublishResult>;
  /** Reads the channel's log. A channel without one gets one, empty: its epoch counts from now on. */
  history(channel: string, query: LogQuery): Promise<LogPage>;
  /** Empties the channel's log. Its position stays. */
  removeHistory(channel: string): Promise<void>;
  /** Makes `member` a member of the channel, under the id of its connection. */
  addMember(channel: string, member: ClientInfo): Promise<void>;
  removeMember(channel: string, client: string): Promise<void>;
  /** Tells the channel's subscribers on all hubs that `member` came. */
  announceJoin(channel: string, member: ClientInfo): Promise<void>;
  /** Tells the channel's subscribers on all hubs that `member` left. */
  announceLeave(channel: string, member: ClientInfo): Promise<void>;
  /** The members on all hubs, by the id of their connection. The map belongs to the caller. */
  members(channel: string): Promise<ReadonlyMap<string, ClientInfo>>;
  memberStats(channel: string): Promise<MemberStats>;
  /**
   * Says something to the hub that started as `node`, or to all that have started, of at most `maxToldBytes`. It arrives once
   * or not at all: not at hubs that are away, nor at names that nobody has. Whoever has to know asks for an answer. What
   * is said to all may come back to the hub that says it. Absent when hubs never meet.
   */
  tell?(message: string, node?: string): Promise<void>;
}

/**
 * What stands between hubs: it carries publications and the comings and goings of members from the hub where they happen
 * to every hub with subscribers of the channel, and it knows the members of channels across all hubs. The implementation
 * in memory serves one hub; implementations over a server let many hubs act as one.
 *
 * Rules for implementations:
 * - Calls of one hub for one channel take effect in the order in which they were made.
 * - All hubs see the publications of a channel in the same order.
 * - After `subscribe` has resolved, every later publication of the channel arrives.
 * - A promise that rejects means that the call had no effect or that its effect is unknown; the hub answers with the
 *   protocol's temporary error. Implementations do not throw synchronously.
 * - Members whose hub has died disappear in bounded time: an implementation renews what it was given by itself.
 */

import type { ClientInfo, Publication } from "@tautline/wire";

/** A place in the log of a channel. When `epoch` changes, the log was lost and offsets start anew. */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

/** How many members a channel has, and how many users they are. */
export interface MemberStats {
  readonly clients: number;
  readonly users: number;
}

/** A hub's ear to its broker. Called in the order of the channel, never inside of a call to the broker's `start`. */
export interface BrokerEvents {
  /** `position` is absent when the channel keeps no log. The publication's own `offset` repeats it for clients. */
  publication(channel: string, publication: Publication, position: Position | undefined): void;
  join(channel: string, member: ClientInfo): void;
  leave(channel: string, member: ClientInfo): void;
}

export interface Broker {
  /** Called once, before anything else. */
  start(events: BrokerEvents): Promise<void>;
  /** Called once, after everything else. */
  stop(): Promise<void>;
  /** Begins to deliver the channel's events to this hub. Not called twice without `unsubscribe` in between. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Resolves when the publication is accepted; with its place, when the channel keeps a log. */
  publish(channel: string, publication: Publication): Promise<Position | undefined>;
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
}

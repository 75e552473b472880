/**
 * The broker of a hub that stands alone: everything is in this process's memory and ends with it. It keeps logs and
 * members of channels and delivers events at once, one after the other: an event that is caused by the delivery of
 * another waits its turn, so that all subscribers see the same order.
 */

import type { ClientInfo, Publication } from "@tautline/wire";
import type {
  Broker,
  BrokerEvents,
  LogPage,
  LogQuery,
  MemberStats,
  PublishResult,
  PublishTerms,
} from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { ChannelLogs } from "./channel-logs.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import { PublishResults } from "./publish-results.ts";

/** How much the broker keeps at most. */
export interface MemoryBrokerLimits {
  /**
   * Channels whose log, or at least its epoch and offset, is kept. With more, the one used least recently is forgotten:
   * its clients are told that they may have missed something. Default: 100,000.
   */
  readonly maxLogs: number;
  /** Bytes that all logs' publications together are taken to hold; the same happens. Default: 256 MiB. */
  readonly maxLogBytes: number;
  /** Idempotency keys that are remembered; with more, the oldest is forgotten before its time. Default: 100,000. */
  readonly maxIdempotencyKeys: number;
}

/** What holds when nothing is said. */
export const memoryBrokerDefaults: MemoryBrokerLimits = Object.freeze({
  maxLogs: 100_000,
  maxLogBytes: 268_435_456,
  maxIdempotencyKeys: 100_000,
});

/** What a broker in memory is made of. */
export interface MemoryBrokerSetup {
  readonly clock: Clock;
  /** Makes an id that was never used before, such as a random UUID: epochs of logs. */
  readonly randomId: () => string;
  readonly limits?: Partial<MemoryBrokerLimits>;
}

type Delivery = (events: BrokerEvents) => void;

export class MemoryBroker implements Broker {
  readonly #subscribed = new Set<string>();
  readonly #members = new Map<string, Map<string, ClientInfo>>();
  readonly #deliveries: Delivery[] = [];
  readonly #expiry: ExpiryQueue;
  readonly #logs: ChannelLogs;
  readonly #results: PublishResults;
  #events: BrokerEvents | undefined;
  #delivering = false;

  /** @throws RangeError when a limit is below 1 */
  constructor({ clock, randomId, limits }: MemoryBrokerSetup) {
    const resolved = { ...memoryBrokerDefaults, ...limits };
    for (const [name, limit] of Object.entries(resolved)) {
      // Written so that NaN fails too.
      if (!(limit >= 1)) throw new RangeError(`${name} must be at least 1`);
    }
    this.#expiry = new ExpiryQueue(clock);
    this.#logs = new ChannelLogs({
      clock,
      expiry: this.#expiry,
      makeEpoch: randomId,
      limits: resolved,
    });
    this.#results = new PublishResults(clock, this.#expiry, resolved.maxIdempotencyKeys);
  }

  async start(events: BrokerEvents): Promise<void> {
    this.#events = events;
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#subscribed.clear();
    this.#members.clear();
    this.#expiry.stop();
    this.#logs.clear();
    this.#results.clear();
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscribed.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
  }

  async publish(
    channel: string,
    publication: Publication,
    { log, idempotency }: PublishTerms = {},
  ): Promise<PublishResult> {
    if (idempotency !== undefined) {
      const known = this.#results.find(channel, idempotency.key);
      if (known !== undefined) return { position: known.position, duplicate: true };
    }
    const appended =
      log === undefined
        ? { publication, position: undefined }
        : this.#logs.append(channel, publication, log);
    const { position } = appended;
    if (idempotency !== undefined) this.#results.remember(channel, idempotency, position);
    this.#deliver(channel, (events) => events.publication(channel, appended.publication, position));
    return { position, duplicate: false };
  }

  async history(channel: string, query: LogQuery): Promise<LogPage> {
    return this.#logs.read(channel, query);
  }

  async removeHistory(channel: string): Promise<void> {
    this.#logs.remove(channel);
  }

  async addMember(channel: string, member: ClientInfo): Promise<void> {
    let members = this.#members.get(channel);
    if (members === undefined) this.#members.set(channel, (members = new Map()));
    members.set(member.client, member);
  }

  async removeMember(channel: string, client: string): Promise<void> {
    const members = this.#members.get(channel);
    members?.delete(client);
    if (members?.size === 0) this.#members.delete(channel);
  }

  async announceJoin(channel: string, member: ClientInfo): Promise<void> {
    this.#deliver(channel, (events) => events.join(channel, member));
  }

  async announceLeave(channel: string, member: ClientInfo): Promise<void> {
    this.#deliver(channel, (events) => events.leave(channel, member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, ClientInfo>> {
    return new Map(this.#members.get(channel));
  }

  async memberStats(channel: string): Promise<MemberStats> {
    const members = [...(this.#members.get(channel)?.values() ?? [])];
    return { clients: members.length, users: new Set(members.map(({ user }) => user)).size };
  }

  #deliver(channel: string, delivery: Delivery): void {
    if (!this.#subscribed.has(channel)) return;
    this.#deliveries.push(delivery);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (
        let next = this.#deliveries.shift();
        next !== undefined;
        next = this.#deliveries.shift()
      ) {
        if (this.#events !== undefined) next(this.#events);
      }
    } finally {
      this.#delivering = false;
    }
  }
}

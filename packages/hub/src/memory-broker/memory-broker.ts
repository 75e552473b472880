/**
 * The broker of a hub that stands alone: everything is in this process's memory and ends with it. It keeps logs and
 * members of channels and delivers events at once.
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
import { Audience } from "./audience.ts";
import { ChannelLogs } from "./channel-logs.ts";
import { ExpiryQueue } from "../expiry-queue.ts";
import type { MemoryBrokerLimits } from "./limits.ts";
import { resolveLimits } from "./limits.ts";
import { LocalMembers } from "./local-members.ts";
import { PublishResults } from "./publish-results.ts";

/** What a broker in memory is made of. */
export interface MemoryBrokerSetup {
  readonly clock: Clock;
  /** Makes an id that was never used before, such as a random UUID: epochs of logs. */
  readonly randomId: () => string;
  readonly limits?: Partial<MemoryBrokerLimits>;
}

export class MemoryBroker implements Broker {
  readonly #clock: Clock;
  readonly #audience = new Audience();
  readonly #members = new LocalMembers();
  readonly #expiry: ExpiryQueue;
  readonly #logs: ChannelLogs;
  readonly #results: PublishResults;

  /** @throws RangeError when a limit is below 1 */
  constructor({ clock, randomId, limits }: MemoryBrokerSetup) {
    const resolved = resolveLimits(limits);
    this.#clock = clock;
    this.#expiry = new ExpiryQueue(clock);
    this.#logs = new ChannelLogs({
      clock,
      expiry: this.#expiry,
      makeEpoch: randomId,
      limits: resolved,
    });
    this.#results = new PublishResults({
      expiry: this.#expiry,
      maxResults: resolved.maxIdempotencyKeys,
    });
  }

  async start(events: BrokerEvents): Promise<void> {
    this.#audience.start(events);
  }

  async stop(): Promise<void> {
    this.#audience.stop();
    this.#members.clear();
    this.#expiry.stop();
    this.#logs.clear();
    this.#results.clear();
  }

  async subscribe(channel: string): Promise<void> {
    this.#audience.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#audience.unsubscribe(channel);
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
    if (idempotency !== undefined) {
      const { key, ttlMs } = idempotency;
      this.#results.remember({ channel, key, position, forgetAt: this.#clock.now() + ttlMs });
    }
    this.#audience.deliver(channel, (events) =>
      events.publication(channel, appended.publication, position),
    );
    return { position, duplicate: false };
  }

  async history(channel: string, query: LogQuery): Promise<LogPage> {
    return this.#logs.read(channel, query);
  }

  async removeHistory(channel: string): Promise<void> {
    this.#logs.remove(channel);
  }

  async addMember(channel: string, member: ClientInfo): Promise<void> {
    this.#members.add(channel, member);
  }

  async removeMember(channel: string, client: string): Promise<void> {
    this.#members.remove(channel, client);
  }

  async announceJoin(channel: string, member: ClientInfo): Promise<void> {
    this.#audience.deliver(channel, (events) => events.join(channel, member));
  }

  async announceLeave(channel: string, member: ClientInfo): Promise<void> {
    this.#audience.deliver(channel, (events) => events.leave(channel, member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, ClientInfo>> {
    return this.#members.of(channel);
  }

  async memberStats(channel: string): Promise<MemberStats> {
    return this.#members.statsOf(channel);
  }
}

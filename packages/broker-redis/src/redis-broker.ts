/**
 * The hub's broker over Redis: many hubs with the same Redis act as one. Publications travel through its pub/sub, logs are
 * streams that a script writes in the same step, members are hashes whose entries end unless their hub renews them. It
 * keeps nothing but the members of its own hub.
 */

import type {
  Broker,
  BrokerEvents,
  Clock,
  LogPage,
  LogQuery,
  Logger,
  MemberStats,
  PublishResult,
  PublishTerms,
} from "@tautline/hub";
import {
  decodeMember,
  decodePublication,
  encodeMember,
  encodePublication,
  silentLogger,
} from "@tautline/hub";
import { Keys } from "./keys.ts";
import { joinMessage, leaveMessage, publicationMessage, tell } from "./message.ts";
import { OwnMembers } from "./own-members.ts";
import type { RedisPlace } from "./place.ts";
import { redisAddress } from "./place.ts";
import { RedisLink } from "./redis-link.ts";
import { historyReply, publishReply, textList } from "./replies.ts";
import { scripts } from "./script.ts";

type Publication = Parameters<Broker["publish"]>[1];
type Member = Parameters<Broker["addMember"]>[1];

export interface RedisBrokerSetup extends RedisPlace {
  readonly clock: Clock;
  /** Makes an id that was never used before, such as a random UUID: epochs of logs. */
  readonly randomId: () => string;
  /**
   * Where Redis is: `redis://`, `rediss://`, `redis+sentinel://host:port,host:port/name` or
   * `redis+cluster://host:port,host:port`. Default: what `redis`, `sentinel` or `cluster` say, and without them localhost,
   * port 6379.
   */
  readonly address?: string | undefined;
  /** Milliseconds without an answer after which Redis counts as away. Default: 5,000. */
  readonly timeoutMs?: number | undefined;
  /** What all keys begin with: hubs with the same prefix act as one. Default: `tautline`. */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds that members of a hub that has died are still shown; each hub renews its own three times in that time.
   * Default: 60,000.
   */
  readonly memberTtlMs?: number | undefined;
  /** Told when Redis is away, and when it is back. Silent by default. */
  readonly logger?: Logger | undefined;
}

/** `start` rejects when Redis cannot be reached. Later, what needs Redis rejects while it is away. */
export class RedisBroker implements Broker {
  readonly #setup: RedisBrokerSetup;
  readonly #logger: Logger;
  readonly #keys: Keys;
  readonly #link: RedisLink;
  readonly #own: OwnMembers;
  readonly #subscribed = new Set<string>();
  #events: BrokerEvents | undefined;
  #away = false;

  /** @throws RangeError when a time is below 1, or `address` is none */
  constructor(setup: RedisBrokerSetup) {
    const { clock, address, prefix = "tautline", memberTtlMs = 60_000, timeoutMs = 5000 } = setup;
    if (!(memberTtlMs >= 1)) throw new RangeError("memberTtlMs must be at least 1");
    if (!(timeoutMs >= 1)) throw new RangeError("timeoutMs must be at least 1");
    this.#setup = setup;
    this.#logger = setup.logger ?? silentLogger;
    this.#keys = new Keys(prefix);
    this.#link = new RedisLink(address === undefined ? setup : redisAddress(address), timeoutMs, {
      failed: (err) => this.#failed(err),
      resumed: () => this.#resumed(),
    });
    this.#own = new OwnMembers({ clock, link: this.#link, keys: this.#keys, ttlMs: memberTtlMs });
  }

  async start(events: BrokerEvents, node: string): Promise<void> {
    this.#events = events;
    await this.#link.open();
    const hear = (message: string): void => this.#events?.told?.(message);
    const topics = [this.#keys.nodes, this.#keys.node(node)];
    await Promise.all(topics.map((topic) => this.#link.subscribe(topic, hear)));
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#subscribed.clear();
    this.#own.stop();
    this.#link.close();
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscribed.add(channel);
    try {
      await this.#link.subscribe(this.#keys.topic(channel), (message) => {
        this.#receive(channel, message);
      });
    } catch (error) {
      this.#subscribed.delete(channel);
      throw error;
    }
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
    await this.#link.unsubscribe(this.#keys.topic(channel));
  }

  async publish(
    channel: string,
    publication: Publication,
    { log, idempotency }: PublishTerms = {},
  ): Promise<PublishResult> {
    const stored = encodePublication(publication);
    const topic = this.#keys.topic(channel);
    if (log === undefined && idempotency === undefined) {
      await this.#link.publish(topic, publicationMessage(stored));
      return { position: undefined, duplicate: false };
    }
    const { size, ttlMs, metaTtlMs } = log ?? { size: 0, ttlMs: 0, metaTtlMs: 0 };
    const reply = await this.#link.run(
      scripts.publish,
      [
        this.#keys.position(channel),
        this.#keys.log(channel),
        this.#keys.result(channel, idempotency?.key ?? ""),
      ],
      [
        stored,
        this.#setup.randomId(),
        whole(size),
        whole(ttlMs),
        whole(metaTtlMs),
        whole(idempotency?.ttlMs ?? 0),
        topic,
        this.#link.publishCommand,
      ],
    );
    return publishReply(reply);
  }

  async history(channel: string, query: LogQuery): Promise<LogPage> {
    const { limit, since, reverse = false, metaTtlMs } = query;
    const first = since === undefined || reverse ? 1 : since.offset + 1;
    const last = since === undefined || !reverse ? Number.MAX_SAFE_INTEGER : since.offset - 1;
    const count = first > last ? 0 : limit;
    const reply = await this.#link.run(
      scripts.history,
      [this.#keys.position(channel), this.#keys.log(channel)],
      [
        this.#setup.randomId(),
        whole(metaTtlMs),
        Number.isFinite(count) ? whole(count) : "-1",
        `${first}-0`,
        `${Math.max(last, 0)}-0`,
        reverse ? "1" : "0",
      ],
    );
    const { position, entries } = historyReply(reply);
    const publications = entries.map(({ offset, stored }) => ({
      ...decodePublication(stored),
      offset,
    }));
    return { publications, position };
  }

  async removeHistory(channel: string): Promise<void> {
    await this.#link.remove(this.#keys.log(channel));
  }

  async addMember(channel: string, member: Member): Promise<void> {
    await this.#own.add(channel, member.client, encodeMember(member));
  }

  async removeMember(channel: string, client: string): Promise<void> {
    await this.#own.remove(channel, client);
  }

  async announceJoin(channel: string, member: Member): Promise<void> {
    await this.#link.publish(this.#keys.topic(channel), joinMessage(member));
  }

  async announceLeave(channel: string, member: Member): Promise<void> {
    await this.#link.publish(this.#keys.topic(channel), leaveMessage(member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, Member>> {
    const keys = [this.#keys.members(channel), this.#keys.memberTimes(channel)];
    const stored = textList(await this.#link.run(scripts.members, keys, []));
    const members = stored.map((text) => decodeMember(text));
    return new Map(members.map((member) => [member.client, member]));
  }

  async memberStats(channel: string): Promise<MemberStats> {
    const members = [...(await this.members(channel)).values()];
    return { clients: members.length, users: new Set(members.map(({ user }) => user)).size };
  }

  async tell(message: string, node?: string): Promise<void> {
    const topic = node === undefined ? this.#keys.nodes : this.#keys.node(node);
    await this.#link.publish(topic, message);
  }

  #receive(channel: string, message: string): void {
    if (this.#events === undefined || !this.#subscribed.has(channel)) return;
    try {
      tell(this.#events, channel, message);
    } catch (err) {
      this.#logger.error({ err, channel }, "a message from Redis could not be taken");
    }
  }

  /** The library tries again for as long as it takes: one line is enough. */
  #failed(err: unknown): void {
    if (!this.#away) this.#logger.error({ err }, "Redis is away");
    this.#away = true;
  }

  #resumed(): void {
    if (this.#away) this.#logger.info({}, "Redis is back");
    this.#away = false;
    this.#own.renew();
    this.#events?.resumed?.();
  }
}

/** A whole number of milliseconds, or of things, as text. */
function whole(number: number): string {
  return String(Math.min(Math.ceil(number), Number.MAX_SAFE_INTEGER));
}

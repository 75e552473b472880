/**
 * The hub's broker over NATS: many hubs with the same NATS act as one. Publications pass through streams of JetStream, which
 * put them in one order and keep the logs; members are entries of a bucket that count as long as their hub lives. A server
 * without JetStream carries publications to whoever listens, and no more.
 */

import type {
  Broker,
  BrokerEvents,
  BrokerNeeds,
  Cancel,
  Clock,
  LogPage,
  LogQuery,
  Logger,
  MemberStats,
  PublishResult,
  PublishTerms,
} from "@tautline/hub";
import { encodeMember, encodePublication, silentLogger } from "@tautline/hub";
import { ChannelLogs } from "./channel-logs.ts";
import { joinLine, leaveLine, publicationLine, tell } from "./heard-message.ts";
import { Lanes } from "./lanes.ts";
import { Members } from "./members.ts";
import { withoutJetStream } from "./missing-feature.ts";
import { NatsLink } from "./nats-link.ts";
import type { NatsOptions } from "./nats-options.ts";
import { PublishResults } from "./publish-results.ts";
import { Steps } from "./steps.ts";
import { StoredMessages } from "./stored-messages.ts";
import { Streams } from "./streams.ts";
import { Subjects } from "./subjects.ts";
import type { ChannelTask, Settle } from "./tasks.ts";
import { clearTask, liveTask, logTask, readTask } from "./tasks.ts";

type Publication = Parameters<Broker["publish"]>[1];
type Member = Parameters<Broker["addMember"]>[1];
type Subscription = Awaited<ReturnType<NatsLink["subscribe"]>>;

export interface NatsBrokerSetup {
  /** Hubs with the same NATS want clocks that agree to within seconds: what is kept ends by them. */
  readonly clock: Clock;
  /** Makes an id that was never used before, such as a random UUID: epochs of logs, names of leases. */
  readonly randomId: () => string;
  /** Where NATS is, and who comes. Default: localhost, port 4222, nobody in particular. */
  readonly nats?: NatsOptions | undefined;
  /**
   * What all subjects, streams and buckets begin with: hubs with the same prefix act as one. Up to 64 letters, digits, `-`
   * and `_`. Default: `tautline`.
   */
  readonly prefix?: string | undefined;
  /** On how many servers of a cluster the logs are kept, from 1 to 5; it counts when they are made. Default: 1. */
  readonly replicas?: number | undefined;
  /**
   * Milliseconds that members of a hub that has died are still shown; each hub renews its own three times in that time.
   * Default: 60,000.
   */
  readonly memberTtlMs?: number | undefined;
  /** Milliseconds after which an answer counts as missing, and a line without any as lost. Default: 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Told when NATS is away, and when it is back. Silent by default. */
  readonly logger?: Logger | undefined;
}

/** Bytes that may wait for NATS. */
const maxWaitingBytes = 67_108_864;

/** After so many milliseconds it is tried again to get ready. */
const retryMs = 1000;

/** `start` rejects when NATS cannot be reached. Later, what needs NATS rejects while it is away. */
export class NatsBroker implements Broker {
  readonly #setup: NatsBrokerSetup;
  readonly #logger: Logger;
  readonly #subjects: Subjects;
  readonly #link: NatsLink;
  readonly #streams: Streams;
  readonly #logs: ChannelLogs;
  readonly #members: Members;
  readonly #lanes: Lanes<ChannelTask>;
  readonly #subscriptions = new Map<string, Subscription>();
  #events: BrokerEvents | undefined;
  #away = false;
  #retry: Cancel | undefined;

  /** @throws RangeError when `memberTtlMs` or `timeoutMs` is below 1, or the prefix cannot begin a subject */
  constructor(setup: NatsBrokerSetup) {
    const { clock, randomId, nats = {}, prefix = "tautline", replicas = 1 } = setup;
    const { memberTtlMs = 60_000, timeoutMs = 5000 } = setup;
    if (!(memberTtlMs >= 1)) throw new RangeError("memberTtlMs must be at least 1");
    if (!(timeoutMs >= 1)) throw new RangeError("timeoutMs must be at least 1");
    this.#setup = setup;
    this.#logger = setup.logger ?? silentLogger;
    const subjects = new Subjects(prefix);
    const link = new NatsLink({
      options: nats,
      timeoutMs,
      events: { failed: (err) => this.#failed(err), resumed: () => void this.#resumed() },
    });
    const streams = new Streams({ link, subjects, replicas, memberTtlMs });
    const parts = { clock, randomId, link, subjects, streams, messages: new StoredMessages(link) };
    this.#subjects = subjects;
    this.#link = link;
    this.#streams = streams;
    this.#logs = new ChannelLogs(parts);
    this.#members = new Members({
      ...parts,
      ttlMs: memberTtlMs,
      failed: (err) => this.#logger.warn({ err }, "members could not be renewed in NATS"),
    });
    const results = new PublishResults(parts);
    const steps = new Steps({ link, subjects, logs: this.#logs, results });
    this.#lanes = new Lanes({
      run: (channel, tasks) => steps.run(channel, tasks),
      maxStepBytes: () => link.maxBatchBytes,
      maxWaitingBytes,
    });
  }

  async start(events: BrokerEvents, node: string, needs?: BrokerNeeds): Promise<void> {
    this.#events = events;
    await this.#link.open();
    try {
      if (needs?.logs === true) this.#requireJetStream("logs of channels (historySize)");
      if (needs?.members === true) this.#requireJetStream("members of channels (presence)");
      if (this.#link.jetStream !== undefined) await this.#streams.open();
      const hear = (message: string): void => this.#take(() => this.#events?.told?.(message));
      const subjects = [this.#subjects.nodes, this.#subjects.node(node)];
      await Promise.all(subjects.map((subject) => this.#link.subscribe(subject, hear)));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#subscriptions.clear();
    this.#logs.stop();
    this.#retry?.();
    await this.#members.stop().catch(() => undefined);
    await this.#link.close();
  }

  async subscribe(channel: string): Promise<void> {
    const subscription = await this.#link.subscribe(this.#subjects.heard(channel), (text) => {
      this.#take(() => this.#events !== undefined && tell(this.#events, channel, text));
    });
    this.#subscriptions.set(channel, subscription);
  }

  async unsubscribe(channel: string): Promise<void> {
    const subscription = this.#subscriptions.get(channel);
    this.#subscriptions.delete(channel);
    subscription?.unsubscribe();
  }

  async publish(
    channel: string,
    publication: Publication,
    { log, idempotency }: PublishTerms = {},
  ): Promise<PublishResult> {
    const stored = encodePublication(publication);
    if (log === undefined) {
      if (idempotency !== undefined) this.#requireJetStream("idempotency keys");
      const line = publicationLine(stored);
      return this.#inTurn(channel, (settle) => liveTask(settle, { line, idempotency }));
    }
    this.#requireJetStream("logs of channels");
    const task = { line: stored, policy: log, idempotency };
    return this.#inTurn(channel, (settle) => logTask(settle, task));
  }

  async history(channel: string, query: LogQuery): Promise<LogPage> {
    this.#requireJetStream("logs of channels");
    return this.#inTurn(channel, (settle) => readTask(settle, query));
  }

  async removeHistory(channel: string): Promise<void> {
    this.#requireJetStream("logs of channels");
    return this.#inTurn(channel, (settle) => clearTask(settle));
  }

  async addMember(channel: string, member: Member): Promise<void> {
    this.#requireJetStream("members of channels");
    await this.#members.add(channel, member.client, encodeMember(member));
  }

  async removeMember(channel: string, client: string): Promise<void> {
    this.#requireJetStream("members of channels");
    await this.#members.remove(channel, client);
  }

  async announceJoin(channel: string, member: Member): Promise<void> {
    await this.#announce(channel, joinLine(member));
  }

  async announceLeave(channel: string, member: Member): Promise<void> {
    await this.#announce(channel, leaveLine(member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, Member>> {
    this.#requireJetStream("members of channels");
    return this.#members.of(channel);
  }

  async memberStats(channel: string): Promise<MemberStats> {
    const members = [...(await this.members(channel)).values()];
    return { clients: members.length, users: new Set(members.map(({ user }) => user)).size };
  }

  async tell(message: string, node?: string): Promise<void> {
    const subject = node === undefined ? this.#subjects.nodes : this.#subjects.node(node);
    await this.#link.publish(subject, message);
  }

  async #announce(channel: string, line: string): Promise<void> {
    await this.#inTurn<PublishResult>(channel, (settle) =>
      liveTask(settle, { line, idempotency: undefined }),
    );
  }

  #inTurn<Result>(
    channel: string,
    makeTask: (settle: Settle<Result>) => ChannelTask,
  ): Promise<Result> {
    if (this.#link.isAway) return Promise.reject(new Error("NATS is away"));
    return new Promise<Result>((resolve, reject) => {
      this.#lanes.add(channel, makeTask({ resolve, reject }));
    });
  }

  /** @throws MissingFeature when the server keeps nothing */
  #requireJetStream(what: string): void {
    if (this.#link.jetStream === undefined && !this.#link.isAway) throw withoutJetStream(what);
  }

  /** Nobody can be told of a message that makes no sense. */
  #take(message: () => void): void {
    try {
      message();
    } catch (err) {
      this.#logger.error({ err }, "a message from NATS could not be taken");
    }
  }

  /** The library tries again for as long as it takes: one line is enough. */
  #failed(err: unknown): void {
    if (this.#events === undefined) return;
    if (!this.#link.isAway) this.#logger.warn({ err }, "NATS complains");
    else if (!this.#away) this.#logger.error({ err }, "NATS is away");
    this.#away ||= this.#link.isAway;
  }

  /** What is in the memory of the server may be gone: it is made again before hubs look at what they have missed. */
  async #resumed(): Promise<void> {
    this.#logs.reset();
    try {
      if (this.#link.jetStream !== undefined) {
        await this.#streams.open();
        await this.#members.renew();
      }
    } catch (err) {
      if (this.#events === undefined || this.#link.isAway) return;
      this.#logger.error({ err }, "NATS is back, but not ready");
      this.#retry?.();
      this.#retry = this.#setup.clock.schedule(() => void this.#resumed(), retryMs);
      return;
    }
    if (this.#events === undefined) return;
    if (this.#away) this.#logger.info({}, "NATS is back");
    this.#away = false;
    this.#events.resumed?.();
  }
}

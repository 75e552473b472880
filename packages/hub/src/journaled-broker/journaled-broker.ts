/**
 * The broker of a hub that stands alone and does not forget: a journal holds its logs and idempotency keys as memory
 * does. A publication is written down first; then it joins the log in memory, is delivered and acknowledged. So nobody
 * has seen what a crash could take back, and reading never waits for a disk. Members are in memory alone: who they are
 * ends with their connections.
 */

import type { ClientInfo, Publication } from "@tautline/wire";
import { Audience } from "../memory-broker/audience.ts";
import { ChannelLogs } from "../memory-broker/channel-logs.ts";
import { ExpiryQueue } from "../expiry-queue.ts";
import type { MemoryBrokerSetup } from "../memory-broker/memory-broker.ts";
import { resolveLimits } from "../memory-broker/limits.ts";
import { LocalMembers } from "../memory-broker/local-members.ts";
import { PublishResults } from "../memory-broker/publish-results.ts";
import type {
  Broker,
  BrokerEvents,
  LogPage,
  LogQuery,
  MemberStats,
  PublishResult,
  PublishTerms,
} from "../ports/broker.ts";
import type { Cancel } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Logger } from "../ports/logger.ts";
import { silentLogger } from "../ports/logger.ts";
import type { Settle, Work } from "./commit-queue.ts";
import { CommitQueue } from "./commit-queue.ts";
import { Draft } from "./draft.ts";
import { Leftovers } from "./leftovers.ts";
import { PublishWork } from "./publish-work.ts";
import { restore } from "./restore.ts";

/** What a broker with a journal is made of. */
export interface JournaledBrokerSetup extends MemoryBrokerSetup {
  readonly journal: Journal;
  /** Bytes of publications that may wait to be written; more are refused (error 111). Default: 64 MiB. */
  readonly maxWaitingBytes?: number;
  /** Told when something cannot be written that nobody waits for. Silent by default. */
  readonly logger?: Logger;
}

/** How long what memory forgot by itself may wait to be written down, in milliseconds. */
const leftoverDelayMs = 1000;

const defaultMaxWaitingBytes = 67_108_864;

export class JournaledBroker implements Broker {
  readonly #setup: JournaledBrokerSetup;
  readonly #audience = new Audience();
  readonly #members = new LocalMembers();
  readonly #leftovers = new Leftovers();
  readonly #expiry: ExpiryQueue;
  readonly #logs: ChannelLogs;
  readonly #results: PublishResults;
  readonly #queue: CommitQueue;
  #timer: Cancel | undefined;
  #stopped = false;
  #failing = false;

  /** @throws RangeError when a limit is below 1 */
  constructor(setup: JournaledBrokerSetup) {
    const { clock, randomId, maxWaitingBytes = defaultMaxWaitingBytes } = setup;
    const limits = resolveLimits(setup.limits);
    if (!(maxWaitingBytes >= 1)) throw new RangeError("maxWaitingBytes must be at least 1");
    this.#setup = setup;
    this.#expiry = new ExpiryQueue(clock);
    this.#logs = new ChannelLogs({
      clock,
      expiry: this.#expiry,
      makeEpoch: randomId,
      limits,
      keeper: {
        isHeld: (channel) => this.#queue.has(channel),
        changed: (channel) => this.#leave(() => this.#leftovers.addLog(channel)),
      },
    });
    this.#results = new PublishResults({
      expiry: this.#expiry,
      maxResults: limits.maxIdempotencyKeys,
      forgotten: (record) => this.#leave(() => this.#leftovers.addResult(record)),
    });
    this.#queue = new CommitQueue({
      makeDraft: () => this.#draft(),
      write: (draft) => this.#write(draft),
      maxWaitingBytes,
    });
  }

  async start(events: BrokerEvents): Promise<void> {
    const { journal, clock, randomId } = this.#setup;
    const contents = await journal.open();
    const { changed } = restore(contents, {
      logs: this.#logs,
      results: this.#results,
      makeEpoch: randomId,
      now: clock.now(),
    });
    for (const channel of changed) this.#leave(() => this.#leftovers.addLog(channel));
    this.#audience.start(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#audience.stop();
    this.#timer?.();
    let left = Number.POSITIVE_INFINITY;
    do {
      left = Math.min(left, this.#leftovers.size);
      await this.#queue.settle();
    } while (this.#leftovers.size > 0 && this.#leftovers.size !== left);
    this.#expiry.stop();
    this.#members.clear();
    this.#logs.clear();
    this.#results.clear();
    await this.#setup.journal.close();
  }

  async subscribe(channel: string): Promise<void> {
    this.#audience.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#audience.unsubscribe(channel);
  }

  publish(
    channel: string,
    publication: Publication,
    terms: PublishTerms = {},
  ): Promise<PublishResult> {
    if (terms.log === undefined && terms.idempotency === undefined) {
      return this.#inTurn(channel, () => {
        this.#audience.deliver(channel, (events) =>
          events.publication(channel, publication, undefined),
        );
        return { position: undefined, duplicate: false };
      });
    }
    return this.#enqueue<PublishResult>((settle) => {
      const parts = { logs: this.#logs, results: this.#results, audience: this.#audience };
      return new PublishWork({ channel, publication, terms, parts, settle });
    });
  }

  history(channel: string, query: LogQuery): Promise<LogPage> {
    const known = this.#logs.has(channel);
    if (known) return this.#inTurn(channel, () => this.#logs.read(channel, query));
    // Its epoch begins to count here, and is written down before anybody has it.
    let epoch: string | undefined;
    return this.#enqueue<LogPage>(({ resolve }) => ({
      channel,
      bytes: 0,
      plan: (draft) => ({ epoch } = draft.open(channel, query.metaTtlMs)),
      carryOut: () => resolve(this.#readNew(channel, query, epoch)),
      // Without that it counts as well, until the process ends.
      fail: () => resolve(this.#logs.read(channel, query)),
    }));
  }

  removeHistory(channel: string): Promise<void> {
    return this.#enqueue<void>(({ resolve, reject }) => ({
      channel,
      bytes: 0,
      plan: (draft) => draft.clear(channel),
      carryOut: () => {
        this.#logs.remove(channel);
        resolve();
      },
      fail: reject,
    }));
  }

  async addMember(channel: string, member: ClientInfo): Promise<void> {
    this.#members.add(channel, member);
  }

  async removeMember(channel: string, client: string): Promise<void> {
    this.#members.remove(channel, client);
  }

  announceJoin(channel: string, member: ClientInfo): Promise<void> {
    return this.#inTurn(channel, () =>
      this.#audience.deliver(channel, (events) => events.join(channel, member)),
    );
  }

  announceLeave(channel: string, member: ClientInfo): Promise<void> {
    return this.#inTurn(channel, () =>
      this.#audience.deliver(channel, (events) => events.leave(channel, member)),
    );
  }

  async members(channel: string): Promise<ReadonlyMap<string, ClientInfo>> {
    return this.#members.of(channel);
  }

  async memberStats(channel: string): Promise<MemberStats> {
    return this.#members.statsOf(channel);
  }

  /** The channel's log, which this reader is the first to ask for, unless it has come to be meanwhile. */
  #readNew(channel: string, query: LogQuery, epoch: string | undefined): LogPage {
    if (epoch !== undefined && !this.#logs.has(channel)) this.#logs.create(channel, epoch);
    return this.#logs.read(channel, query);
  }

  /** Does something that need not be written down: at once, or after what waits for the channel. */
  async #inTurn<Result>(channel: string, act: () => Result): Promise<Result> {
    if (!this.#queue.has(channel)) return act();
    return this.#enqueue<Result>(({ resolve }) => ({
      channel,
      bytes: 0,
      plan: () => undefined,
      carryOut: () => resolve(act()),
      fail: () => resolve(act()),
    }));
  }

  #enqueue<Result>(makeWork: (settle: Settle<Result>) => Work): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#stopped) throw new Error("The broker has stopped");
      this.#queue.add(makeWork({ resolve, reject }));
    });
  }

  #draft(): Draft {
    const { clock, randomId } = this.#setup;
    return new Draft({
      logs: this.#logs,
      results: this.#results,
      makeEpoch: randomId,
      now: clock.now(),
    });
  }

  async #write(draft: Draft): Promise<void> {
    const { journal, logger = silentLogger } = this.#setup;
    const takeBack = this.#leftovers.moveTo(draft);
    const changes = draft.changes();
    if (changes.length === 0) return;
    try {
      await journal.write(changes);
      if (this.#failing) logger.info({}, "publications are written down again");
      this.#failing = false;
    } catch (err) {
      takeBack();
      if (!this.#failing) logger.error({ err }, "publications cannot be written down: refused");
      this.#failing = true;
      throw err;
    } finally {
      if (this.#leftovers.size > 0) this.#writeLater();
    }
  }

  /** Something is different in memory that nobody waits for. */
  #leave(change: () => void): void {
    change();
    this.#writeLater();
  }

  #writeLater(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#setup.clock.schedule(() => {
      this.#timer = undefined;
      void this.#queue.settle();
    }, leftoverDelayMs);
  }
}

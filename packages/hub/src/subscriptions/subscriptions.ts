/**
 * The subscriptions of one client: how they begin, are live and end. A subscription that is ended in the middle of its
 * beginning takes back what it has done so far, so that no member and no subscriber is left behind.
 */

import type { ClientInfo, Format, Payload, SubscribeResult } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import { SubscriptionAccess } from "../access/subscription-access.ts";
import type { Broadcast } from "../channels/broadcast.ts";
import type { ChannelOptions } from "../channels/channel-options.ts";
import { isPositioned } from "../channels/channel-options.ts";
import type { HubContext } from "../context.ts";
import type { Position } from "../ports/broker.ts";
import type { LimitLog } from "../limits/limit-log.ts";
import { refuse } from "../refusal.ts";
import type { AnswerAllowance } from "./answer-allowance.ts";
import type { Start } from "./catch-up.ts";
import { bytesOf, catchUp } from "./catch-up.ts";
import type { SubscriptionPlan, SubscriptionTerms } from "./subscription-plan.ts";
import { describeStart, startWithoutPosition } from "./describe-start.ts";
import { Subscription } from "./subscription.ts";

/** The client, as its subscriptions see it. */
export interface SubscriptionOwner {
  /** The connection's id. */
  readonly id: string;
  /** What its connection speaks. */
  readonly format: Format;
  /** Who the client is in a channel for which it was granted `info`. */
  memberInfo(info?: Payload): ClientInfo;
  deliver(broadcast: Broadcast): void;
  /** It may have missed something in this subscription, which hands on nothing any more. */
  insufficientState(subscription: Subscription): void;
  /** The time for which this subscription was granted is over. */
  subscriptionOver(subscription: Subscription): void;
  readonly limits: LimitLog;
  readonly allowance: AnswerAllowance;
}

/** A subscription about to be live: all is read and nothing is sent. */
export interface ReadySubscription {
  readonly channel: string;
  /** False when it was ended meanwhile; then only `goLive` is to be called, which takes everything back. */
  readonly wanted: boolean;
  /** What the client is told. */
  readonly result: SubscribeResult;
  /** Begins the deliveries. To be called once, in the same turn in which the client is told, and after it. */
  goLive(): void;
}

/** What was done for a subscription on its way to being live. */
interface Entered {
  readonly options: ChannelOptions;
  readonly member: ClientInfo;
  readonly access: SubscriptionAccess | undefined;
}

export class Subscriptions {
  readonly #context: HubContext;
  readonly #owner: SubscriptionOwner;
  /** Those that begin, too: they count for the limit and keep a second one away. */
  readonly #all = new Map<string, Subscription>();
  readonly #live = new Map<Subscription, Entered>();
  /** Set by `endAll`: what was still to be prepared then must not begin. */
  #over = false;

  constructor(context: HubContext, owner: SubscriptionOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  /** The channels with a live subscription. */
  get channels(): readonly string[] {
    return Array.from(this.#live.keys(), ({ channel }) => channel);
  }

  /** The member that a live subscription to `channel` makes of the client. */
  memberIn(channel: string): ClientInfo | undefined {
    const subscription = this.#all.get(channel);
    return subscription === undefined ? undefined : this.#live.get(subscription)?.member;
  }

  /** What the live subscription to `channel` was granted besides itself, if anything. */
  accessIn(channel: string): SubscriptionAccess | undefined {
    const subscription = this.#all.get(channel);
    return subscription === undefined ? undefined : this.#live.get(subscription)?.access;
  }

  /** The live subscriptions that stand on a capability of the connection alone. */
  get byCapability(): readonly Subscription[] {
    return [...this.#live].flatMap(([subscription, { access }]) =>
      access?.byCapability === true ? [subscription] : [],
    );
  }

  /**
   * Prepares a subscription; resolves in the turn in which it is ready.
   *
   * @throws Refusal when it is refused, there already, or one too many; whatever the broker rejects with
   */
  async prepare(plan: SubscriptionPlan): Promise<ReadySubscription> {
    const { channel } = plan;
    if (this.#over) throw refuse(disconnects.connectionClosed);
    const options = this.#context.namespaces.optionsOf(channel);
    if (options === undefined) throw refuse(replyErrors.unknownChannel);
    if (this.#all.has(channel)) throw refuse(replyErrors.alreadySubscribed);
    if (this.#all.size >= this.#context.options.maxChannelsPerClient) {
      this.#owner.limits.reached("channels");
      throw refuse(replyErrors.limitExceeded);
    }
    const deltas = plan.wantsDeltas && options.deltas.includes("fossil");
    const { format, id: client } = this.#owner;
    const subscription = new Subscription({ ...plan, client, deltas, format }, this.#owner);
    this.#all.set(channel, subscription);
    try {
      const terms = await plan.decide();
      const member = this.#owner.memberInfo(terms.info);
      const entered = { options, member, access: this.#access(subscription, terms) };
      await this.#enter(subscription, entered);
      const start = await this.#start(subscription, plan, entered);
      return this.#ready(subscription, { ...entered, start, terms, since: plan.since });
    } catch (error) {
      if (!this.#wasEnded(subscription)) this.#all.delete(channel);
      throw error;
    }
  }

  /**
   * Begins a subscription; `confirm` answers the client, and after it and not before the channel's events follow. It must
   * not throw.
   *
   * @throws as `prepare` does
   */
  async begin(plan: SubscriptionPlan, confirm: (result: SubscribeResult) => void): Promise<void> {
    const ready = await this.prepare(plan);
    if (ready.wanted) confirm(ready.result);
    ready.goLive();
  }

  /** Ends the subscription to `channel`; false when there is none. Never rejects: what fails is logged. */
  async end(channel: string): Promise<boolean> {
    const subscription = this.#all.get(channel);
    return subscription !== undefined && this.endThis(subscription);
  }

  /** Ends this very subscription; false when it is over. Never rejects: what fails is logged. */
  async endThis(subscription: Subscription): Promise<boolean> {
    if (this.#wasEnded(subscription)) return false;
    this.#all.delete(subscription.channel);
    await this.#leave(subscription);
    return true;
  }

  /**
   * Ends all at once, and for good. Never rejects: what fails is logged.
   *
   * @param wasLost whether the client may be back in a moment, on another connection
   */
  async endAll(wasLost = false): Promise<void> {
    this.#over = true;
    const ended = [...this.#all.values()];
    this.#all.clear();
    await Promise.all(ended.map((subscription) => this.#leave(subscription, wasLost)));
  }

  #wasEnded(subscription: Subscription): boolean {
    return this.#all.get(subscription.channel) !== subscription;
  }

  #access(subscription: Subscription, terms: SubscriptionTerms): SubscriptionAccess | undefined {
    if (!SubscriptionAccess.isIn(terms)) return undefined;
    const over = (): void => this.#owner.subscriptionOver(subscription);
    return new SubscriptionAccess(this.#context, terms, over);
  }

  /** Makes the client a member of the channel, which is open from then on. */
  async #enter({ channel }: Subscription, { options, member }: Entered): Promise<void> {
    const { channels, attendance } = this.#context;
    await channels.open(channel);
    try {
      await attendance.enter({ channel, member, options });
    } catch (error) {
      channels.close(channel);
      throw error;
    }
  }

  /** Finds out where the subscription starts, and what the client missed before. */
  async #start(
    subscription: Subscription,
    plan: SubscriptionPlan,
    { options, member }: Entered,
  ): Promise<Start | undefined> {
    if (!isPositioned(options)) return undefined;
    const { broker, channels, options: limits } = this.#context;
    const { channel } = plan;
    // From here on what is published waits: it may or may not be in the log when the log is read.
    subscription.wait(limits.maxRecoveredPublications);
    channels.add(channel, subscription);
    try {
      const start = await catchUp({
        broker,
        channel,
        client: this.#owner.id,
        options,
        limits,
        since: plan.since,
      });
      if (plan.since !== undefined) this.#context.meter.recovered(start.recovered);
      if (subscription.overflowed) throw refuse(replyErrors.internal);
      if (plan.rejectUnrecovered && plan.since !== undefined && !start.recovered) {
        throw refuse(replyErrors.unrecoverablePosition);
      }
      if (this.#owner.allowance.reserve(bytesOf(start.publications))) return start;
      // The client subscribes again later; what the server has subscribed it to cannot wait.
      if (!plan.serverSide) throw refuse(replyErrors.tooManyRequests);
      return { ...start, recovered: false, publications: [] };
    } catch (error) {
      channels.remove(channel, subscription);
      void this.#takeBack(channel, options, member);
      throw error;
    }
  }

  #ready(
    subscription: Subscription,
    entered: Entered & {
      readonly start: Start | undefined;
      readonly terms: SubscriptionTerms;
      readonly since: Position | undefined;
    },
  ): ReadySubscription {
    const { options, start = startWithoutPosition } = entered;
    const { deltas, channel, format } = subscription;
    const position = entered.start?.position;
    return {
      channel,
      wanted: !this.#wasEnded(subscription),
      result: describeStart({
        ...entered,
        lifetime: entered.access?.term.lifetime ?? {},
        start,
        deltas,
        forms: this.#context.forms[format],
      }),
      goLive: () => {
        this.#owner.allowance.release(bytesOf(start.publications));
        if (!this.#goLive(subscription, entered)) return;
        // Before anything is delivered: that may find the client too slow and end everything.
        if (position !== undefined) {
          this.#context.positions.add(subscription, options.historyMetaTtlMs);
        }
        subscription.goLive(position, start.publications.at(-1)?.data);
      },
    };
  }

  /** Makes it live; or takes back what was done for it, when it was ended meanwhile: then false. */
  #goLive(subscription: Subscription, entered: Entered): boolean {
    const { channels, attendance } = this.#context;
    const { channel } = subscription;
    const { options, member, access } = entered;
    if (this.#wasEnded(subscription)) {
      channels.remove(channel, subscription);
      void this.#takeBack(channel, options, member);
      return false;
    }
    this.#live.set(subscription, { options, member, access });
    access?.term.start();
    channels.add(channel, subscription);
    void attendance.arrive({ channel, member, options });
    return true;
  }

  /** Undoes a live subscription; one that is still beginning undoes itself. */
  async #leave(subscription: Subscription, wasLost = false): Promise<void> {
    const { channels, attendance, positions } = this.#context;
    const { channel } = subscription;
    const entered = this.#live.get(subscription);
    if (entered === undefined) return;
    const { options, member } = entered;
    this.#live.delete(subscription);
    entered.access?.term.stop();
    positions.remove(subscription);
    channels.remove(channel, subscription);
    channels.close(channel);
    await attendance.leave({ channel, member, options }, wasLost);
  }

  /** The opposite of `#enter`. */
  async #takeBack(channel: string, options: ChannelOptions, member: ClientInfo): Promise<void> {
    const { channels, attendance } = this.#context;
    channels.close(channel);
    await attendance.withdraw({ channel, member, options });
  }
}

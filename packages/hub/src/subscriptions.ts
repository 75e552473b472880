/**
 * The subscriptions of one client: how they begin, are live and end. A subscription that is ended in the middle of its
 * beginning takes back what it has done so far, so that no member and no subscriber is left behind.
 */

import type { ClientInfo, Payload } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import type { Broadcast } from "./broadcast.ts";
import type { Subscriber } from "./channels.ts";
import type { HubContext } from "./context.ts";
import { refuse } from "./refusal.ts";

/** The client, as its subscriptions see it. */
export interface SubscriptionOwner {
  /** Who the client is in a channel for which it was granted `info`. */
  memberInfo(info?: Payload): ClientInfo;
  deliver(broadcast: Broadcast): void;
}

/** What a subscription was granted with. */
export interface SubscriptionTerms {
  /** What members of the channel see of the client, besides what they see everywhere. */
  readonly info: Payload | undefined;
  /** For the client. */
  readonly data: Payload | undefined;
}

/** A subscription that is wanted. */
export interface SubscriptionPlan {
  readonly channel: string;
  readonly wantsJoinLeave: boolean;
  /** Decides; may refuse by throwing. */
  readonly decide: () => Promise<SubscriptionTerms>;
  /** Answers the client; after it and not before, the channel's events follow. Must not throw. */
  readonly confirm: (terms: SubscriptionTerms) => void;
}

class Subscription implements Subscriber {
  readonly channel: string;
  readonly wantsJoinLeave: boolean;
  readonly #owner: SubscriptionOwner;

  constructor(owner: SubscriptionOwner, plan: SubscriptionPlan) {
    this.#owner = owner;
    this.channel = plan.channel;
    this.wantsJoinLeave = plan.wantsJoinLeave;
  }

  deliver(broadcast: Broadcast): void {
    this.#owner.deliver(broadcast);
  }
}

export class Subscriptions {
  readonly #context: HubContext;
  readonly #owner: SubscriptionOwner;
  /** Those that begin, too: they count for the limit and keep a second one away. */
  readonly #all = new Map<string, Subscription>();
  /** Those that are live, with the member that each makes of the client. */
  readonly #live = new Map<Subscription, ClientInfo>();

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
    return subscription === undefined ? undefined : this.#live.get(subscription);
  }

  /**
   * Begins a subscription.
   *
   * @throws Refusal when it is refused, there already, or one too many; whatever the broker rejects with
   */
  async begin(plan: SubscriptionPlan): Promise<void> {
    if (this.#all.has(plan.channel)) throw refuse(replyErrors.alreadySubscribed);
    if (this.#all.size >= this.#context.options.maxChannelsPerClient) {
      throw refuse(replyErrors.limitExceeded);
    }
    const subscription = new Subscription(this.#owner, plan);
    this.#all.set(plan.channel, subscription);
    try {
      const terms = await plan.decide();
      const member = this.#owner.memberInfo(terms.info);
      await this.#enter(subscription, member);
      // From here to the end nothing waits: no event can come between the answer and the first delivery.
      if (!this.#wasEnded(subscription)) plan.confirm(terms);
      this.#goLive(subscription, member);
    } catch (error) {
      if (!this.#wasEnded(subscription)) this.#all.delete(plan.channel);
      throw error;
    }
  }

  /** Ends the subscription to `channel`; false when there is none. Never rejects: what fails is logged. */
  async end(channel: string): Promise<boolean> {
    const subscription = this.#all.get(channel);
    if (subscription === undefined) return false;
    this.#all.delete(channel);
    await this.#leave(subscription);
    return true;
  }

  /** Ends all at once. Never rejects: what fails is logged. */
  async endAll(): Promise<void> {
    const ended = [...this.#all.values()];
    this.#all.clear();
    await Promise.all(ended.map((subscription) => this.#leave(subscription)));
  }

  #wasEnded(subscription: Subscription): boolean {
    return this.#all.get(subscription.channel) !== subscription;
  }

  /** Makes the client a member of the channel, which is open from then on. */
  async #enter(subscription: Subscription, member: ClientInfo): Promise<void> {
    const { channels, broker } = this.#context;
    const { channel } = subscription;
    await channels.open(channel);
    try {
      await broker.addMember(channel, member);
    } catch (error) {
      channels.close(channel);
      throw error;
    }
  }

  /** Begins the deliveries; or takes back what `#enter` did, when the subscription was ended meanwhile. */
  #goLive(subscription: Subscription, member: ClientInfo): void {
    const { channels, broker } = this.#context;
    const { channel } = subscription;
    if (this.#wasEnded(subscription)) {
      channels.close(channel);
      void this.#settle(channel, broker.removeMember(channel, member.client));
      return;
    }
    this.#live.set(subscription, member);
    channels.add(channel, subscription);
    void this.#settle(channel, broker.announceJoin(channel, member));
  }

  /** Undoes a live subscription; one that is still beginning undoes itself. */
  async #leave(subscription: Subscription): Promise<void> {
    const { channels, broker } = this.#context;
    const { channel } = subscription;
    const member = this.#live.get(subscription);
    if (member === undefined) return;
    this.#live.delete(subscription);
    channels.remove(channel, subscription);
    channels.close(channel);
    await Promise.all([
      this.#settle(channel, broker.removeMember(channel, member.client)),
      this.#settle(channel, broker.announceLeave(channel, member)),
    ]);
  }

  async #settle(channel: string, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (err) {
      this.#context.logger.error({ err, channel }, "the broker failed to note a member");
    }
  }
}

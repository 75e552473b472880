/**
 * One subscription for all components that look at a channel, for as long as there is one. Components come and go within
 * one commit of React, some of them twice (strict mode): what they want together is looked at once that is over.
 */

import type { Client } from "../client.ts";
import type { MemberList } from "../member-list.ts";
import { memberList } from "../member-list.ts";
import type { Member, Publication } from "../publication.ts";
import type { Reason } from "../reasons.ts";
import type { SubscriptionState } from "../states.ts";
import type { SubscribeOptions, Subscription, SubscriptionChange } from "../subscription.ts";

/** A component's interest in a channel. */
export interface Interest {
  /** Whether it wants to know the members. */
  readonly members: boolean;
  /** How to subscribe; looked at when it is the first. */
  readonly options?: Pick<SubscribeOptions, "data" | "delta" | "echo" | "since"> | undefined;
  readonly onPublication?: ((publication: Publication<unknown>) => void) | undefined;
}

/** Where the subscription stands. A new object with each change. */
export interface ChannelStatus {
  readonly state: SubscriptionState;
  /** Why it stands there; `undefined` before it has been anywhere else. */
  readonly reason: Reason | undefined;
  /** What was missed is not there any more: the application has to load its state anew. */
  readonly missed: boolean;
}

/** Members, as far as they are known. A new object with each change. */
export interface Members {
  readonly members: readonly Member[];
  /** Why there is no list; `undefined` when there is one, or will be. */
  readonly error: unknown;
}

const idle: ChannelStatus = Object.freeze({
  state: "unsubscribed",
  reason: undefined,
  missed: false,
});
const nobody: Members = Object.freeze({ members: Object.freeze([]), error: undefined });

export class SharedChannel {
  readonly #client: Client;
  readonly #name: string;
  readonly #interests = new Set<Interest>();
  readonly #watchers = new Set<() => void>();
  #subscription: Subscription<unknown> | undefined;
  /** Somebody else's is used while it is there, and not ended. */
  #isOwn = false;
  #list: MemberList | undefined;
  #status = idle;
  #members = nobody;
  #isDue = false;

  readonly #family: Map<string, SharedChannel>;

  /** @param family where it stands while somebody is interested */
  constructor(client: Client, name: string, family: Map<string, SharedChannel>) {
    this.#client = client;
    this.#name = name;
    this.#family = family;
  }

  /** Adds a component's interest; returns what takes it back. */
  readonly add = (interest: Interest): (() => void) => {
    this.#interests.add(interest);
    this.#family.set(this.#name, this);
    this.#settleLater();
    return () => {
      this.#interests.delete(interest);
      this.#settleLater();
    };
  };

  /** Calls `watcher` after each change of what is below. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  };

  readonly status = (): ChannelStatus => this.#status;

  readonly members = (): Members => this.#members;

  #settleLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#settle();
    });
  }

  #settle(): void {
    const interests = [...this.#interests];
    const [first] = interests;
    const members = interests.some((interest) => interest.members);
    if (first === undefined) {
      this.#leave();
      this.#change(idle);
      this.#family.delete(this.#name);
    } else if (this.#subscription === undefined) {
      this.#join({ ...first.options, joinLeave: members });
    } else if (members && this.#list === undefined) {
      const since = this.#subscription.position;
      this.#leave();
      this.#join({ ...first.options, since, joinLeave: true });
    }
  }

  #join(options: SubscribeOptions): void {
    const others = this.#client.subscription(this.#name);
    const subscription = others ?? this.#client.subscribe(this.#name, options);
    this.#isOwn = others === undefined;
    this.#subscription = subscription;
    subscription.onPublication((publication) => {
      if (subscription !== this.#subscription) return;
      for (const { onPublication } of this.#interests) onPublication?.(publication);
    });
    subscription.onStateChange((change) => {
      if (subscription === this.#subscription) this.#change(statusAfter(change));
    });
    if (options.joinLeave === true) this.#follow(subscription);
    this.#change({ state: subscription.state, reason: undefined, missed: false });
  }

  #follow(subscription: Subscription<unknown>): void {
    const list = memberList(subscription);
    this.#list = list;
    list.onChange(({ current, error }) => {
      this.#members = { members: current, error };
      this.#tell();
    });
  }

  #leave(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#list?.stop();
    this.#list = undefined;
    this.#members = nobody;
    // Nobody waits for it; that it cannot be confirmed means that the connection is gone.
    if (this.#isOwn) subscription?.unsubscribe().catch(() => undefined);
  }

  #change(status: ChannelStatus): void {
    this.#status = status;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function statusAfter(change: SubscriptionChange): ChannelStatus {
  const { state, code, reason, wasRecovering, recovered } = change;
  const missed = state === "subscribed" && wasRecovering && !recovered;
  return { state, reason: { code, reason }, missed };
}

const families = new WeakMap<Client, Map<string, SharedChannel>>();

/** The one of this client and this channel: for as long as somebody is interested, the same. */
export function sharedChannel(client: Client, name: string): SharedChannel {
  const family = families.get(client) ?? new Map<string, SharedChannel>();
  families.set(client, family);
  const channel = family.get(name) ?? new SharedChannel(client, name, family);
  family.set(name, channel);
  return channel;
}

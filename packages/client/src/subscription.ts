/** A subscription as the application sees it. What it does is in `channel-subscription.ts`. */

import type { CallOptions } from "./deadline.ts";
import type { Cancel } from "./environment.ts";
import type { HistoryOptions, HistoryPage, Position } from "./history.ts";
import type { Listener } from "./listeners.ts";
import type { Token } from "./options.ts";
import type { PresenceStats } from "./presence.ts";
import type { Member, Publication } from "./publication.ts";
import type { Reason } from "./reasons.ts";
import type { SubscriptionState } from "./states.ts";

/** How to subscribe. */
export interface SubscribeOptions {
  /** Anything with a JSON form, sent with the subscribe command for the server's decision. */
  readonly data?: unknown;
  /** A subscription token, or a function that gets one. None by default. */
  readonly token?: Token | undefined;
  /** Asks the server to tell who comes and goes; `onJoin` and `onLeave` hear nothing without it. `false` by default. */
  readonly joinLeave?: boolean | undefined;
  /**
   * The place of the last publication that the application has, from an earlier `position`: what was published after it
   * is delivered first, if the server still has it. None by default.
   */
  readonly since?: Position | undefined;
  /**
   * Whether listeners hear what this client has published itself, in this connection or in an earlier one; `position` moves
   * on either way. `true` by default.
   */
  readonly echo?: boolean | undefined;
  /** Asks for publications as differences to the one before, where the server has them; none by default. */
  readonly delta?: "fossil" | undefined;
}

/** A change of a subscription's state, and why. */
export interface SubscriptionChange extends Reason {
  readonly state: SubscriptionState;
  readonly previous: SubscriptionState;
  /** Whether, on becoming subscribed, it was asked for what was published since the last publication. */
  readonly wasRecovering: boolean;
  /**
   * Whether nothing was missed: what was published meanwhile follows this event. When it was asked for and is not there,
   * the application has to load its state anew.
   */
  readonly recovered: boolean;
}

/**
 * The client's interest in a channel. It outlives connections: after each reconnect it subscribes again by itself, until
 * `unsubscribe` or until the server says no for good. After that it is over; `client.subscribe` makes a new one.
 *
 * The calls reject with the errors of `client.publish`, and with `unsubscribed` once the subscription is over.
 */
export interface Subscription<Message> {
  readonly channel: string;
  readonly state: SubscriptionState;
  /** What the server's application told at the last subscribe; `undefined` when nothing. */
  readonly data: unknown;
  /**
   * The place of the last publication in the channel's log, where the server keeps one that clients can recover from.
   * It is what `since` takes.
   */
  readonly position: Position | undefined;

  /** Each listener hears every publication that arrives while subscribed, in order. */
  onPublication(listener: Listener<Publication<Message>>): Cancel;
  onJoin(listener: Listener<Member>): Cancel;
  onLeave(listener: Listener<Member>): Cancel;
  onStateChange(listener: Listener<SubscriptionChange>): Cancel;

  /** Resolves when subscribed, at once if it is; rejects when the subscription ends before. */
  ready(options?: CallOptions): Promise<void>;
  /** Publishes to the channel; resolves when the server has taken the message. */
  publish(message: Message, options?: CallOptions): Promise<void>;
  /** Who is in the channel now. For a list that stays up to date, see `memberList`. */
  presence(options?: CallOptions): Promise<readonly Member[]>;
  presenceStats(options?: CallOptions): Promise<PresenceStats>;
  /** A page of what was published before. */
  history(options?: HistoryOptions): Promise<HistoryPage<Message>>;
  /**
   * Ends the subscription. The state changes at once, the promise resolves when the server has confirmed; ignoring it
   * is safe, and no publication arrives either way.
   */
  unsubscribe(options?: CallOptions): Promise<void>;
}

/**
 * One client's subscription to one channel: what reaches the client, and in which form. With a place in the channel's log
 * it hands on exactly what follows that place, each publication once and in order; when it cannot, it says so and hands
 * on nothing more. While the log is read for it, what is published meanwhile waits here.
 */

import type { Format, Payload } from "@tautline/wire";
import type { Broadcast } from "../channels/broadcast.ts";
import type { Subscriber } from "../channels/channels.ts";
import type { Delivery } from "../channels/delivery.ts";
import type { Watched } from "../channels/position-watch.ts";
import type { Position } from "../ports/broker.ts";

/** What a subscription is from its first moment. */
export interface SubscriptionTraits {
  readonly channel: string;
  /** The id of the client. */
  readonly client: string;
  readonly wantsJoinLeave: boolean;
  /** Whether the server has made it, and not the client. */
  readonly serverSide: boolean;
  /** Whether it gets publications as Fossil deltas. */
  readonly deltas: boolean;
  /** What its connection speaks. */
  readonly format: Format;
}

/** The client, as its subscription sees it. */
export interface SubscriptionOutlet {
  deliver(broadcast: Broadcast): void;
  /** The client may have missed something in the channel. Called once. */
  insufficientState(subscription: Subscription): void;
}

const nowhere: Position = Object.freeze({ offset: 0, epoch: "" });

export class Subscription implements Subscriber, Watched {
  readonly channel: string;
  readonly wantsJoinLeave: boolean;
  readonly serverSide: boolean;
  readonly deltas: boolean;
  readonly format: Format;
  readonly #client: string;
  readonly #outlet: SubscriptionOutlet;
  #position: Position | undefined;
  /** What waits while the log is read; absent when nothing has to. */
  #waiting: Delivery[] | undefined;
  #maxWaiting = 0;
  #lost = false;
  /** The data of the publication that the client got last, when it gets deltas. */
  #base: Payload | undefined;

  constructor(traits: SubscriptionTraits, outlet: SubscriptionOutlet) {
    this.channel = traits.channel;
    this.#client = traits.client;
    this.wantsJoinLeave = traits.wantsJoinLeave;
    this.serverSide = traits.serverSide;
    this.deltas = traits.deltas;
    this.format = traits.format;
    this.#outlet = outlet;
  }

  /** The place of the publication that the client got last. */
  get position(): Position {
    return this.#position ?? nowhere;
  }

  /** Keeps publications back until `goLive`; when there are more than `max`, `overflowed`. */
  wait(max: number): void {
    this.#waiting = [];
    this.#maxWaiting = max;
  }

  /** Whether more was published than may wait: the subscription cannot begin. */
  get overflowed(): boolean {
    return this.#waiting !== undefined && this.#waiting.length > this.#maxWaiting;
  }

  /**
   * Hands on what waits and all that follows. With a `position`, only what comes after it.
   *
   * @param base the data of the publication at `position`, when the client got that one just now.
   */
  goLive(position: Position | undefined, base: Payload | undefined): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#position = position;
    this.#base = base;
    for (const delivery of waiting) this.publication(delivery);
  }

  publication(delivery: Delivery): void {
    if (this.#waiting !== undefined) {
      if (!this.overflowed) this.#waiting.push(delivery);
      return;
    }
    if (this.#lost || !this.#isNext(delivery.position) || !delivery.isFor(this.#client)) return;
    if (!this.deltas) return this.#outlet.deliver(delivery.plain());
    this.#outlet.deliver(delivery.compressed(this.format, this.#base));
    this.#base = delivery.publication.data;
  }

  memberChange(broadcast: Broadcast): void {
    if (this.#waiting === undefined && !this.#lost) this.#outlet.deliver(broadcast);
  }

  insufficientState(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#outlet.insufficientState(this);
  }

  /** Takes the place of a publication, if it is the client's next. */
  #isNext(place: Position | undefined): boolean {
    const position = this.#position;
    if (position === undefined || place === undefined) return true;
    if (place.epoch !== position.epoch || place.offset > position.offset + 1) {
      this.insufficientState();
      return false;
    }
    // The log was read when this one was in it already.
    if (place.offset <= position.offset) return false;
    this.#position = place;
    return true;
  }
}

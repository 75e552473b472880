/**
 * The channels that have subscribers on this hub, and the way of a broker's event to each of them. The broker delivers
 * a channel as long as somebody here is interested in it: from before the first subscription is live until the last has
 * ended. Channels nobody here is interested in are not known here.
 */

import type { ClientInfo, Push } from "@tautline/wire";
import type { Broker, BrokerEvents, BrokerPublication, Position } from "../ports/broker.ts";
import type { Prepare } from "../ports/client-connection.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import { Broadcast } from "./broadcast.ts";
import { Delivery } from "./delivery.ts";
import type { FossilForms } from "./fossil-forms.ts";

/** A subscription, as a channel sees it. */
export interface Subscriber {
  /** Whether it wants to know who comes and goes. */
  readonly wantsJoinLeave: boolean;
  publication(delivery: Delivery): void;
  memberChange(broadcast: Broadcast): void;
}

/** What channels are made of. */
export interface ChannelsSetup {
  readonly broker: Broker;
  readonly prepare: Prepare;
  readonly forms: FossilForms;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Events may have been missed, of any channel. */
  readonly resumed: () => void;
  /** Another hub has said something. */
  readonly told: (message: string) => void;
  /** Another hub has ended. */
  readonly gone: (node: string) => void;
}

interface Channel {
  readonly subscribers: Set<Subscriber>;
  /** How many have opened the channel and not closed it. */
  interest: number;
  /** Resolves when the broker delivers the channel; absent when it has not been asked to. */
  live: Promise<void> | undefined;
  /** Settles when the last change at the broker is through, so that the next one follows it. */
  settled: Promise<void>;
}

export class Channels implements BrokerEvents {
  readonly #setup: ChannelsSetup;
  readonly #channels = new Map<string, Channel>();

  constructor(setup: ChannelsSetup) {
    this.#setup = setup;
  }

  resumed(): void {
    this.#setup.resumed();
  }

  told(message: string): void {
    this.#setup.told(message);
  }

  gone(node: string): void {
    this.#setup.gone(node);
  }

  /** Resolves when the broker delivers the channel. Each `open` that resolves wants one `close`. */
  async open(name: string): Promise<void> {
    const channel = this.#channels.get(name) ?? this.#create(name);
    channel.interest += 1;
    if (channel.live === undefined) {
      channel.live = channel.settled.then(() => this.#setup.broker.subscribe(name));
      channel.settled = channel.live.catch(() => undefined);
    }
    const { live } = channel;
    try {
      await live;
    } catch (error) {
      // Whoever opens the channel next tries anew.
      if (channel.live === live) channel.live = undefined;
      channel.interest -= 1;
      this.#forget(name, channel);
      throw error;
    }
  }

  close(name: string): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    channel.interest -= 1;
    if (channel.interest > 0) return;
    channel.live = undefined;
    channel.settled = channel.settled
      .then(() => this.#setup.broker.unsubscribe(name))
      .catch((err: unknown) =>
        this.#setup.logger.warn({ err, channel: name }, "unsubscribing failed"),
      )
      .then(() => this.#forget(name, channel));
  }

  /** Begins to deliver the channel's events; the channel has to be open. */
  add(name: string, subscriber: Subscriber): void {
    this.#channels.get(name)?.subscribers.add(subscriber);
  }

  /** No event reaches `subscriber` after this. */
  remove(name: string, subscriber: Subscriber): void {
    this.#channels.get(name)?.subscribers.delete(subscriber);
  }

  /** The channels with subscribers, and how many they are. */
  *counts(): Iterable<readonly [channel: string, subscribers: number]> {
    for (const [name, { subscribers }] of this.#channels) {
      if (subscribers.size > 0) yield [name, subscribers.size];
    }
  }

  /** Resolves when what was asked of the broker so far is through. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#channels.values(), ({ settled }) => settled));
  }

  publication(name: string, publication: BrokerPublication, position: Position | undefined): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    const delivery = new Delivery(name, publication, position, this.#setup);
    this.#setup.meter.delivered(channel.subscribers.size);
    for (const subscriber of channel.subscribers) subscriber.publication(delivery);
  }

  join(name: string, info: ClientInfo): void {
    this.#memberChange(name, { channel: name, join: { info } });
  }

  leave(name: string, info: ClientInfo): void {
    this.#memberChange(name, { channel: name, leave: { info } });
  }

  #memberChange(name: string, push: Push): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    const broadcast = new Broadcast(this.#setup.prepare, push);
    for (const subscriber of channel.subscribers) {
      if (subscriber.wantsJoinLeave) subscriber.memberChange(broadcast);
    }
  }

  #create(name: string): Channel {
    const channel: Channel = {
      subscribers: new Set(),
      interest: 0,
      live: undefined,
      settled: Promise.resolve(),
    };
    this.#channels.set(name, channel);
    return channel;
  }

  #forget(name: string, channel: Channel): void {
    if (channel.interest === 0 && channel.live === undefined) this.#channels.delete(name);
  }
}

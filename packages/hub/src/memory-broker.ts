/**
 * The broker of a hub that stands alone: everything is in this process's memory and ends with it. It keeps the members of
 * channels and delivers events at once, one after the other: an event that is caused by the delivery of another waits
 * its turn, so that all subscribers see the same order.
 */

import type { ClientInfo, Publication } from "@tautline/wire";
import type { Broker, BrokerEvents, MemberStats, Position } from "./ports/broker.ts";

type Delivery = (events: BrokerEvents) => void;

export class MemoryBroker implements Broker {
  readonly #subscribed = new Set<string>();
  readonly #members = new Map<string, Map<string, ClientInfo>>();
  readonly #deliveries: Delivery[] = [];
  #events: BrokerEvents | undefined;
  #delivering = false;

  async start(events: BrokerEvents): Promise<void> {
    this.#events = events;
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#subscribed.clear();
    this.#members.clear();
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscribed.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
  }

  async publish(channel: string, publication: Publication): Promise<Position | undefined> {
    this.#deliver(channel, (events) => events.publication(channel, publication, undefined));
    return undefined;
  }

  async addMember(channel: string, member: ClientInfo): Promise<void> {
    let members = this.#members.get(channel);
    if (members === undefined) this.#members.set(channel, (members = new Map()));
    members.set(member.client, member);
  }

  async removeMember(channel: string, client: string): Promise<void> {
    const members = this.#members.get(channel);
    members?.delete(client);
    if (members?.size === 0) this.#members.delete(channel);
  }

  async announceJoin(channel: string, member: ClientInfo): Promise<void> {
    this.#deliver(channel, (events) => events.join(channel, member));
  }

  async announceLeave(channel: string, member: ClientInfo): Promise<void> {
    this.#deliver(channel, (events) => events.leave(channel, member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, ClientInfo>> {
    return new Map(this.#members.get(channel));
  }

  async memberStats(channel: string): Promise<MemberStats> {
    const members = [...(this.#members.get(channel)?.values() ?? [])];
    return { clients: members.length, users: new Set(members.map(({ user }) => user)).size };
  }

  #deliver(channel: string, delivery: Delivery): void {
    if (!this.#subscribed.has(channel)) return;
    this.#deliveries.push(delivery);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (
        let next = this.#deliveries.shift();
        next !== undefined;
        next = this.#deliveries.shift()
      ) {
        if (this.#events !== undefined) next(this.#events);
      }
    } finally {
      this.#delivering = false;
    }
  }
}

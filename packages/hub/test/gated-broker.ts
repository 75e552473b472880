/** A broker in memory whose calls take effect when the test says so: per channel in order, across channels in any. */

import type { BrokerEvents, LogPage, LogQuery, PublishResult, PublishTerms } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import type { ClientInfo, Publication } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";

export class GatedBroker extends MemoryBroker {
  /** Every event, per channel, as it was delivered. */
  readonly log = new Map<string, string[]>();
  readonly #gates = new Map<string, (() => void)[]>();

  constructor() {
    super(brokerSetup());
  }

  /** Lets the oldest waiting call of `channel` through; false when none waits. */
  open(channel: string): boolean {
    const gate = this.#gates.get(channel)?.shift();
    gate?.();
    return gate !== undefined;
  }

  override start(events: BrokerEvents): Promise<void> {
    const note = (channel: string, entry: string): void => {
      const entries = this.log.get(channel) ?? [];
      this.log.set(channel, entries);
      entries.push(entry);
    };
    return super.start({
      publication: (channel, publication, position) => {
        note(channel, `pub ${String(publication.data)}`);
        events.publication(channel, publication, position);
      },
      join: (channel, info) => {
        note(channel, `join ${info.client}`);
        events.join(channel, info);
      },
      leave: (channel, info) => {
        note(channel, `leave ${info.client}`);
        events.leave(channel, info);
      },
    });
  }

  override async subscribe(channel: string): Promise<void> {
    await this.#turn(channel);
    return super.subscribe(channel);
  }

  override async unsubscribe(channel: string): Promise<void> {
    await this.#turn(channel);
    return super.unsubscribe(channel);
  }

  override async publish(
    channel: string,
    publication: Publication,
    terms?: PublishTerms,
  ): Promise<PublishResult> {
    await this.#turn(channel);
    return super.publish(channel, publication, terms);
  }

  /** The log is read at once, its answer arrives later: that is when the interesting things happen. */
  override async history(channel: string, query: LogQuery): Promise<LogPage> {
    const page = await super.history(channel, query);
    await this.#turn(channel);
    return page;
  }

  override async addMember(channel: string, member: ClientInfo): Promise<void> {
    await this.#turn(channel);
    return super.addMember(channel, member);
  }

  override async removeMember(channel: string, client: string): Promise<void> {
    await this.#turn(channel);
    return super.removeMember(channel, client);
  }

  override async announceJoin(channel: string, member: ClientInfo): Promise<void> {
    await this.#turn(channel);
    return super.announceJoin(channel, member);
  }

  override async announceLeave(channel: string, member: ClientInfo): Promise<void> {
    await this.#turn(channel);
    return super.announceLeave(channel, member);
  }

  #turn(channel: string): Promise<void> {
    const gates = this.#gates.get(channel) ?? [];
    this.#gates.set(channel, gates);
    return new Promise((resolve) => gates.push(resolve));
  }
}

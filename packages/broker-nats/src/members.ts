/**
 * The members of channels, in a bucket: an entry for each, under the name of its hub's lease. They count as long as the
 * lease does. Those of a hub that has died are passed over, and removed by whoever comes across them.
 */

import type { Cancel } from "@tautline/hub";
import { decodeMember } from "@tautline/hub";
import type { LeaseSetup } from "./lease.ts";
import { Lease, renewals } from "./lease.ts";
import type { StoredMessage } from "./stored-messages.ts";
import { tokenOf } from "./subjects.ts";

type Member = ReturnType<typeof decodeMember>;

export interface MembersSetup extends LeaseSetup {
  /** Told when the lease could not be renewed; it is tried again. */
  readonly failed: (reason: unknown) => void;
}

/** A member of this hub, and its message in the bucket's stream, once it is there. */
interface Own {
  readonly stored: string;
  written: Promise<number>;
}

export class Members {
  readonly #setup: MembersSetup;
  readonly #lease: Lease;
  readonly #channels = new Map<string, Map<string, Own>>();
  /** Hubs that have died, while what they have left is being removed. */
  readonly #buried = new Set<string>();
  #renewing: Promise<boolean> | undefined;
  #timer: Cancel | undefined;

  constructor(setup: MembersSetup) {
    this.#setup = setup;
    this.#lease = new Lease(setup);
  }

  async add(channel: string, client: string, stored: string): Promise<void> {
    let members = this.#channels.get(channel);
    if (members === undefined) this.#channels.set(channel, (members = new Map()));
    const before = members.get(client);
    const own: Own = { stored, written: this.#write(channel, client, stored, before) };
    // Who is not in the bucket yet gets there with the next renewal.
    own.written.catch(() => undefined);
    members.set(client, own);
    this.#schedule();
    await own.written;
  }

  async remove(channel: string, client: string): Promise<void> {
    const members = this.#channels.get(channel);
    const own = members?.get(client);
    if (members === undefined || own === undefined) return;
    members.delete(client);
    if (members.size === 0) this.#channels.delete(channel);
    const seq = await own.written.catch(() => undefined);
    if (seq === undefined) return;
    const { link, subjects } = this.#setup;
    const stream = `KV_${subjects.name("members")}`;
    await link.askJetStream(({ manager }) => manager.streams.deleteMessage(stream, seq, false));
  }

  async of(channel: string): Promise<ReadonlyMap<string, Member>> {
    const { messages, subjects } = this.#setup;
    const own = [...(this.#channels.get(channel)?.values() ?? [])];
    await Promise.allSettled(own.map(({ written }) => written));
    const bucket = subjects.name("members");
    const stored = await messages.read({
      stream: `KV_${bucket}`,
      filter: `$KV.${bucket}.*.${tokenOf(channel)}.*`,
    });
    // In this order: a hub has its lease before its members.
    const alive = stored.length === 0 ? new Set<string>() : await this.#lease.alive();
    const members = new Map<string, Member>();
    for (const message of stored) {
      const hub = this.#hubOf(message);
      if (alive.has(hub)) {
        const member = decodeMember(message.text);
        members.set(member.client, member);
      } else this.#bury(hub);
    }
    return members;
  }

  /** Enters members that are not there any more, and puts the end of all off. */
  async renew(): Promise<void> {
    if (this.#channels.size === 0) return;
    const kept = await this.#renewLease();
    const entries: Promise<number>[] = [];
    for (const [channel, members] of this.#channels) {
      for (const [client, own] of members) {
        if (kept && (await isFulfilled(own.written))) continue;
        if (members.get(client) !== own) continue;
        own.written = this.#write(channel, client, own.stored, undefined);
        own.written.catch(() => undefined);
        entries.push(own.written);
      }
    }
    await Promise.all(entries);
  }

  /** Ends all memberships of this hub, if NATS is there to hear it. */
  async stop(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    this.#channels.clear();
    if (!this.#lease.isHeld || this.#setup.link.isAway) return;
    const hub = this.#lease.name;
    await this.#lease.end();
    await this.#purge(hub);
  }

  async #write(
    channel: string,
    client: string,
    stored: string,
    before: Own | undefined,
  ): Promise<number> {
    // In the order of the calls, if it is the second for the same client.
    await before?.written.catch(() => undefined);
    const { link, streams } = this.#setup;
    await this.#requireLease();
    const key = `${this.#lease.name}.${tokenOf(channel)}.${tokenOf(client)}`;
    return link.ask(() => streams.buckets.members.put(key, stored));
  }

  async #requireLease(): Promise<void> {
    if (!this.#lease.isHeld) await this.#renewLease();
  }

  /** One at a time; who comes meanwhile waits for the same. */
  #renewLease(): Promise<boolean> {
    this.#renewing ??= this.#lease.renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  #schedule(): void {
    const { clock, ttlMs, failed } = this.#setup;
    this.#timer ??= clock.schedule(() => {
      this.#timer = undefined;
      if (this.#channels.size === 0) return;
      this.renew().catch(failed);
      this.#schedule();
    }, ttlMs / renewals);
  }

  #hubOf({ subject }: StoredMessage): string {
    return subject.split(".")[2] ?? "";
  }

  #bury(hub: string): void {
    if (this.#buried.has(hub)) return;
    this.#buried.add(hub);
    void this.#purge(hub)
      .catch(() => undefined)
      .then(() => this.#buried.delete(hub));
  }

  async #purge(hub: string): Promise<void> {
    const { link, subjects } = this.#setup;
    const bucket = subjects.name("members");
    await link.askJetStream(({ manager }) =>
      manager.streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${hub}.>` }),
    );
  }
}

const isFulfilled = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

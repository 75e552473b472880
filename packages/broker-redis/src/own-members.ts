/**
 * The members that this hub has added, and renews before their time is over: those of a hub that has died are gone by
 * themselves. A renewal that fails is tried again at the next turn.
 */

import type { Cancel, Clock } from "@tautline/hub";
import type { Keys } from "./keys.ts";
import type { RedisLink } from "./redis-link.ts";
import { scripts } from "./script.ts";

export interface OwnMembersSetup {
  readonly clock: Clock;
  readonly link: RedisLink;
  readonly keys: Keys;
  /** Milliseconds that a member stays without being renewed. */
  readonly ttlMs: number;
}

/** So many renewals are due in the time of a member. */
const renewals = 3;

export class OwnMembers {
  readonly #setup: OwnMembersSetup;
  readonly #channels = new Map<string, Map<string, string>>();
  #timer: Cancel | undefined;

  constructor(setup: OwnMembersSetup) {
    this.#setup = setup;
  }

  async add(channel: string, client: string, stored: string): Promise<void> {
    let members = this.#channels.get(channel);
    if (members === undefined) this.#channels.set(channel, (members = new Map()));
    members.set(client, stored);
    this.#schedule();
    await this.#write(channel, client, stored);
  }

  async remove(channel: string, client: string): Promise<void> {
    const { link, keys } = this.#setup;
    const members = this.#channels.get(channel);
    members?.delete(client);
    if (members?.size === 0) this.#channels.delete(channel);
    const names = [keys.members(channel), keys.memberTimes(channel)];
    await link.run(scripts.removeMember, names, [client]);
  }

  /** Puts the end of all off. */
  renew(): void {
    for (const [channel, members] of this.#channels) {
      for (const [client, stored] of members) {
        this.#write(channel, client, stored).catch(() => undefined);
      }
    }
  }

  stop(): void {
    this.#channels.clear();
    this.#timer?.();
    this.#timer = undefined;
  }

  #schedule(): void {
    const { clock, ttlMs } = this.#setup;
    this.#timer ??= clock.schedule(() => {
      this.#timer = undefined;
      if (this.#channels.size === 0) return;
      this.renew();
      this.#schedule();
    }, ttlMs / renewals);
  }

  async #write(channel: string, client: string, stored: string): Promise<void> {
    const { link, keys, ttlMs } = this.#setup;
    const names = [keys.members(channel), keys.memberTimes(channel)];
    await link.run(scripts.addMember, names, [client, stored, String(Math.ceil(ttlMs))]);
  }
}

/**
 * Members of channels as others see them: who is there, who comes and who leaves. A member whose connection was lost may
 * be back in a moment; where the channel's options say so, it stays a member for so long, and nobody is told of its leaving
 * nor of its coming back. Who is the same is told by the user, so that nobody unknown is ever taken for another.
 */

import type { ClientInfo } from "@tautline/wire";
import type { ChannelOptions } from "../channels/channel-options.ts";
import type { Expiring } from "../expiry-queue.ts";
import { ExpiryQueue } from "../expiry-queue.ts";
import type { Broker } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

/** A member's stay in a channel. */
export interface Stay {
  readonly channel: string;
  readonly member: ClientInfo;
  readonly options: Pick<ChannelOptions, "presence" | "joinLeave" | "leaveDelayMs">;
}

/** A member whose connection was lost and who may be back within `forMs` milliseconds. */
export interface Absence {
  readonly channel: string;
  readonly member: ClientInfo;
  readonly forMs: number;
}

/** The other hubs, where a member may be back as well. */
export interface Elsewhere {
  /** Lets them know. */
  missed(absence: Absence): void;
  /** Has another hub wait no longer for one who looks like this member; says whether one did. Never rejects. */
  claim(channel: string, member: ClientInfo): Promise<boolean>;
}

export interface AttendanceSetup {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Gives nothing for a hub that is alone. */
  readonly elsewhere: () => Elsewhere | undefined;
}

/** Members that may be waited for at once; those beyond are told of at once. */
const maxMissed = 100_000;

export class Attendance {
  readonly #setup: AttendanceSetup;
  readonly #expiry: ExpiryQueue;
  /** Those who may be back, by channel and user, the longest away first. */
  readonly #missed = new Map<string, Map<string, Set<Missed>>>();
  #missedCount = 0;
  /** Of those for whom other hubs are being asked, by channel and client: what is told of them waits for it. */
  readonly #arriving = new Map<string, Promise<void>>();

  constructor(setup: AttendanceSetup) {
    this.#setup = setup;
    this.#expiry = new ExpiryQueue(setup.clock);
  }

  /** Makes it a member, of whom nobody is told yet. Rejects as the broker does. */
  async enter({ channel, member, options }: Stay): Promise<void> {
    if (options.presence) await this.#setup.broker.addMember(channel, member);
  }

  /** The opposite of `enter`. Never rejects: what fails is logged. */
  async withdraw({ channel, member, options }: Stay): Promise<void> {
    if (!options.presence) return;
    await this.#settle(channel, this.#setup.broker.removeMember(channel, member.client));
  }

  /** Tells others that it is there, unless it stands in for one who was not known to be away. Never rejects. */
  async arrive(stay: Stay): Promise<void> {
    const { channel, member } = stay;
    const missed = this.#missedLike(stay);
    if (missed !== undefined) {
      this.#forget(missed);
      await this.withdraw(missed.stay);
      return;
    }
    const elsewhere = waitsFor(stay) ? this.#setup.elsewhere() : undefined;
    if (elsewhere === undefined) return this.#tellJoin(stay);
    const key = JSON.stringify([channel, member.client]);
    const arriving = elsewhere
      .claim(channel, member)
      .then((isBack) => (isBack ? undefined : this.#tellJoin(stay)));
    this.#arriving.set(key, arriving);
    await arriving;
    this.#arriving.delete(key);
  }

  /** It is no member any more; when its connection was lost, after a while. Never rejects. */
  async leave(stay: Stay, wasLost: boolean): Promise<void> {
    await this.#arriving.get(JSON.stringify([stay.channel, stay.member.client]));
    if (wasLost && waitsFor(stay) && this.#missedCount < maxMissed) this.#miss(stay);
    else await this.#tellLeave(stay);
  }

  /** Waits no longer for a member that is back at another hub; says whether it was waited for. */
  release(channel: string, client: string): boolean {
    for (const ofUser of this.#missed.get(channel)?.values() ?? []) {
      for (const missed of ofUser) {
        if (missed.stay.member.client !== client) continue;
        this.#forget(missed);
        void this.withdraw(missed.stay);
        return true;
      }
    }
    return false;
  }

  /** Waits for nobody any more. */
  async settle(): Promise<void> {
    const absences = [...this.#missed.values()].flatMap((users) =>
      [...users.values()].flatMap((ofUser) => [...ofUser]),
    );
    this.#missed.clear();
    this.#missedCount = 0;
    this.#expiry.stop();
    await Promise.all(absences.map(({ stay }) => this.#tellLeave(stay)));
  }

  #miss(stay: Stay): void {
    const { channel, member, options } = stay;
    const missed: Missed = {
      stay,
      expire: () => {
        this.#forget(missed);
        void this.#tellLeave(stay);
        return undefined;
      },
    };
    const users = this.#missed.get(channel) ?? new Map<string, Set<Missed>>();
    this.#missed.set(channel, users);
    const ofUser = users.get(member.user) ?? new Set();
    users.set(member.user, ofUser.add(missed));
    this.#missedCount += 1;
    this.#expiry.set(missed, this.#setup.clock.now() + options.leaveDelayMs);
    this.#setup.elsewhere()?.missed({ channel, member, forMs: options.leaveDelayMs });
  }

  /** The one who is back, if others see no difference. */
  #missedLike({ channel, member }: Stay): Missed | undefined {
    const ofUser = this.#missed.get(channel)?.get(member.user) ?? [];
    return [...ofUser].find(({ stay: { member: before } }) => looksLike(before, member));
  }

  #forget(missed: Missed): void {
    const { channel, member } = missed.stay;
    const users = this.#missed.get(channel);
    const ofUser = users?.get(member.user);
    if (ofUser?.delete(missed) !== true) return;
    this.#missedCount -= 1;
    this.#expiry.delete(missed);
    if (ofUser.size === 0) users?.delete(member.user);
    if (users?.size === 0) this.#missed.delete(channel);
  }

  async #tellJoin({ channel, member, options }: Stay): Promise<void> {
    if (!options.joinLeave) return;
    await this.#settle(channel, this.#setup.broker.announceJoin(channel, member));
  }

  async #tellLeave(stay: Stay): Promise<void> {
    const { channel, member, options } = stay;
    const { broker } = this.#setup;
    await Promise.all([
      this.withdraw(stay),
      options.joinLeave && this.#settle(channel, broker.announceLeave(channel, member)),
    ]);
  }

  async #settle(channel: string, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (err) {
      this.#setup.logger.error({ err, channel }, "the broker failed to note a member");
    }
  }
}

/** A member whose connection was lost, and who may be back. */
interface Missed extends Expiring {
  readonly stay: Stay;
}

/** Whether such a member is waited for when its connection is lost. */
function waitsFor({ member, options }: Stay): boolean {
  return options.leaveDelayMs > 0 && member.user !== "";
}

/** Whether others see the same of both, besides the ids of their connections. */
export function looksLike(one: ClientInfo, other: ClientInfo): boolean {
  return samePayload(one.conn_info, other.conn_info) && samePayload(one.chan_info, other.chan_info);
}

function samePayload(one: ClientInfo["conn_info"], other: ClientInfo["conn_info"]): boolean {
  if (one === undefined || other === undefined || typeof one === "string") return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

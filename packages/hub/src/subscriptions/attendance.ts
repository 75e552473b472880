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

export interface AttendanceSetup {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Members that may be waited for at once; those beyond are told of at once. */
const maxMissed = 100_000;

export class Attendance {
  readonly #setup: AttendanceSetup;
  readonly #expiry: ExpiryQueue;
  /** Those who may be back, by channel and user, the longest away first. */
  readonly #missed = new Map<string, Map<string, Set<Absence>>>();
  #missedCount = 0;

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
    const { channel, member, options } = stay;
    const absence = this.#absenceOf(stay);
    if (absence !== undefined) {
      this.#forget(absence);
      await this.withdraw(absence.stay);
    } else if (options.joinLeave) {
      await this.#settle(channel, this.#setup.broker.announceJoin(channel, member));
    }
  }

  /** It is no member any more; when its connection was lost, after a while. Never rejects. */
  async leave(stay: Stay, wasLost: boolean): Promise<void> {
    const { member, options } = stay;
    const waits = wasLost && options.leaveDelayMs > 0 && member.user !== "";
    if (waits && this.#missedCount < maxMissed) this.#miss(stay);
    else await this.#tellLeave(stay);
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
    const absence: Absence = {
      stay,
      expire: () => {
        this.#forget(absence);
        void this.#tellLeave(stay);
        return undefined;
      },
    };
    const users = this.#missed.get(channel) ?? new Map<string, Set<Absence>>();
    this.#missed.set(channel, users);
    const ofUser = users.get(member.user) ?? new Set();
    users.set(member.user, ofUser.add(absence));
    this.#missedCount += 1;
    this.#expiry.set(absence, this.#setup.clock.now() + options.leaveDelayMs);
  }

  /** The one who is back, if others see no difference. */
  #absenceOf({ channel, member }: Stay): Absence | undefined {
    const ofUser = this.#missed.get(channel)?.get(member.user) ?? [];
    return [...ofUser].find(({ stay: { member: before } }) => looksLike(before, member));
  }

  #forget(absence: Absence): void {
    const { channel, member } = absence.stay;
    const users = this.#missed.get(channel);
    const ofUser = users?.get(member.user);
    if (ofUser?.delete(absence) !== true) return;
    this.#missedCount -= 1;
    this.#expiry.delete(absence);
    if (ofUser.size === 0) users?.delete(member.user);
    if (users?.size === 0) this.#missed.delete(channel);
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
interface Absence extends Expiring {
  readonly stay: Stay;
}

/** Whether others see the same of both, besides the ids of their connections. */
function looksLike(one: ClientInfo, other: ClientInfo): boolean {
  return samePayload(one.conn_info, other.conn_info) && samePayload(one.chan_info, other.chan_info);
}

function samePayload(one: ClientInfo["conn_info"], other: ClientInfo["conn_info"]): boolean {
  if (one === undefined || other === undefined || typeof one === "string") return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

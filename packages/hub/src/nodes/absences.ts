/**
 * Members of other hubs that are missed there and may be back here. A hub that misses one says so to the others; the one where
 * somebody comes who looks the same asks it to wait no longer. So of all who come, one at most stands in for whom is missed.
 */

import type { ClientInfo } from "@tautline/wire";
import { ExpiryQueue } from "../expiry-queue.ts";
import type { Expiring } from "../expiry-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { NodeRelay } from "../ports/node-relay.ts";
import type { Absence, Elsewhere } from "../subscriptions/attendance.ts";
import { looksLike } from "../subscriptions/attendance.ts";
import type { NodeMessage } from "./node-message.ts";

export interface AbsencesSetup {
  /** The name of this hub. */
  readonly node: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly relay: NodeRelay;
  /** Says something to all others. What cannot be said is lost. */
  readonly say: (message: NodeMessage) => void;
  /** Lets a member of this hub go without a word, if it is missed; says whether it was. */
  readonly release: (channel: string, client: string) => boolean;
}

/** More of other hubs are not taken note of: their leaving is told, and their coming back. */
const maxAbsences = 100_000;

/** How long another hub may take to answer, in milliseconds. */
const patienceMs = 2000;

interface Missed extends Absence, Expiring {
  /** The hub that misses it. */
  readonly node: string;
}

export class Absences implements Elsewhere {
  readonly #setup: AbsencesSetup;
  readonly #expiry: ExpiryQueue;
  /** By channel and user, the longest away first. */
  readonly #missed = new Map<string, Set<Missed>>();
  #count = 0;

  constructor(setup: AbsencesSetup) {
    this.#setup = setup;
    this.#expiry = new ExpiryQueue(setup.clock);
  }

  /** Answers the others, when the relay has begun. */
  start(): void {
    const { logger, node, relay, release } = this.#setup;
    const answer = async (text: string): Promise<string> => {
      const end = text.indexOf("\n");
      return release(text.slice(end + 1), text.slice(0, end)) ? "released" : "";
    };
    relay.start(lineOf(node), answer).catch((err: unknown) => {
      logger.error({ err }, "other hubs cannot ask for members that are missed");
    });
  }

  stop(): void {
    this.#missed.clear();
    this.#count = 0;
    this.#expiry.stop();
  }

  /** Another hub misses one of its members. */
  hear(node: string, absence: Absence): void {
    if (this.#count >= maxAbsences) return;
    const { channel, member, forMs } = absence;
    const key = keyOf(channel, member);
    const missed: Missed = { ...absence, node, expire: () => this.#forget(key, missed) };
    const ofUser = this.#missed.get(key) ?? new Set();
    this.#missed.set(key, ofUser.add(missed));
    this.#count += 1;
    this.#expiry.set(missed, this.#setup.clock.now() + forMs);
  }

  /** Another hub has ended: it misses nobody any more. */
  lose(node: string): void {
    for (const [key, ofUser] of this.#missed) {
      for (const missed of ofUser) if (missed.node === node) this.#forget(key, missed);
    }
  }

  /** A member of this hub is missed. */
  missed(absence: Absence): void {
    this.#setup.say({ kind: "missed", absence });
  }

  async claim(channel: string, member: ClientInfo): Promise<boolean> {
    const key = keyOf(channel, member);
    for (;;) {
      const all = [...(this.#missed.get(key) ?? [])];
      const missed = all.find((one) => looksLike(one.member, member));
      if (missed === undefined) return false;
      // Nobody else here asks for the same.
      this.#forget(key, missed);
      if (await this.#ask(missed)) return true;
    }
  }

  /** Whether the hub that misses it lets it go. */
  async #ask({ node, channel, member }: Missed): Promise<boolean> {
    const { logger, relay } = this.#setup;
    try {
      const text = `${member.client}\n${channel}`;
      return (await relay.ask(lineOf(node), text, patienceMs)) === "released";
    } catch (err) {
      logger.warn({ err, node }, "another hub could not be asked for a member that it misses");
      return false;
    }
  }

  #forget(key: string, missed: Missed): undefined {
    const ofUser = this.#missed.get(key);
    if (ofUser?.delete(missed) !== true) return;
    this.#count -= 1;
    this.#expiry.delete(missed);
    if (ofUser.size === 0) this.#missed.delete(key);
  }
}

function keyOf(channel: string, { user }: ClientInfo): string {
  return JSON.stringify([channel, user]);
}

/** Where a hub is asked for its members that are missed. */
function lineOf(node: string): string {
  return `${node}/missed`;
}

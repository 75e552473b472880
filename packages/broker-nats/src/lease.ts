/**
 * The sign of life of a hub: an entry in a bucket that says until when its members count. Members are renewed all together,
 * by renewing this entry. A lease that was late is never taken up again, since others may have removed what was under it:
 * the hub goes on under another name.
 */

import type { Clock } from "@tautline/hub";
import { apiErrors, isApiError } from "./api-errors.ts";
import type { NatsLink } from "./nats-link.ts";
import type { StoredMessages } from "./stored-messages.ts";
import type { Streams } from "./streams.ts";
import type { Subjects } from "./subjects.ts";
import { tokenOf } from "./subjects.ts";

export interface LeaseSetup {
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly link: NatsLink;
  readonly subjects: Subjects;
  readonly streams: Streams;
  readonly messages: StoredMessages;
  /** Milliseconds that a lease lasts. */
  readonly ttlMs: number;
}

/** A lease is renewed so often in its time. */
export const renewals = 3;

interface Held {
  readonly revision: number;
  readonly until: number;
}

export class Lease {
  readonly #setup: LeaseSetup;
  #name: string;
  #held: Held | undefined;

  constructor(setup: LeaseSetup) {
    this.#setup = setup;
    this.#name = tokenOf(setup.randomId());
  }

  /** Under which members stand. It changes when the lease was lost. */
  get name(): string {
    return this.#name;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Takes the lease, or puts its end off. Gives false when it was lost before, and another was taken. */
  async renew(): Promise<boolean> {
    const now = this.#setup.clock.now();
    const held = this.#held;
    if (held === undefined) {
      await this.#take();
      return true;
    }
    // So much is left for clocks that differ.
    if (held.until - now >= this.#setup.ttlMs / renewals) {
      try {
        await this.#write(held.revision);
        return true;
      } catch (error) {
        if (!isApiError(error, apiErrors.wrongLastSequence)) throw error;
      }
    }
    this.#held = undefined;
    this.#name = tokenOf(this.#setup.randomId());
    await this.#take();
    return false;
  }

  /** Ends it, and with it all that stands under it. */
  async end(): Promise<void> {
    const { link, streams } = this.#setup;
    if (this.#held === undefined) return;
    this.#held = undefined;
    await link.ask(() => streams.buckets.hubs.purge(this.#name));
  }

  /** The names of all hubs whose lease is not over. */
  async alive(): Promise<ReadonlySet<string>> {
    const { clock, messages, subjects } = this.#setup;
    const bucket = subjects.name("hubs");
    const stored = await messages.read({ stream: `KV_${bucket}`, filter: `$KV.${bucket}.>` });
    const now = clock.now();
    const living = stored.filter(({ text }) => Number(text) > now);
    return new Set(living.map(({ subject }) => subject.slice(`$KV.${bucket}.`.length)));
  }

  #take(): Promise<void> {
    return this.#write(0);
  }

  async #write(before: number): Promise<void> {
    const { clock, link, streams, ttlMs } = this.#setup;
    const until = clock.now() + ttlMs;
    const name = this.#name;
    const revision = await link.ask(() =>
      streams.buckets.hubs.put(name, String(until), { previousSeq: before }),
    );
    this.#held = { revision, until };
  }
}

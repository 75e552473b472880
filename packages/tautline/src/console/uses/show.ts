/**
 * Something that runs while somebody looks: steps at even times, from when the first client asks for it until nobody who asked is
 * subscribed to its channel any more. The hub tells who is; nothing runs, and no timer is set, in an empty house.
 */
import type { Cancel, Clock, Hub, HubClient } from "@tautline/hub";

/** How often it is looked whether anybody is still there. */
const lookEveryMs = 1_000;

export interface ShowSetup {
  readonly hub: Pick<Hub, "clients">;
  readonly clock: Clock;
  readonly channel: string;
  /** Milliseconds between two steps. */
  readonly everyMs: number;
  readonly step: (now: number) => void;
  readonly begin?: (() => void) | undefined;
  readonly end?: (() => void) | undefined;
}

export class Show {
  readonly #setup: ShowSetup;
  readonly #viewers = new Set<string>();
  #cancel: Cancel | undefined;
  #nextAt = 0;
  #lookAt = 0;

  constructor(setup: ShowSetup) {
    this.#setup = setup;
  }

  get running(): boolean {
    return this.#cancel !== undefined;
  }

  /** Somebody who is subscribed looks from now on. */
  admit(client: Pick<HubClient, "id">): void {
    this.#viewers.add(client.id);
    if (this.running) return;
    const now = this.#setup.clock.now();
    this.#nextAt = now;
    this.#lookAt = now + lookEveryMs;
    this.#setup.begin?.();
    this.#schedule(now);
  }

  close(): void {
    this.#viewers.clear();
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#setup.end?.();
  }

  #schedule(now: number): void {
    const { clock, everyMs } = this.#setup;
    // After a pause of the process the steps that were missed are left out.
    this.#nextAt = Math.max(this.#nextAt + everyMs, now);
    this.#cancel = clock.schedule(() => this.#run(), this.#nextAt - now);
  }

  #run(): void {
    const now = this.#setup.clock.now();
    if (now >= this.#lookAt) {
      this.#lookAt = now + lookEveryMs;
      if (!this.#watched()) {
        this.close();
        return;
      }
    }
    this.#schedule(now);
    this.#setup.step(now);
  }

  /** Whether anybody is there; who is gone is forgotten on the way to the first who is not. */
  #watched(): boolean {
    const { hub, channel } = this.#setup;
    for (const id of this.#viewers) {
      if (hub.clients.get(id)?.channels.includes(channel) === true) return true;
      this.#viewers.delete(id);
    }
    return false;
  }
}

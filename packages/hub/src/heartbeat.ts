/**
 * The pings of the server to one client and the wait for its answers. The first ping comes at a random moment, so that
 * clients who came back together are not pinged together. It knows time, not messages.
 */

import type { HubOptions } from "./options.ts";
import type { Cancel, Clock } from "./ports/clock.ts";

export interface HeartbeatEvents {
  /** A ping is to be sent. */
  ping(): void;
  /** The answer to the last ping has not come in time. */
  timeout(): void;
}

export class Heartbeat {
  readonly #clock: Clock;
  readonly #options: Pick<HubOptions, "pingIntervalMs" | "pongTimeoutMs">;
  readonly #events: HeartbeatEvents;
  #nextPing: Cancel | undefined;
  #pongDeadline: Cancel | undefined;
  #awaitsPong = false;

  constructor(
    clock: Clock,
    options: Pick<HubOptions, "pingIntervalMs" | "pongTimeoutMs">,
    events: HeartbeatEvents,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#events = events;
  }

  /** Starts with a first wait of between half of the interval and all of it; `random` is in [0, 1). */
  start(random: number): void {
    const { pingIntervalMs } = this.#options;
    if (pingIntervalMs > 0) this.#schedulePing(pingIntervalMs * (0.5 + random / 2));
  }

  stop(): void {
    this.#nextPing?.();
    this.#pongDeadline?.();
  }

  /** Takes a pong; false when none was due. */
  pong(): boolean {
    const expected = this.#awaitsPong;
    this.#awaitsPong = false;
    this.#pongDeadline?.();
    return expected;
  }

  #schedulePing(delayMs: number): void {
    this.#nextPing = this.#clock.schedule(() => this.#ping(), delayMs);
  }

  #ping(): void {
    const { pingIntervalMs, pongTimeoutMs } = this.#options;
    this.#awaitsPong = true;
    this.#schedulePing(pingIntervalMs);
    if (pongTimeoutMs > 0) {
      this.#pongDeadline = this.#clock.schedule(() => this.#events.timeout(), pongTimeoutMs);
    }
    // Last: sending may find the client too slow and end everything, these timers included.
    this.#events.ping();
  }
}

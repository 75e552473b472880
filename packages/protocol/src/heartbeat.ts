/**
 * When to ping, and when a silent peer counts as gone (RFC 6455 §5.5.2: a ping as keepalive).
 *
 * Anything that arrives proves the peer alive. While the application does not read, nothing can arrive, so silence
 * proves nothing and nobody is given up for it. Pings go on all the same: they keep boxes on the way from forgetting the
 * connection, and to a peer that is gone they fail, which the transport tells. No clock is read here.
 */
import type { EngineTimes } from "./options.ts";
import type { Platform } from "./platform.ts";

/** The part of an interval by which it is shortened at random, so that connections opened together drift apart. */
const jitter = 0.1;

/** What many heartbeats have in common. */
interface HeartbeatParts {
  readonly settings: EngineTimes;
  readonly platform: Pick<Platform, "random">;
}

export type HeartbeatAction = "none" | "ping" | "gone";

export class Heartbeat {
  readonly #parts: HeartbeatParts;
  // Times are whole milliseconds and absent where there is none: a fraction, and Infinity, is a number object of its own.
  #pingAt: number | undefined;
  /** When the silence after the last ping has lasted too long; none while no answer is awaited. */
  #goneAt: number | undefined;
  #suspended = false;

  constructor(parts: HeartbeatParts, now: number) {
    this.#parts = parts;
    this.#pingAt = this.#nextPing(now);
  }

  /** The next time at which {@link tick} has something to do. */
  get deadline(): number {
    const pingAt = this.#pingAt ?? Infinity;
    return this.#suspended ? pingAt : Math.min(pingAt, this.#goneAt ?? Infinity);
  }

  /** Something arrived. */
  heard(): void {
    this.#goneAt = undefined;
  }

  /** Reading stops: silence means nothing until {@link resume}. */
  suspend(): void {
    this.#suspended = true;
  }

  resume(now: number): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    if (this.#goneAt !== undefined) this.#goneAt = now + this.#parts.settings.pongTimeoutMs;
    if (this.#pingAt !== undefined) this.#pingAt = Math.max(this.#pingAt, now);
  }

  /** What is due at `now`. */
  tick(now: number): HeartbeatAction {
    if (!this.#suspended && this.#goneAt !== undefined && now >= this.#goneAt) return "gone";
    if (this.#pingAt === undefined || now < this.#pingAt) return "none";
    this.#pingAt = this.#nextPing(now);
    if (this.#suspended) return "ping";
    // An answer that is awaited already keeps its deadline: another ping does not buy a silent peer more time.
    this.#goneAt ??= now + this.#parts.settings.pongTimeoutMs;
    return "ping";
  }

  #nextPing(now: number): number | undefined {
    const { pingIntervalMs } = this.#parts.settings;
    if (pingIntervalMs === 0) return undefined;
    return Math.round(now + pingIntervalMs * (1 - jitter * this.#parts.platform.random()));
  }
}

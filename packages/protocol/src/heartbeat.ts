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

export type HeartbeatAction = "none" | "ping" | "gone";

export class Heartbeat {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #platform: Pick<Platform, "random">;
  #pingAt: number;
  /** When the silence after the last ping has lasted too long; Infinity while no answer is awaited. */
  #goneAt = Infinity;
  #suspended = false;

  constructor(times: EngineTimes, platform: Pick<Platform, "random">, now: number) {
    this.#intervalMs = times.pingIntervalMs;
    this.#timeoutMs = times.pongTimeoutMs;
    this.#platform = platform;
    this.#pingAt = this.#nextPing(now);
  }

  /** The next time at which {@link tick} has something to do. */
  get deadline(): number {
    return this.#suspended ? this.#pingAt : Math.min(this.#pingAt, this.#goneAt);
  }

  /** Something arrived. */
  heard(): void {
    this.#goneAt = Infinity;
  }

  /** Reading stops: silence means nothing until {@link resume}. */
  suspend(): void {
    this.#suspended = true;
  }

  resume(now: number): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    if (this.#goneAt !== Infinity) this.#goneAt = now + this.#timeoutMs;
    this.#pingAt = Math.max(this.#pingAt, now);
  }

  /** What is due at `now`. */
  tick(now: number): HeartbeatAction {
    if (!this.#suspended && now >= this.#goneAt) return "gone";
    if (now < this.#pingAt) return "none";
    this.#pingAt = this.#nextPing(now);
    if (this.#suspended) return "ping";
    // An answer that is awaited already keeps its deadline: another ping does not buy a silent peer more time.
    this.#goneAt = Math.min(this.#goneAt, now + this.#timeoutMs);
    return "ping";
  }

  #nextPing(now: number): number {
    if (this.#intervalMs === 0) return Infinity;
    return now + this.#intervalMs * (1 - jitter * this.#platform.random());
  }
}

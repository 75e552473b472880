/**
 * Looks after the places of subscribers in the logs of their channels. A publication that is lost on its way is noticed
 * with the next one; when there is no next one, it is noticed here. Each channel's log is asked for its newest place in
 * regular intervals, all channels spread over the interval. A subscriber that has not reached a place one interval after
 * it was the newest has missed something: what is still on its way is not yet held against anybody. One that is further than
 * the log has what was lost there.
 */

import type { Broker, Position } from "../ports/broker.ts";
import type { Cancel, Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

/** A subscriber with a place in a log. */
export interface Watched {
  readonly channel: string;
  readonly position: Position;
  /** It has missed something, or the log is another one now. */
  insufficientState(): void;
}

export interface PositionWatchSetup {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 watches nothing. */
  readonly intervalMs: number;
}

interface WatchedChannel {
  readonly watched: Set<Watched>;
  readonly metaTtlMs: number;
  /** The newest place when it was asked for last. */
  top: Position | undefined;
  /** When it is to be asked for again. */
  dueAt: number;
}

/** Into so many steps the interval is cut. */
const steps = 16;

/** How long what is on its way may take before it counts as missed, when all channels are looked at, in milliseconds. */
const graceMs = 2000;

export class PositionWatch {
  readonly #setup: PositionWatchSetup;
  /** Those whose turn is next come first. */
  readonly #channels = new Map<string, WatchedChannel>();
  #timer: Cancel | undefined;
  #secondLook: Cancel | undefined;

  constructor(setup: PositionWatchSetup) {
    this.#setup = setup;
  }

  add(watched: Watched, metaTtlMs: number): void {
    const { clock, intervalMs } = this.#setup;
    const { channel } = watched;
    const known = this.#channels.get(channel);
    if (known === undefined) {
      const dueAt = clock.now() + intervalMs;
      this.#channels.set(channel, {
        watched: new Set([watched]),
        metaTtlMs,
        top: undefined,
        dueAt,
      });
    } else known.watched.add(watched);
    this.#schedule();
  }

  remove(watched: Watched): void {
    const channel = this.#channels.get(watched.channel);
    channel?.watched.delete(watched);
    if (channel?.watched.size === 0) this.#channels.delete(watched.channel);
    if (this.#channels.size > 0) return;
    this.#timer?.();
    this.#timer = undefined;
    this.#secondLook?.();
    this.#secondLook = undefined;
  }

  /** Looks at all channels without waiting for their turn, since events may have been missed: now, and a little later. */
  hurry(): void {
    const { clock, intervalMs } = this.#setup;
    if (intervalMs === 0 || this.#channels.size === 0) return;
    this.#lookAtAll();
    this.#secondLook?.();
    this.#secondLook = clock.schedule(() => {
      this.#secondLook = undefined;
      this.#lookAtAll();
    }, graceMs);
  }

  #lookAtAll(): void {
    for (const [name, channel] of this.#channels) void this.#check(name, channel);
  }

  #schedule(): void {
    const { clock, intervalMs } = this.#setup;
    if (this.#timer !== undefined || intervalMs === 0) return;
    this.#timer = clock.schedule(() => this.#step(), intervalMs / steps);
  }

  #step(): void {
    this.#timer = undefined;
    const { clock, intervalMs } = this.#setup;
    const now = clock.now();
    for (const [name, channel] of this.#turn(now)) {
      channel.dueAt = now + intervalMs;
      this.#channels.delete(name);
      this.#channels.set(name, channel);
      void this.#check(name, channel);
    }
    this.#schedule();
  }

  /** The channels that are due; of many that became due together, a part. */
  #turn(now: number): [name: string, channel: WatchedChannel][] {
    const most = Math.ceil(this.#channels.size / steps);
    const turn: [string, WatchedChannel][] = [];
    for (const [name, channel] of this.#channels) {
      if (channel.dueAt > now || turn.length === most) break;
      turn.push([name, channel]);
    }
    return turn;
  }

  async #check(name: string, channel: WatchedChannel): Promise<void> {
    const { broker, logger } = this.#setup;
    const before = channel.top;
    // Who comes while the broker is asked knows more than its answer, and so does who goes on meanwhile.
    const present = Array.from(channel.watched, (watched) => ({ watched, had: watched.position }));
    try {
      const { position } = await broker.history(name, { limit: 0, metaTtlMs: channel.metaTtlMs });
      channel.top = position;
    } catch (err) {
      logger.debug({ err, channel: name }, "a channel's position could not be checked");
      return;
    }
    for (const { watched, had } of present) {
      if (!channel.watched.has(watched)) continue;
      const { epoch, offset } = watched.position;
      const behind = before?.epoch === epoch && offset < before.offset;
      // The log has lost its end, and gives these places to other publications.
      const ahead = had.epoch === channel.top.epoch && had.offset > channel.top.offset;
      if (behind || ahead || epoch !== channel.top.epoch) watched.insufficientState();
    }
  }
}

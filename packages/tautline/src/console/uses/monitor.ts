/**
 * What the server says of itself once a second while somebody looks: how busy its process is, what memory it takes, how long the event loop
 * keeps what is due waiting, and how much there is on the hub.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { IntervalHistogram } from "node:perf_hooks";

import type { Hub, Unregister } from "@tautline/hub";

import type { ConsoleContext } from "../console-part.ts";
import { Show } from "./show.ts";
import { useChannels } from "./use-channels.ts";

const everyMs = 1_000;
const resolutionMs = 10;

export interface Vitals {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The process among those that serve together. */
  readonly node: string;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly heapBytes: number;
  /** Milliseconds by which timers were late: the median, and the worst. */
  readonly delayMs: number;
  readonly worstDelayMs: number;
  readonly clients: number;
  readonly channels: number;
  readonly subscriptions: number;
}

/** Reads the process from one time to the next. */
class Gauge {
  readonly #hub: Hub;
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #cpu = process.cpuUsage();
  #at: number;

  constructor(hub: Hub, now: number) {
    this.#hub = hub;
    this.#at = now;
    this.#delays.enable();
  }

  read(now: number): Vitals {
    const { user, system } = process.cpuUsage(this.#cpu);
    const passedMs = Math.max(1, now - this.#at);
    this.#cpu = process.cpuUsage();
    this.#at = now;
    const { rss, heapUsed } = process.memoryUsage();
    const { clients, channels, subscriptions } = this.#hub.info();
    const vitals = {
      at: now,
      node: this.#hub.node,
      cpuPercent: tenths((user + system) / 10 / passedMs),
      memoryBytes: rss,
      heapBytes: heapUsed,
      delayMs: this.#late(this.#delays.percentile(50)),
      worstDelayMs: this.#late(this.#delays.max),
      clients,
      channels,
      subscriptions,
    };
    this.#delays.reset();
    return vitals;
  }

  close(): void {
    this.#delays.disable();
  }

  /** The histogram counts the time between two looks, in nanoseconds. */
  #late(nanoseconds: number): number {
    return tenths(Math.max(0, nanoseconds / 1_000_000 - resolutionMs));
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Begins it; the function that is returned ends it. */
export function openMonitor({ hub, clock, logger }: ConsoleContext): Unregister {
  const channel = hub.channel<Vitals>(useChannels.monitor);
  let gauge: Gauge | undefined;
  const show = new Show({
    hub,
    clock,
    channel: channel.name,
    everyMs,
    begin: () => {
      gauge = new Gauge(hub, clock.now());
    },
    step: (now) => {
      if (gauge === undefined) return;
      channel.publish(gauge.read(now)).catch((err: unknown) => {
        logger.warn({ err }, "the server's figures could not be published");
      });
    },
    end: () => {
      gauge?.close();
      gauge = undefined;
    },
  });
  const withdraw = hub.rpc("uses.monitor.watch", (_, client) => {
    show.admit(client);
    return { everyMs, node: hub.node };
  });
  return () => {
    withdraw();
    show.close();
  };
}

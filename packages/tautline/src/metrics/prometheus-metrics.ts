/**
 * The metrics of a server for Prometheus: what the hub, the API and the hooks count, what there is on the hub when somebody asks,
 * and what Node.js knows of the process. They are kept apart from other metrics in the process.
 */
import type { CommandEnd, Hub, Meter } from "@tautline/hub";
import { disconnects } from "@tautline/wire";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

import type { ApiMeter } from "../api/meter.ts";
import type { HookEnd, HookMeter } from "../hooks/meter.ts";
import { durationBuckets, metricTable } from "./metric-table.ts";
import type { MetricName, MetricSpec } from "./metric-table.ts";

/** Codes of which there are few; a client may end with any of 2,000 others, and each would be kept for ever. */
const knownCodes: ReadonlySet<number> = new Set(
  Object.values(disconnects)
    .map(({ code }): number => code)
    .concat(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011),
);

type Labels = Readonly<Record<string, string | number>>;

export interface LabelledCount {
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly value: number;
}

/** What was counted so far, by the metric's name: a number for each set of labels that has come up. */
export type CounterTotals = Readonly<Record<string, readonly LabelledCount[]>>;

export class PrometheusMetrics implements Meter, ApiMeter, HookMeter {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, Gauge>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    for (const [name, { kind, help, labels = [] }] of Object.entries<MetricSpec>(metricTable)) {
      const config = { name, help, labelNames: [...labels], registers: [this.#registry] };
      if (kind === "counter") this.#counters.set(name, new Counter(config));
      else if (kind === "gauge") this.#gauges.set(name, new Gauge(config));
      else {
        this.#histograms.set(name, new Histogram({ ...config, buckets: [...durationBuckets] }));
      }
    }
  }

  /** The type of what `text` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything in the form that Prometheus reads, with what there is on `hub` now. */
  text(hub: Hub): Promise<string> {
    this.#look(hub);
    return this.#registry.metrics();
  }

  /** The same as values, to be added up with those of other processes: see `joinedMetrics`. */
  values(hub: Hub): Promise<object[]> {
    this.#look(hub);
    return this.#registry.getMetricsAsJSON();
  }

  /** What was counted so far, and nothing that is measured when it is asked for: who looks here disturbs nobody's scrapes. */
  async totals(): Promise<CounterTotals> {
    const entries = Array.from(this.#counters, async ([name, counter]) => {
      const { values } = await counter.get();
      return [name, values.map(({ labels, value }) => ({ labels: { ...labels }, value }))] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  limitReached(limit: string): void {
    this.#count("tautline_limits_reached_total", { limit });
  }

  tokenRefused(kind: string, fault: string): void {
    this.#count("tautline_tokens_refused_total", { kind, fault });
  }

  connectionOpened(transport: string): void {
    this.#count("tautline_connections_opened_total", { transport });
  }

  connectionClosed(
    transport: string,
    { code, byServer }: { readonly code: number; readonly byServer: boolean },
  ): void {
    const known = byServer || knownCodes.has(code) ? code : "other";
    this.#count("tautline_connections_closed_total", { transport, code: known });
  }

  commandStarted(method: string): CommandEnd {
    const ended = this.#time("tautline_command_duration_seconds", { method });
    return (code) => {
      ended();
      this.#count("tautline_commands_total", { method, code });
    };
  }

  published(publisher: string): void {
    this.#count("tautline_publications_total", { publisher });
  }

  delivered(subscribers: number): void {
    this.#count("tautline_publications_received_total");
    this.#count("tautline_deliveries_total", {}, subscribers);
  }

  recovered(complete: boolean): void {
    this.#count("tautline_recoveries_total", { complete: String(complete) });
  }

  methodStarted(method: string): CommandEnd {
    const ended = this.#time("tautline_api_call_duration_seconds", { method });
    return (code) => {
      ended();
      this.#count("tautline_api_calls_total", { method, code });
    };
  }

  requestRefused(status: number): void {
    this.#count("tautline_api_refusals_total", { status });
  }

  hookStarted(hook: string): HookEnd {
    const ended = this.#time("tautline_hook_duration_seconds", { hook });
    return (answered) => {
      ended();
      this.#count("tautline_hooks_total", { hook, answered: String(answered) });
    };
  }

  #look(hub: Hub): void {
    const { connections, clients, users, channels, subscriptions } = hub.info();
    this.#set("tautline_connections", connections);
    this.#set("tautline_clients", clients);
    this.#set("tautline_users", users);
    this.#set("tautline_channels", channels);
    this.#set("tautline_subscriptions", subscriptions);
  }

  #count(name: MetricName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  #set(name: MetricName, value: number): void {
    this.#gauges.get(name)?.set(value);
  }

  #time(name: MetricName, labels: Labels): () => void {
    const started = performance.now();
    return () => {
      this.#histograms.get(name)?.observe(labels, (performance.now() - started) / 1000);
    };
  }
}

/** What stands at `/metrics`: of this process, or of several that are one server. */
import type { Hub } from "@tautline/hub";
import { AggregatorRegistry, Registry } from "prom-client";

import type { PrometheusMetrics } from "./prometheus-metrics.ts";

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The metrics of one process. */
export function ownPage(metrics: PrometheusMetrics, hub: Hub): MetricsPage {
  return { contentType: metrics.contentType, text: () => metrics.text(hub) };
}

/** A page whose text comes from elsewhere. */
export function pageFrom(text: () => Promise<string>): MetricsPage {
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text };
}

/** The values of several processes as one text: counts are added up, and so is what there is now. */
export function joinedMetrics(values: readonly (readonly object[])[]): Promise<string> {
  return AggregatorRegistry.aggregate(values.map((one) => [...one])).metrics();
}

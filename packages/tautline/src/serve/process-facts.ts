/** What this process tells of itself to backends, and to the other nodes. */
import { hostname } from "node:os";

import type { NodeFacts } from "@tautline/hub";

import { packageVersion } from "../version.ts";

export function processFacts(): NodeFacts {
  const { user, system } = process.cpuUsage();
  const busySeconds = (user + system) / 1_000_000;
  return {
    name: `${hostname()}_${process.pid}`,
    version: packageVersion(),
    cpuPercent: Math.round((busySeconds / process.uptime()) * 10_000) / 100,
    memoryBytes: process.memoryUsage.rss(),
  };
}

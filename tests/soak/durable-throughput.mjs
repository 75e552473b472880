// What durable publications cost: `node tests/soak/durable-throughput.mjs`, after `npm run build`. Each row is one way to
// publish: so many under way at once, to so many channels, with or without waiting for the disk.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { DiskBroker } from "@tautline/broker-disk";
import { MemoryBroker } from "@tautline/hub";

const clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};
const silent = { publication() {}, join() {}, leave() {} };
const log = { size: 1000, ttlMs: 3_600_000, metaTtlMs: 3_600_000 };
const data = JSON.stringify({ text: "x".repeat(100) });
const forMs = 3000;

/** Publishes for a while, `window` at a time. */
async function measure(broker, window, channels) {
  const latencies = [];
  let count = 0;
  const end = performance.now() + forMs;
  const cpu = process.cpuUsage();
  const publishers = Array.from({ length: window }, async (_, n) => {
    while (performance.now() < end) {
      const start = performance.now();
      await broker.publish(`c${(n + count) % channels}`, { data }, { log });
      count += 1;
      latencies.push(performance.now() - start);
    }
  });
  await Promise.all(publishers);
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (part) => latencies[Math.floor(part * (latencies.length - 1))].toFixed(1);
  return [
    Math.round((count / forMs) * 1000),
    at(0.5),
    at(0.99),
    ((user + system) / count).toFixed(1),
  ];
}

const folder = mkdtempSync(join(process.cwd(), ".cache", "throughput-"));
console.log(
  "store | under way | channels | publications/s | ack p50 ms | ack p99 ms | CPU µs each",
);
try {
  for (const store of ["fsync", "unsafe-without-fsync", "memory"]) {
    for (const [window, channels] of [
      [1, 1],
      [100, 1],
      [1000, 1],
      [1000, 1000],
      [5000, 10],
    ]) {
      const dataDir = join(folder, randomUUID());
      const setup = { clock, randomId: randomUUID, dataDir, durability: store };
      const broker = store === "memory" ? new MemoryBroker(setup) : new DiskBroker(setup);
      await broker.start(silent);
      const figures = await measure(broker, window, channels);
      await broker.stop();
      console.log([store, window, channels, ...figures].join(" | "));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

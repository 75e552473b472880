/**
 * Servers that act as one lose nothing that they have acknowledged, and double nothing, whatever becomes of the engine
 * between them. TAUTLINE_FAULT_ROUNDS says how often each fault happens, TAUTLINE_FAULT_REPORT names a file for the
 * numbers; `npm run faults` sets both and prints a table.
 */

import { appendFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { startServer } from "../transports/world.ts";
import type { EngineKind, Fault, FaultEngine } from "./fault-engine.ts";
import { Load } from "./load.ts";
import { natsEngine } from "./nats-engine.ts";
import { redisEngine } from "./redis-engine.ts";
import type { Tally } from "./tally.ts";

const engines: readonly EngineKind[] = [redisEngine, natsEngine];

const rounds = Number(process.env["TAUTLINE_FAULT_ROUNDS"] ?? 1);
const report = process.env["TAUTLINE_FAULT_REPORT"];

/** Publications that go well before and after each time. */
const calm = 50;

async function startNode(engine: FaultEngine) {
  const hub = { channels: { historySize: 100_000, recovery: "stream" as const } };
  return startServer({ broker: engine.makeBroker(), hub });
}

async function suffer(load: Load, fault: Fault): Promise<void> {
  await load.acknowledges(calm);
  await fault.begin();
  if (fault.hurts) await load.refuses();
  await fault.end();
  await load.acknowledges(calm);
}

async function tally(kind: EngineKind, name: string): Promise<Tally> {
  const engine = await kind.start();
  onTestFinished(() => engine.remove());
  const fault = engine.faults[name];
  if (fault === undefined) throw new RangeError(`${kind.name} has no fault ${name}`);
  const [one, two] = [await startNode(engine), await startNode(engine)];
  const load = new Load(one, two);
  await load.start();
  for (let round = 0; round < rounds; round += 1) await suffer(load, fault);
  await load.stop();
  expect(load.wasTold).toBe(false);
  return {
    engine: kind.name,
    fault: name,
    times: rounds,
    sent: load.sent,
    acknowledged: load.acknowledged.length,
    delivered: new Set(load.received).size,
    recovered: load.recovered,
    lost: load.lost.length,
    doubled: load.doubled,
  };
}

describe.each(engines)("$name", (kind) => {
  test.each(kind.faults)(
    "%s: nothing is lost, nothing is doubled",
    { timeout: 60_000 + rounds * 30_000 },
    async (name) => {
      const row = await tally(kind, name);
      if (report !== undefined) appendFileSync(report, `${JSON.stringify(row)}\n`);
      expect(row).toMatchObject({ lost: 0, doubled: 0 });
      expect(row.delivered).toBeGreaterThanOrEqual(row.acknowledged);
    },
  );
});

// `npm run faults`: what happens to messages when something goes wrong between servers, each fault many times, as a table.
// The number of times may follow: `npm run faults -- 50`. Ends with 1 when a message was lost or came twice.

import { join } from "node:path";

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { existsSync, mkdtempSync, readFileSync, rmSync } = await import("node:fs");
const { tmpdir } = await import("node:os");
const { run } = await import("./setup/child.mjs");
const { ensureInstalled } = await import("./setup/install.mjs");
const { compile } = await import("./setup/build.mjs");
const { ensureNats } = await import("./setup/nats.mjs");
const { ensureRedis } = await import("./setup/redis.mjs");

const columns = ["sent", "acknowledged", "delivered", "recovered", "lost", "doubled"];

async function main() {
  const rounds = process.argv[2] ?? "20";
  if (!/^\d+$/u.test(rounds)) throw new Error(`How many times is ${rounds}?`);
  if (!(await ensureInstalled()) || !(await compile())) return false;
  const [redis, nats] = [await ensureRedis(), await ensureNats()];
  for (const { problem } of [redis, nats]) if (problem !== undefined) throw new Error(problem);
  const folder = mkdtempSync(join(tmpdir(), "tautline-faults-"));
  const report = join(folder, "rows.jsonl");
  try {
    const vitest = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");
    const { code } = await run(process.execPath, [vitest, "run", "tests/faults"], {
      env: {
        REDIS_SERVER_PATH: redis.path,
        NATS_SERVER_PATH: nats.path,
        TAUTLINE_FAULT_ROUNDS: rounds,
        TAUTLINE_FAULT_REPORT: report,
      },
    });
    const rows = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : [];
    const table = rows.map((row) => JSON.parse(row));
    print(table);
    return code === 0 && table.every(({ lost, doubled }) => lost === 0 && doubled === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(rows) {
  const head = ["engine", "fault", "times", ...columns];
  const lines = [head, ...rows.map((row) => head.map((name) => String(row[name])))];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
        .join("  "),
    );
  }
}

if (!(await main())) process.exitCode = process.exitCode || 1;

/** The server is a real process that is killed in the middle of publications, and started again over its data. */

import { expect, onTestFinished } from "vitest";
import type { Program } from "../../cli/program.ts";
import { startServer } from "../../cli/program.ts";
import { hubOf, Line } from "../../durable/line.ts";
import { scratch } from "../../scratch.ts";
import { startProxy } from "../../transports/proxy.ts";
import type { Combination } from "../combination.ts";
import { upTo } from "../combination.ts";
import { follow } from "./follower.ts";

/** Connections that publish beside each other, so that one write to the disk carries publications of many. */
const publisherCount = 16;

/** How many publications of each are under way at once. */
const window = 32;

/**
 * Publishes `numbers`, each once; `acknowledged` is called for each that is. Resolves when all are, or the server has ended.
 */
async function publish(
  origin: string,
  numbers: readonly number[],
  acknowledged: (n: number) => void,
): Promise<void> {
  const left = numbers.values();
  const work = async (line: Line): Promise<void> => {
    for (const n of left) {
      const code = await line.publish("a", n);
      if (code === undefined) return;
      if (code !== 0) throw new Error(`Refused with ${code}`);
      acknowledged(n);
    }
  };
  const lines = await Promise.all(upTo(publisherCount).map(() => Line.to(hubOf(origin))));
  await Promise.all(lines.flatMap((line) => upTo(window).map(() => work(line))));
  for (const line of lines) line.close();
}

/** What the log of the channel holds, in its order. */
async function logged(origin: string): Promise<readonly unknown[]> {
  const line = await Line.to(hubOf(origin));
  const { values } = await line.read("a");
  line.close();
  return values;
}

interface Running {
  readonly program: Program;
  readonly origin: string;
}

/** Starts the server over the data; it ends with the test at the latest. */
async function start(directory: string): Promise<Running> {
  const args = ["--port", "0", "--data-dir", directory, "--history", "1000000"];
  const server = await startServer(args);
  onTestFinished(() => server.program.stop());
  return server;
}

/** Publishes until half of all is acknowledged, and kills the server in the middle of the rest. */
async function crash(
  { program, origin }: Running,
  numbers: readonly number[],
): Promise<ReadonlySet<number>> {
  const acknowledged = new Set<number>();
  await publish(origin, numbers, (n) => {
    acknowledged.add(n);
    if (acknowledged.size === numbers.length / 2) program.kill("SIGKILL");
  });
  expect(await program.ended).toMatchObject({ signal: "SIGKILL" });
  return acknowledged;
}

export async function recoversFromKill(combination: Combination): Promise<void> {
  const numbers = upTo(combination.row.publications);
  const directory = scratch({});
  const first = await start(directory);
  const proxy = await startProxy(first.origin);
  const follower = follow(combination, combination.dial(proxy), "a");
  await follower.subscription.ready();
  const acknowledged = await crash(first, numbers);
  const second = await start(directory);
  const kept = new Set(await logged(second.origin));
  expect([...acknowledged].filter((n) => !kept.has(n))).toEqual([]);
  expect(kept.size).toBeLessThan(numbers.length);
  // The client comes back while there is more and more to catch up with.
  proxy.target = second.origin;
  const rest = numbers.filter((n) => !kept.has(n));
  await publish(second.origin, rest, () => undefined);
  await follower.received(numbers.length);
  const log = await logged(second.origin);
  expect([...log].sort((a, b) => Number(a) - Number(b))).toEqual(numbers);
  expect(follower.values).toEqual(log);
  expect(follower.starts.length).toBeGreaterThan(1);
  for (const { wasRecovering, recovered } of follower.starts.slice(1)) {
    expect([wasRecovering, recovered]).toEqual([true, true]);
  }
}

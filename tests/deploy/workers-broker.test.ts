/**
 * `tautline serve --workers` beside what keeps history: with a directory that all workers share, with a broker that joins them to
 * other servers, and with both, which cannot be.
 */
import { expect, onTestFinished, test } from "vitest";

import { Program } from "../cli/program.ts";
import { scratch } from "../scratch.ts";
import type { Crew } from "./crew.ts";
import { startCrew, workersOf } from "./crew.ts";
import type { Follower } from "./follower.ts";
import { followers } from "./follower.ts";
import { startRedis } from "./redis-port.ts";

const key = "a-key-for-the-tests-of-workers";

async function ask({ inside }: Crew, method: string, request: object = {}): Promise<unknown> {
  const response = await fetch(`${inside}/api/${method}`, {
    method: "POST",
    headers: { "X-API-Key": key },
    body: JSON.stringify(request),
  });
  return ((await response.json()) as { readonly result: unknown }).result;
}

const withApi = { TAUTLINE_API_KEY: key, TAUTLINE_INTERNAL_PORT: "0" };

const follow = followers["official-websocket"];

async function hear(listeners: readonly Follower[], expected: readonly unknown[]): Promise<void> {
  for (const { heard } of listeners) {
    await expect.poll(() => heard, { timeout: 60_000, interval: 20 }).toEqual(expected);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

interface History {
  readonly epoch: string;
  readonly offset: number;
  readonly publications: readonly { readonly data: unknown; readonly offset: number }[];
}

test("workers share a data directory: what was acknowledged is there after a crash of all", async () => {
  const args = ["--data-dir", scratch({}), "--history", "1000"];
  const crew = await startCrew(args, withApi);
  const listeners: Follower[] = [];
  for (const { url } of Array(6).fill(crew) as Crew[]) listeners.push(await follow(url, "news"));
  for (const n of upTo(20)) await listeners[n % 6]?.publish(n);
  await hear(listeners, upTo(20));
  const read = async (from: Crew): Promise<History> =>
    (await ask(from, "history", { channel: "news", limit: 100 })) as History;
  const before = await read(crew);
  expect(before.publications.map(({ data }) => data)).toEqual(upTo(20));

  const second = Program.tautline(["serve", "--port", "0", "--workers", "2", ...args]);
  onTestFinished(() => second.stop());
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stderr).toContain("is in use by another process");

  crew.program.kill("SIGKILL");
  await crew.program.ended;
  const next = await startCrew(args, withApi);
  expect(await read(next)).toEqual(before);
  const published = await ask(next, "publish", { channel: "news", data: 21 });
  expect(published).toEqual({ offset: 21, epoch: before.epoch });
}, 120_000);

test("workers and other servers are one over a broker, also after a worker was killed", async () => {
  const broker = { TAUTLINE_BROKER: await startRedis(), TAUTLINE_HISTORY: "1000" };
  const crew = await startCrew([], { ...withApi, ...broker });
  const other = Program.tautline(["serve", "--port", "0", "--no-page"], broker);
  onTestFinished(() => other.stop());
  const [, origin = ""] = await other.printed(/(http:\/\/localhost:\d+)/u);
  const listeners: Follower[] = [await follow(origin, "news")];
  for (const { url } of Array(4).fill(crew) as Crew[]) listeners.push(await follow(url, "news"));
  for (const n of upTo(10)) await listeners[n % 5]?.publish(n);
  await hear(listeners, upTo(10));
  const names = async () =>
    ((await ask(crew, "info")) as { readonly nodes: readonly object[] }).nodes.length;
  // The first process, which has the internal port, its two workers, and the other server.
  await expect.poll(names, { timeout: 60_000 }).toBe(4);
  const clients = { news: { num_clients: 5 } };
  expect(await ask(crew, "channels")).toEqual({ channels: clients });

  const [pid = 0] = await workersOf(crew);
  process.kill(pid, "SIGKILL");
  await crew.program.printed(/a worker has ended, and is replaced/u, "stderr");
  await ask(crew, "publish", { channel: "news", data: 11 });
  await hear(listeners, upTo(11));
  expect(listeners.flatMap(({ recoveries }) => recoveries)).not.toContain(false);
}, 120_000);

test("a broker and a data directory exclude each other, and the error says what to do", async () => {
  const args = ["--workers", "2", "--broker", "redis://127.0.0.1:1", "--data-dir", scratch({})];
  const program = Program.tautline(["serve", ...args]);
  onTestFinished(() => program.stop());
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.stderr).toContain("leave out --data-dir");
});

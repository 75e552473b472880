/** `tautline serve --workers`: several processes on one port that are one server, also when one of them is killed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connect } from "@tautline/node";
import { expect, onTestFinished, test } from "vitest";

import { Program } from "../cli/program.ts";
import type { Crew } from "./crew.ts";
import { startCrew, workersOf } from "./crew.ts";
import type { Follower } from "./follower.ts";
import { followers } from "./follower.ts";

const follow = ({ url }: Crew): Promise<Follower> => followers["official-websocket"](url, "news");

async function eventually(look: () => unknown, expected: unknown): Promise<void> {
  await expect.poll(look, { timeout: 60_000, interval: 20 }).toEqual(expected);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

async function metric({ inside }: Crew, name: string): Promise<number> {
  const text = await (await fetch(`${inside}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "mu").exec(text)?.[1]);
}

function apiKeyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "tautline-workers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "keys.txt");
  writeFileSync(path, "a-key-for-the-tests-of-workers\n");
  return path;
}

test("workers are one server, also after one was killed: nobody misses anything", async () => {
  const running = await startCrew([
    "--history",
    "1000",
    "--internal-port",
    "0",
    "--api-key-file",
    apiKeyFile(),
  ]);
  const before = await workersOf(running);
  expect(before).toHaveLength(2);
  const listeners: Follower[] = [];
  for (let n = 0; n < 8; n += 1) listeners.push(await follow(running));
  const [first] = listeners;
  for (const n of upTo(20)) await listeners[n % 8]?.publish(n);
  for (const { heard } of listeners) await eventually(() => heard, upTo(20));
  expect(await metric(running, "tautline_clients")).toBe(8);
  expect(await first?.memberCount()).toBe(8);
  expect((await fetch(`${running.inside}/readyz`)).status).toBe(200);

  process.kill(before[0] ?? 0, "SIGKILL");
  await running.program.printed(/a worker has ended, and is replaced/u, "stderr");
  const publish = await fetch(`${running.inside}/api/publish`, {
    method: "POST",
    headers: { "X-API-Key": "a-key-for-the-tests-of-workers" },
    body: JSON.stringify({ channel: "news", data: 21 }),
  });
  expect(await publish.json()).toMatchObject({ result: { offset: 21 } });
  for (const { heard } of listeners) await eventually(() => heard, upTo(21));
  expect(listeners.flatMap(({ recoveries }) => recoveries)).not.toContain(false);
  await expect.poll(async () => (await workersOf(running)).length, { timeout: 60_000 }).toBe(2);
  // The members of the worker that died are forgotten, and those who came back are there.
  await expect.poll(() => first?.memberCount(), { timeout: 60_000 }).toBe(8);

  for (const { reasons } of listeners) reasons.length = 0;
  running.program.kill("SIGTERM");
  expect(await running.program.ended).toEqual({ code: 0, signal: null });
  for (const { reasons } of listeners) await eventually(() => reasons[0], 3001);
  expect(await workersOf(running)).toEqual([]);
}, 180_000);

/** Whether there is such a process. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("no worker is left when the primary is killed", async () => {
  const running = await startCrew();
  const pids = await workersOf(running);
  expect(pids).toHaveLength(2);
  const follower = await follow(running);
  running.program.kill("SIGKILL");
  await eventually(() => follower.reasons.length, 1);
  await eventually(() => pids.filter(isThere), []);
}, 180_000);

test("the lab measures one process, and says so where there are several", async () => {
  const { url } = await startCrew(["--page"]);
  const visitor = await connect(`${url.replace("http", "ws")}/console/lab`);
  const answer = new Promise((resolve) => {
    visitor.onMessage((data) => resolve(JSON.parse(String(data))));
  });
  const terms = { rate: 10, payloadBytes: 100, delayMs: 0, seconds: 1, lullMs: 0 };
  visitor.send(JSON.stringify({ type: "start", ...terms }));
  expect(await answer).toEqual({ type: "refused", why: "fleet" });
  visitor.close();
  await visitor.closed;
}, 180_000);

test("a port that is taken is told as by a single process", async () => {
  const { port } = await startCrew();
  const second = Program.tautline(["serve", "--port", String(port), "--workers", "2"]);
  onTestFinished(() => second.stop());
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stderr).toContain(`port ${port} is taken`);
}, 180_000);

test.each(["0", "2000", "many"])("--workers takes no %s", async (count) => {
  const program = Program.tautline(["serve", "--workers", count]);
  onTestFinished(() => program.stop());
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.stderr).toContain("--workers takes a whole number");
});

/**
 * Three `tautline` processes behind nginx, with Redis between, are restarted one by one while clients on every transport publish
 * and listen: each listener gets every publication, once and in order, and every process ends with 0.
 */
import { setTimeout as pause } from "node:timers/promises";

import { expect, onTestFinished, test, vi } from "vitest";

import { Program } from "../cli/program.ts";
import { startBalancer } from "./balancer.ts";
import type { Follow, Follower } from "./follower.ts";
import { followers } from "./follower.ts";
import { ownHost } from "./loopback.ts";
import { startRedis } from "./redis-port.ts";

/** A node that keeps its address over restarts. */
class Node {
  readonly #broker: string;
  readonly #host = ownHost();
  #port = 0;
  #program: Program | undefined;

  constructor(broker: string) {
    this.#broker = broker;
    onTestFinished(() => this.#program?.stop());
  }

  get place(): string {
    return `${this.#host}:${this.#port}`;
  }

  async start(): Promise<void> {
    const where = ["--host", this.#host, "--port", String(this.#port)];
    const program = Program.tautline(
      ["serve", ...where, "--history", "10000", "--drain-seconds", "0.5"],
      { TAUTLINE_BROKER: this.#broker },
    );
    this.#program = program;
    const [, port = ""] = await program.printed(/http:\/\/[^:\s]+:(\d+)/u);
    this.#port = Number(port);
  }

  /** Resolves with what the process ended with. */
  async stop(): Promise<number | null> {
    this.#program?.kill("SIGTERM");
    return (await this.#program?.ended)?.code ?? null;
  }
}

/** Publishes numbers, one after the other; gives those that were acknowledged. No number is sent twice. */
async function publish(
  publisher: Follower,
  first: number,
  going: () => boolean,
  acknowledged: number[] = [],
): Promise<number[]> {
  for (let n = first; going(); n += 1) {
    try {
      await publisher.publish(n);
      acknowledged.push(n);
    } catch {
      // Sent or not: the connection ended before the answer. It counts if it is heard, and then once.
    }
    await pause(loadPauseMs);
  }
  return acknowledged;
}

/** Between two publications of one client, so that a slow machine keeps up with all who listen. */
const loadPauseMs = 25;

test("three nodes are restarted one by one under load, and no listener on any transport misses or doubles anything", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const broker = await startRedis();
  const nodes = [new Node(broker), new Node(broker), new Node(broker)];
  await Promise.all(nodes.map((node) => node.start()));
  const { url } = await startBalancer(
    "nginx",
    nodes.map(({ place }) => place),
  );
  const follow = async (how: Follow): Promise<Follower> => how(url, "news");
  const ways = Object.values(followers);
  const listeners = await Promise.all([...ways, ...ways].map(follow));
  let going = true;
  const publishing = [
    followers["official-websocket"],
    followers["official-stream"],
    followers["own-polling"],
  ].map(async (how, index) => publish(await follow(how), 1 + index * 100_000, () => going));
  for (const node of nodes) {
    expect(await node.stop()).toBe(0);
    await node.start();
  }
  going = false;
  const acknowledged = await Promise.all(publishing);
  // Nothing that was sent before can come after the first of these that is acknowledged.
  const last: number[] = [];
  const publisher = await follow(followers["official-websocket"]);
  await publish(publisher, 900_001, () => last.length === 0, last);
  const [one] = listeners;
  for (const { name, heard } of listeners) {
    await expect.poll(() => heard.at(-1), { timeout: 60_000, message: name }).toBe(last[0]);
  }
  for (const numbers of acknowledged) {
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((n) => one?.heard.includes(n) !== true)).toEqual([]);
  }
  expect(new Set(one?.heard).size).toBe(one?.heard.length);
  for (const { name, listens, heard, recoveries, reasons } of listeners) {
    expect({ name, heard }).toEqual({ name, heard: one?.heard });
    expect({ name, missed: recoveries.includes(false) }).toEqual({ name, missed: false });
    // Whoever had to go was told: 3001, and came back. A balancer that had nobody to ask is another reason, and the only one of a
    // client that was not asking just then.
    const back = listens ? reasons.includes(3001) : reasons.length > 0;
    expect({ name, back }).toEqual({ name, back: true });
  }
}, 300_000);

/**
 * Clients without a WebSocket before a server of several processes: no request needs the process that has its client, and
 * nobody misses anything when one of them is killed.
 */
import { Agent, request } from "node:http";
import { text as textOf } from "node:stream/consumers";

import { expect, onTestFinished, test } from "vitest";

import type { Crew } from "./crew.ts";
import { startCrew, workersOf } from "./crew.ts";
import type { Follower } from "./follower.ts";
import { fallbackFollowers } from "./follower.ts";

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The port from which it was asked: of the same one, the same process has answered. */
  readonly from: number;
}

/** One TCP connection, and so one worker. */
function line({ port }: Crew): (path: string, body: object) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return (path, body) =>
    new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method: "POST", agent });
      asked.setHeader("Content-Type", "application/json");
      asked.once("error", reject);
      asked.once("response", (response) => {
        const from = response.socket.localPort ?? 0;
        const status = response.statusCode ?? 0;
        textOf(response).then((text) => resolve({ status, text, from }), reject);
      });
      asked.end(JSON.stringify(body));
    });
}

interface Session {
  readonly session: string;
  readonly node: string;
  readonly cursor: number;
}

/** A polling client's connection, at whichever worker it comes to. */
async function open(crew: Crew): Promise<Session> {
  const { text } = await line(crew)("/connection/http_poll", { data: '{"id":1,"connect":{}}' });
  return JSON.parse(text.split("\n")[0] ?? "") as Session;
}

test("a request that comes to another worker than its client reaches it", async () => {
  const crew = await startCrew();
  const sessions = new Map<string, Session>();
  while (sessions.size < 2) {
    const session = await open(crew);
    sessions.set(session.node, session);
  }
  const ask = line(crew);
  const ports = new Set<number>();
  // Both are asked over one TCP connection: one of them is at another worker.
  for (const { session, node, cursor } of sessions.values()) {
    const data = JSON.stringify({ id: 2, subscribe: { channel: "news" } });
    const sent = await ask("/emulation", { session, node, data });
    expect(sent).toMatchObject({ status: 204 });
    const heard = await ask("/connection/http_poll", { session, node, cursor });
    expect(heard).toMatchObject({
      status: 200,
      text: expect.stringContaining('{"id":2,"subscribe"'),
    });
    const left = await ask("/connection/http_poll", { session, node, cursor, leave: true });
    expect(left).toMatchObject({ status: 204 });
    for (const { from } of [sent, heard, left]) ports.add(from);
  }
  expect(ports.size).toBe(1);
}, 180_000);

test("clients on every fallback transport miss nothing when a worker is killed", async () => {
  const crew = await startCrew(["--history", "1000"]);
  const listeners: Follower[] = [];
  for (const follow of [...fallbackFollowers, ...fallbackFollowers]) {
    listeners.push(await follow(crew.url, "news"));
  }
  const published: number[] = [];
  const publish = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n += 1) {
      const acknowledged = listeners[n % listeners.length]?.publish(n);
      if (
        await acknowledged?.then(
          () => true,
          () => false,
        )
      )
        published.push(n);
    }
  };
  await publish(1, 20);
  expect(published).toHaveLength(20);
  const [pid = 0] = await workersOf(crew);
  process.kill(pid, "SIGKILL");
  await publish(21, 40);
  await crew.program.printed(/a worker has ended, and is replaced/u, "stderr");
  const [one] = listeners;
  for (const { name, heard, recoveries } of listeners) {
    await expect
      .poll(() => published.filter((n) => !heard.includes(n)), { timeout: 60_000, message: name })
      .toEqual([]);
    expect({ name, doubled: heard.length - new Set(heard).size }).toEqual({ name, doubled: 0 });
    expect({ name, missed: recoveries.includes(false) }).toEqual({ name, missed: false });
  }
  for (const { name, heard } of listeners) {
    await expect.poll(() => heard, { timeout: 60_000, message: name }).toEqual(one?.heard);
  }
}, 180_000);

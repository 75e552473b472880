// How a server ends: in which order, at which times, and what somebody behind it sees.
import { ManualClock } from "@tautline/hub/broker-suite";
import { connect, serve } from "tautline";
import type { Connection, ServeOptions, TautlineServer } from "tautline";
import { afterEach, describe, expect, it } from "vitest";

import { Drain } from "../../src/serve/drain.ts";
import type { DrainParts } from "../../src/serve/drain.ts";

/** A drain whose parts write down when they were done, in milliseconds from the beginning. */
function play() {
  const clock = new ManualClock();
  const start = clock.now();
  const done: string[] = [];
  const note = (what: string) => done.push(`${clock.now() - start} ${what}`);
  let allTold: (() => void) | undefined;
  const parts: DrainParts = {
    announce: () => note("announce"),
    refuse: () => note("refuse"),
    tell: (overMs) => {
      note(`tell over ${overMs}`);
      return new Promise((resolve) => {
        allTold = resolve;
        clock.schedule(resolve, overMs);
      });
    },
    hurry: () => {
      note("hurry");
      allTold?.();
    },
    finish: async () => void note("finish"),
  };
  return { clock, done, drain: new Drain(parts, clock) };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const times = { drainGraceMs: 5000, drainSpreadMs: 20_000 };

describe("the end of a server", () => {
  it("is announced first; then nothing new is taken, clients are told, and the rest ends", async () => {
    const { clock, done, drain } = play();
    const over = drain.run(times);
    clock.advance(4999);
    await turn();
    expect(done).toEqual(["0 announce"]);
    clock.advance(1);
    await turn();
    expect(done.slice(1)).toEqual(["5000 refuse", "5000 tell over 20000"]);
    clock.advance(20_000);
    await over;
    expect(done.slice(3)).toEqual(["25000 finish"]);
  });

  it("waits for nothing that was not asked for, and begins once", async () => {
    const { done, drain } = play();
    const first = drain.run({ drainGraceMs: 0, drainSpreadMs: 0 });
    expect(done).toEqual(["0 announce", "0 refuse", "0 tell over 0"]);
    expect(drain.run(times)).toBe(first);
  });

  it.each([
    { name: "before it began", afterMs: undefined },
    { name: "in the grace", afterMs: 100 },
    { name: "while clients are told", afterMs: 6000 },
  ])("can be forced $name", async ({ afterMs }) => {
    const { clock, done, drain } = play();
    if (afterMs !== undefined) void drain.run(times);
    clock.advance(afterMs ?? 0);
    await turn();
    drain.force();
    const over = drain.run(times);
    await turn();
    clock.advance(0);
    await over;
    expect(done.at(-1)).toBe(`${afterMs ?? 0} finish`);
    expect(clock.pending).toBeLessThanOrEqual(1);
  });
});

const servers: TautlineServer[] = [];

const hubOf = ({ url }: TautlineServer): string =>
  `${url.replace("http", "ws")}/connection/websocket`;

/** What the hub says to a command. */
async function ask(socket: Connection, command: string): Promise<unknown> {
  socket.send(command);
  for await (const answer of socket) return answer;
  return undefined;
}

async function start(options: ServeOptions): Promise<TautlineServer> {
  const server = await serve({ port: 0, page: false, ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.terminate()));
});

describe("a server that is to end", () => {
  it("still takes clients in its grace, and says 503 at /readyz there and nowhere else", async () => {
    const server = await start({ drainGraceMs: 600_000 });
    const socket = await connect(hubOf(server));
    const closed = server.close();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const late = await connect(hubOf(server));
    await server.terminate();
    await closed;
    await Promise.all([socket.closed, late.closed]);
    await expect(fetch(`${server.url}/readyz`)).rejects.toThrow("fetch failed");
  });

  it("keeps those whose turn has not come, and takes nobody any more", async () => {
    const server = await start({ drainSpreadMs: 600_000, internalPort: 0 });
    const sockets: Connection[] = [];
    for (let n = 0; n < 3; n += 1) {
      const socket = await connect(hubOf(server));
      expect(await ask(socket, '{"id":1,"connect":{}}')).toContain("connect");
      sockets.push(socket);
    }
    const closed = server.close();
    expect(await sockets[0]?.closed).toMatchObject({ code: 3001, reason: "shutdown" });
    expect(await ask(sockets[1]!, '{"id":2,"subscribe":{"channel":"a"}}')).toContain('"id":2');
    await expect(connect(hubOf(server))).rejects.toMatchObject({
      code: "CONNECTION_UNREACHABLE",
    });
    expect((await fetch(`http://127.0.0.1:${server.internalPort}/readyz`)).status).toBe(503);
    await server.terminate();
    await closed;
  });

  it.each(["drainGraceMs", "drainSpreadMs", "drainTimeoutMs"])(
    "wants a time for %s",
    async (name) => {
      await expect(serve({ [name]: -1 })).rejects.toThrow(name);
      await expect(serve({ [name]: 0.5 })).rejects.toThrow(name);
    },
  );
});

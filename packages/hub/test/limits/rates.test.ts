/** How fast a client may send commands, of each kind and of all, and what becomes of one that does not stop. */

import { describe, expect, it, vi } from "vitest";
import type { HubOptions } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";
import type { FakeConnection } from "../fake-connection.ts";
import { TestHub, ask } from "../test-hub.ts";

/** Nothing but what the row says is limited, and nothing comes unasked. */
const unlimited: Partial<HubOptions> = {
  open: true,
  pingIntervalMs: 0,
  channels: { historySize: 1 },
  maxCommandsPerSecond: 0,
  maxSubscribesPerSecond: 0,
  maxPublishesPerSecond: 0,
  maxReadsPerSecond: 0,
  maxCallsPerSecond: 0,
  maxSendsPerSecond: 0,
  maxRefreshesPerSecond: 0,
  maxRefusalsPerMinute: 0,
};

/** The codes of the answers to so many of these commands at once, in the commands' order; 0 for none. */
async function burst(connection: FakeConnection, count: number, command: object) {
  const commands = Array.from({ length: count }, (_, index) => ({ id: index + 1, ...command }));
  const replies = await ask(connection, ...commands);
  return replies
    .filter(({ id }) => id !== undefined)
    .sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
    .map(({ error }) => error?.code ?? 0);
}

const tooMany = replyErrors.tooManyRequests.code;

describe("each kind of command", () => {
  const rows: { option: keyof HubOptions; commands: object[] }[] = [
    {
      option: "maxSubscribesPerSecond",
      commands: [{ unsubscribe: { channel: "a" } }],
    },
    { option: "maxPublishesPerSecond", commands: [{ publish: { channel: "a", data: 1 } }] },
    {
      option: "maxReadsPerSecond",
      commands: [
        { presence: { channel: "a" } },
        { presence_stats: { channel: "a" } },
        { history: { channel: "a" } },
      ],
    },
    { option: "maxCallsPerSecond", commands: [{ rpc: { method: "sum" } }] },
    {
      option: "maxCommandsPerSecond",
      commands: [{ rpc: { method: "sum" } }, { unsubscribe: { channel: "a" } }],
    },
  ];
  it.each(rows)("has a rate: $option", async ({ option, commands }) => {
    const test = new TestHub({ ...unlimited, [option]: 2, rateBurstSeconds: 3 });
    test.hub.rpc("sum", () => 0);
    for (const command of commands) {
      const connection = await test.connect();
      const taken = [0, 0, 0, 0, 0, 0];
      expect(await burst(connection, 8, command)).toEqual([...taken, tooMany, tooMany]);
      // Nothing for half of the time that one takes, and then one.
      test.clock.advance(499);
      expect(await burst(connection, 1, command)).toEqual([tooMany]);
      test.clock.advance(1);
      expect(await burst(connection, 2, command)).toEqual([0, tooMany]);
      // However long it was idle, it has no more than a burst.
      test.clock.advance(3_600_000);
      expect(await burst(connection, 7, command)).toEqual([...taken, tooMany]);
      expect(connection.closedWith).toBeUndefined();
    }
  });

  it("has a rate of its own: one that is used up leaves the others", async () => {
    const test = new TestHub({ ...unlimited, maxPublishesPerSecond: 1, rateBurstSeconds: 1 });
    const connection = await test.connect();
    const publish = { publish: { channel: "a", data: 1 } };
    expect(await burst(connection, 2, publish)).toEqual([0, tooMany]);
    expect(await burst(connection, 3, { presence: { channel: "a" } })).toEqual([0, 0, 0]);
  });

  it("is each client's: others have all of theirs", async () => {
    const test = new TestHub({ ...unlimited, maxCallsPerSecond: 1, rateBurstSeconds: 1 });
    test.hub.rpc("sum", () => 0);
    const [hasty, calm] = [await test.connect(), await test.connect()];
    expect(await burst(hasty, 2, { rpc: { method: "sum" } })).toEqual([0, tooMany]);
    expect(await burst(calm, 1, { rpc: { method: "sum" } })).toEqual([0]);
  });

  it("counts refreshes, whatever becomes of them", async () => {
    const test = new TestHub({ ...unlimited, maxRefreshesPerSecond: 1, rateBurstSeconds: 2 });
    const connection = await test.connect();
    const refresh = { refresh: { token: "x" } };
    expect(await burst(connection, 3, refresh)).toEqual([108, 108, tooMany]);
  });

  it("that wants no answer ends the connection instead, for now", async () => {
    const test = new TestHub({ ...unlimited, maxSendsPerSecond: 1, rateBurstSeconds: 2 });
    const heard: unknown[] = [];
    test.hub.onMessage((data) => void heard.push(data));
    const connection = await test.connect();
    await ask(connection, { send: { data: 1 } }, { send: { data: 2 } }, { send: { data: 3 } });
    expect(heard).toEqual([1, 2]);
    expect(connection.closedWith).toEqual(disconnects.tooManyRequests);
  });

  it("slower than one in a burst still comes through", async () => {
    const test = new TestHub({ ...unlimited, maxCallsPerSecond: 0.1, rateBurstSeconds: 1 });
    test.hub.rpc("sum", () => 0);
    const connection = await test.connect();
    expect(await burst(connection, 2, { rpc: { method: "sum" } })).toEqual([0, tooMany]);
    test.clock.advance(10_000);
    expect(await burst(connection, 1, { rpc: { method: "sum" } })).toEqual([0]);
  });
});

describe("a clock that is set back", () => {
  it("shuts nobody out for longer than a burst", async () => {
    const test = new TestHub({ ...unlimited, maxCallsPerSecond: 1, rateBurstSeconds: 2 });
    test.hub.rpc("sum", () => 0);
    const connection = await test.connect();
    expect(await burst(connection, 2, { rpc: { method: "sum" } })).toEqual([0, 0]);
    const now = vi.spyOn(test.clock, "now").mockReturnValue(test.clock.now() - 500_000);
    expect(await burst(connection, 1, { rpc: { method: "sum" } })).toEqual([tooMany]);
    now.mockReturnValue(test.clock.now() + 2000);
    expect(await burst(connection, 2, { rpc: { method: "sum" } })).toEqual([0, 0]);
  });
});

describe("a client that does not stop", () => {
  const impatient = { ...unlimited, maxCallsPerSecond: 1, rateBurstSeconds: 1 };

  it("is disconnected after so many refusals, and may come back", async () => {
    const test = new TestHub({ ...impatient, maxRefusalsPerMinute: 3 });
    test.hub.rpc("sum", () => 0);
    const connection = await test.connect();
    const codes = await burst(connection, 9, { rpc: { method: "sum" } });
    // The first was still under way.
    expect(codes).toEqual([tooMany, tooMany, tooMany]);
    expect(connection.closedWith).toEqual(disconnects.tooManyRequests);
    expect(test.counted).toEqual(["rate", "rate", "rate", "rate", "refusals"]);
    expect(test.logged("info")).toHaveLength(2);
    expect(test.clock.pending).toBe(0);
  });

  it("but heeds refusals is not", async () => {
    const test = new TestHub({ ...impatient, maxRefusalsPerMinute: 3 });
    test.hub.rpc("sum", () => 0);
    const connection = await test.connect();
    for (let n = 0; n < 20; n += 1) {
      expect(await burst(connection, 2, { rpc: { method: "sum" } })).toEqual([0, tooMany]);
      test.clock.advance(20_000);
    }
    expect(connection.closedWith).toBeUndefined();
  });

  it("is not disconnected where that is turned off", async () => {
    const test = new TestHub(impatient);
    test.hub.rpc("sum", () => 0);
    const connection = await test.connect();
    expect(await burst(connection, 500, { rpc: { method: "sum" } })).toHaveLength(500);
    expect(connection.closedWith).toBeUndefined();
  });
});

describe("pongs", () => {
  it("are no commands", async () => {
    const test = new TestHub({
      ...unlimited,
      pingIntervalMs: 1000,
      pongTimeoutMs: 900,
      maxCommandsPerSecond: 0.001,
      rateBurstSeconds: 1,
    });
    const connection = await test.connect();
    for (let n = 0; n < 10; n += 1) {
      test.clock.advance(n === 0 ? 500 : 1000);
      connection.receive("{}");
    }
    expect(connection.closedWith).toBeUndefined();
  });
});

describe("a refusal of a hook", () => {
  it("counts for no rate but that of its command", async () => {
    const test = new TestHub({ ...unlimited, maxRefusalsPerMinute: 1 });
    test.hub.onPublish(() => refuse(replyErrors.permissionDenied));
    const connection = await test.connect();
    const publish = { publish: { channel: "a", data: 1 } };
    expect(await burst(connection, 50, publish)).toEqual(Array(50).fill(103));
    expect(connection.closedWith).toBeUndefined();
  });
});

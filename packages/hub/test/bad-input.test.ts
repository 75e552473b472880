/** What hostile clients send: the protocol's code, nothing lost for others, and no memory held for them. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Disconnect, ReplyError } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import { deferred } from "./deferred.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const call = (id: number) => ({ id, rpc: { method: "slow" } });
const publish = (id: number) => ({ id, publish: { channel: "a", data: id } });
const subscribeTo = (channel: unknown, id = 2) => ({ id, subscribe: { channel } });

describe("what ends the connection", () => {
  const before: { name: string; frame: string | Uint8Array | object }[] = [
    { name: "a command before connect", frame: subscribeTo("a") },
    { name: "a pong before connect", frame: {} },
    { name: "a connect command without an id", frame: { connect: {} } },
    { name: "an empty frame", frame: "" },
    { name: "no JSON", frame: "hello" },
    { name: "a binary frame", frame: new Uint8Array([123, 125]) },
  ];
  it.each(before)("$name", async ({ frame }) => {
    const test = new TestHub();
    const connection = test.dial();
    connection.receive(frame);
    await settle();
    expect(connection.closedWith).toEqual(disconnects.badRequest);
    expect(connection.take()).toEqual([]);
    expect(test.clock.pending).toBe(0);
  });

  const after: { name: string; frame: string | object; disconnect?: Disconnect }[] = [
    { name: "a second connect command", frame: { id: 2, connect: {} } },
    { name: "a pong without a ping", frame: {} },
    { name: "a command without an id", frame: subscribeTo("a", 0) },
    { name: "a command without a request", frame: { id: 2 } },
    { name: "a command nobody knows", frame: { id: 2, destroy: { channel: "a" } } },
    { name: "a subscription to nothing", frame: { id: 2, subscribe: {} } },
    { name: "a subscription to the empty name", frame: subscribeTo("") },
    { name: "an unsubscription from nothing", frame: { id: 2, unsubscribe: {} } },
    { name: "a publication to nowhere", frame: { id: 2, publish: { data: 1 } } },
    { name: "presence of nothing", frame: { id: 2, presence: {} } },
    { name: "presence stats of nothing", frame: { id: 2, presence_stats: {} } },
    { name: "a number for a channel", frame: subscribeTo(7) },
    { name: "half a command", frame: '{"id":2,"subscribe":{"channel":"a"' },
    { name: "an empty line", frame: '\n{"id":2}' },
    { name: "JSON a thousand levels deep", frame: `{"id":2,"rpc":{"data":${"[".repeat(1000)}` },
    { name: "a frame of 65,537 bytes", frame: `{}${" ".repeat(65_535)}` },
    { name: "513 commands in a frame", frame: Array(513).fill('{"id":2,"ping":{}}').join("\n") },
    {
      name: "a message nobody takes",
      frame: { send: { data: 1 } },
      disconnect: disconnects.notAvailable,
    },
  ];
  it.each(after)("$name", async ({ frame, disconnect = disconnects.badRequest }) => {
    const test = new TestHub();
    const hostile = await test.connect();
    const witness = await test.connect("a");
    hostile.receive(frame);
    await settle();
    expect(hostile.closedWith).toEqual(disconnect);
    expect(test.hub.clients.size).toBe(1);
    await test.hub.channel("a").publish("still here");
    expect(witness.take()).toEqual([{ push: { channel: "a", pub: { data: '"still here"' } } }]);
  });
});

describe("what is answered with an error", () => {
  const rows: { name: string; command: object; error: ReplyError }[] = [
    {
      name: "a name of 256 bytes",
      command: subscribeTo("é".repeat(128)),
      error: replyErrors.badRequest,
    },
    {
      name: "a name of 10,000 bytes",
      command: subscribeTo("a".repeat(10_000)),
      error: replyErrors.badRequest,
    },
    {
      name: "a subscription of another type",
      command: { id: 2, subscribe: { channel: "a", type: 1 } },
      error: replyErrors.notAvailable,
    },
    {
      name: "a publication of another type",
      command: { id: 2, publish: { channel: "a", data: 1, type: 1 } },
      error: replyErrors.notAvailable,
    },
    {
      name: "a publication of nothing",
      command: { id: 2, publish: { channel: "a" } },
      error: replyErrors.badRequest,
    },
    {
      name: "an unknown procedure",
      command: { id: 2, rpc: { method: "none" } },
      error: replyErrors.methodNotFound,
    },
    {
      name: "a procedure without a name",
      command: { id: 2, rpc: {} },
      error: replyErrors.methodNotFound,
    },
    {
      name: "history",
      command: { id: 2, history: { channel: "a" } },
      error: replyErrors.notAvailable,
    },
    {
      name: "a refresh",
      command: { id: 2, refresh: { token: "x" } },
      error: replyErrors.notAvailable,
    },
    {
      name: "a refresh of a subscription",
      command: { id: 2, sub_refresh: { channel: "a" } },
      error: replyErrors.notAvailable,
    },
    { name: "a ping of the client", command: { id: 2, ping: {} }, error: replyErrors.notAvailable },
  ];
  it.each(rows)("$name", async ({ command, error }) => {
    const test = new TestHub();
    const connection = await test.connect();
    expect(await ask(connection, command)).toEqual([{ id: 2, error }]);
    expect(connection.closedWith).toBeUndefined();
  });

  it("a name of 255 bytes is none", async () => {
    const test = new TestHub();
    const connection = await test.connect();
    expect(await ask(connection, subscribeTo(`${"é".repeat(127)}a`))).toEqual([
      { id: 2, subscribe: {} },
    ]);
  });

  it("the subscription beyond the limit of 128, even of 20,000", async () => {
    const test = new TestHub({ open: true, maxCommandsPerSecond: 0, maxSubscribesPerSecond: 0 });
    const connection = await test.connect();
    let refused = 0;
    for (let frame = 0; frame < 40; frame += 1) {
      const commands = Array.from({ length: 500 }, (_, index) =>
        subscribeTo(`c${frame * 500 + index}`, index + 2),
      );
      const replies = await ask(connection, ...commands);
      refused += replies.filter(({ error }) => error?.code === 106).length;
    }
    expect(refused).toBe(20_000 - 128);
    expect(test.hub.clients.get("client-1")?.channels).toHaveLength(128);
    expect(connection.closedWith).toBeUndefined();
  });
});

describe("floods", () => {
  it("of 100,000 subscriptions end the connection, and hold nothing", async () => {
    const test = new TestHub();
    const [hostile, witness] = [await test.connect(), await test.connect("quiet")];
    const replies = { 106: 0, 111: 0, none: 0 };
    for (let frame = 0; frame < 200; frame += 1) {
      const commands = Array.from({ length: 500 }, (_, index) =>
        subscribeTo(`c${frame * 500 + index}`, index + 2),
      );
      for (const { error } of await ask(hostile, ...commands)) {
        if (error === undefined) replies.none += 1;
        else replies[error.code as 106 | 111] += 1;
      }
    }
    // Ten seconds' worth at once, of which 128 are begun; then a hundred refusals, and the end.
    expect(replies).toEqual({ none: 128, 106: 372, 111: 100 });
    expect(hostile.closedWith).toEqual(disconnects.tooManyRequests);
    expect(test.hub.clients.size).toBe(1);
    await test.hub.channel("quiet").publish("still here");
    expect(witness.take()).toHaveLength(1);
    // One line for each limit, however often it was reached.
    expect(test.logged("info")).toEqual(Array(3).fill("a client has reached a limit"));
  });

  it("of publications are cut to what may be, and others hear no more than that", async () => {
    const test = new TestHub();
    const [hostile, witness] = [await test.connect(), await test.connect("a")];
    const replies = [];
    for (let frame = 0; frame < 10; frame += 1) {
      const commands = Array.from({ length: 500 }, (_, index) => publish(frame * 500 + index + 2));
      replies.push(...(await ask(hostile, ...commands)));
    }
    expect(witness.take()).toHaveLength(2000);
    expect(replies.filter(({ publish }) => publish !== undefined)).toHaveLength(2000);
    expect(hostile.closedWith).toEqual(disconnects.tooManyRequests);
    expect(await ask(witness, publish(2))).toHaveLength(2);
  });
});

describe("more commands than may be under way", () => {
  it("are not read before others are done", async () => {
    const test = new TestHub({ open: true, maxPendingCommands: 3 });
    const results = [deferred(), deferred(), deferred(), deferred(), deferred()];
    let calls = 0;
    test.hub.rpc("slow", () => results[calls++]?.promise);
    const connection = await test.connect();
    connection.receive(call(2), call(3));
    expect(connection.paused).toBe(false);
    // The whole of a frame that was read is taken.
    connection.receive(call(4), call(5));
    expect(connection.paused).toBe(true);
    connection.receive(call(6));
    await settle();
    expect(calls).toBe(4);
    results[0]?.resolve();
    await settle();
    expect(connection.paused).toBe(true);
    results[1]?.resolve();
    await settle();
    expect(calls).toBe(5);
    for (const { resolve } of results) resolve();
    await settle();
    expect(connection.paused).toBe(false);
    expect(connection.take().map(({ id }) => id)).toEqual([2, 3, 4, 5, 6]);
  });

  it("end the connection when nothing is done for so long that a pong is overdue", async () => {
    const test = new TestHub({ open: true, maxPendingCommands: 1 });
    test.hub.rpc("slow", () => new Promise(() => undefined));
    const connection = await test.connect();
    connection.receive(call(2));
    test.clock.advance(22_500);
    expect(connection.closedWith).toEqual(disconnects.tooManyRequests);
  });
});

describe("unknown fields", () => {
  it("are ignored, and __proto__ is one of them", async () => {
    const test = new TestHub();
    const connection = await test.connect();
    const frame =
      '{"id":2,"__proto__":{"x":1},"subscribe":{"channel":"a","__proto__":{},"future":[1]}}';
    expect(await ask(connection, frame)).toEqual([{ id: 2, subscribe: {} }]);
    expect(await ask(connection, subscribeTo("__proto__", 3))).toEqual([{ id: 3, subscribe: {} }]);
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["a", "__proto__"]);
  });
});

describe("a frame with a fault in the middle", () => {
  it("has the commands before it taken", async () => {
    const test = new TestHub();
    const witness = await test.connect("a");
    const hostile = await test.connect();
    hostile.receive({ id: 2, publish: { channel: "a", data: 1 } }, "{");
    await settle();
    expect(hostile.closedWith).toEqual(disconnects.badRequest);
    expect(witness.take()).toHaveLength(1);
  });
});

describe("any frame at all", () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        {
          id: fc.oneof(fc.nat({ max: 9 }), fc.jsonValue()),
          subscribe: fc.oneof(fc.constant({ channel: "a" }), fc.jsonValue()),
          publish: fc.oneof(fc.constant({ channel: "a", data: 1 }), fc.jsonValue()),
          presence: fc.record({ channel: fc.jsonValue() }),
          rpc: fc.jsonValue(),
          send: fc.jsonValue(),
          connect: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((command) => JSON.stringify(command)),
  );

  it("throws nothing, and others do not notice", async () => {
    const test = new TestHub();
    const witness = await test.connect("quiet");
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), async (lines, connected) => {
        const hostile = connected ? await test.connect() : test.dial();
        hostile.receive(lines.join("\n"));
        await settle();
        hostile.drop();
        await settle();
        expect(hostile.closedWith?.code ?? 3500).toBeGreaterThanOrEqual(3500);
        expect(test.hub.clients.size).toBe(1);
      }),
    );
    await test.hub.channel("quiet").publish("still here");
    expect(witness.take()).toHaveLength(1);
    expect(test.logged("error")).toEqual([]);
  });
});

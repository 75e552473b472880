/** Calls: their answers, their ends, and what happens to them while there is no connection. */

import { getEventListeners } from "node:events";
import type { Client } from "@tautline/client";
import { CallFailed, CallRefused, LimitExceeded, UsageError } from "@tautline/client";
import { decodePayload, encodePayload } from "@tautline/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { settle } from "./fake-environment.ts";
import { World } from "./world.ts";

let world: World;

beforeEach(() => {
  world = new World();
});

interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
}
const pending: Outcome = {};

/** How a promise ended, once the world has moved for `ms`. */
async function outcome(promise: Promise<unknown>, ms = 20): Promise<Outcome> {
  const ended = promise.then(
    (value): Outcome => ({ value }),
    (error: unknown): Outcome => ({ error }),
  );
  await world.environment.advance(ms);
  return Promise.race([ended, Promise.resolve(pending)]);
}

const published = (): unknown[] =>
  world.server
    .requests("publish")
    .map(({ publish }) => publish?.data && decodePayload(publish.data));

describe("calls with an answer", () => {
  const rows: { name: string; call: (client: Client) => Promise<unknown>; value: unknown }[] = [
    { name: "publish", call: (client) => client.publish("chat", { text: "hi" }), value: undefined },
    { name: "rpc", call: (client) => client.rpc("echo", [1, "two"]), value: [1, "two"] },
    { name: "rpc without data", call: (client) => client.rpc("now"), value: undefined },
    { name: "rpc with null", call: (client) => client.rpc("echo", null), value: null },
    { name: "send", call: (client) => client.send("psst"), value: undefined },
    {
      name: "presence",
      call: (client) => client.presence("chat"),
      value: [
        { client: "a", user: "ann", info: { name: "Ann" }, channelInfo: undefined },
        { client: "b", user: "", info: undefined, channelInfo: undefined },
      ],
    },
    {
      name: "presence stats",
      call: (client) => client.presenceStats("chat"),
      value: { clients: 3, users: 2 },
    },
  ];
  test.each(rows)("$name", async ({ call, value }) => {
    const client = await world.connected();
    world.server.members = new Map([
      ["a", { client: "a", user: "ann", conn_info: encodePayload({ name: "Ann" }) }],
      ["b", { client: "b", user: "" }],
    ]);
    expect(await outcome(call(client))).toEqual({ value });
  });

  test("a message without an answer has no id", async () => {
    const client = await world.connected();
    await client.send({ typing: true });
    expect(world.server.requests("send")).toEqual([{ send: { data: '{"typing":true}' } }]);
  });

  test("a refusal of the server", async () => {
    const client = await world.connected();
    world.server.refusals.set("publish", {
      code: 111,
      message: "too many requests",
      temporary: true,
    });
    const { error } = await outcome(client.publish("chat", 1));
    expect(error).toBeInstanceOf(CallRefused);
    expect(error).toMatchObject({
      code: "refused",
      name: "CallRefused",
      serverCode: 111,
      serverMessage: "too many requests",
      temporary: true,
    });
  });

  test.each([{ data: undefined }, { data: () => 1 }, { data: 1n }])(
    "data without a JSON form is the caller's mistake: $data",
    async ({ data }) => {
      const client = await world.connected();
      const { error } = await outcome(client.publish("chat", data));
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: "bad-payload" });
    },
  );

  test("an answer that nobody waits for is nothing unusual", async () => {
    const client = await world.connected();
    world.server.socket.reply({ id: 77, publish: {} });
    expect(client.state).toBe("connected");
  });
});

describe("patience", () => {
  test("a call without an answer ends after the default time", async () => {
    const client = await world.connected({ callTimeoutMs: 4000 });
    world.server.ignored.add("rpc");
    const call = client.rpc("sleep");
    expect(await outcome(call, 3999)).toBe(pending);
    expect(await outcome(call, 1)).toMatchObject({ error: { code: "timeout" } });
    expect(client.state).toBe("connected");
  });

  test("a call's own time counts, and an answer after it is ignored", async () => {
    const client = await world.connected();
    world.server.ignored.add("rpc");
    const call = client.rpc("sleep", 1, { timeoutMs: 100 });
    expect(await outcome(call, 100)).toMatchObject({ error: { code: "timeout" } });
    const id = world.server.requests("rpc")[0]?.id ?? 0;
    world.server.socket.reply({ id, rpc: {} });
    expect(client.state).toBe("connected");
  });

  test("infinite patience needs no timer", async () => {
    const client = await world.connected();
    world.server.ignored.add("rpc");
    const timers = world.environment.timerCount;
    const call = client.rpc("sleep", 1, { timeoutMs: Number.POSITIVE_INFINITY });
    await settle();
    // The one timer is the fake server's.
    expect(world.environment.timerCount).toBe(timers + 1);
    expect(await outcome(call, 20_000)).toBe(pending);
  });

  test.each([0, -1, Number.NaN])("a time of %d is the caller's mistake", async (timeoutMs) => {
    const client = await world.connected();
    await expect(client.rpc("now", 1, { timeoutMs })).rejects.toMatchObject({ code: "bad-option" });
  });

  test("an aborted call rejects with the signal's reason and leaves nothing behind", async () => {
    const client = await world.connected();
    world.server.ignored.add("rpc");
    const controller = new AbortController();
    const call = client.rpc("sleep", 1, { signal: controller.signal });
    await settle();
    controller.abort(new Error("changed my mind"));
    expect(await outcome(call)).toMatchObject({ error: { message: "changed my mind" } });
    void client.disconnect();
    await world.environment.advance(30_000);
    expect(world.environment.timerCount).toBe(0);
  });

  test("an answered call leaves neither a timer nor a listener", async () => {
    const client = await world.connected();
    const timers = world.environment.timerCount;
    const { signal } = new AbortController();
    const answered = client.rpc("echo", 1, { signal });
    const sent = client.send(1, { signal });
    await settle();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    expect(await outcome(Promise.all([answered, sent]))).toEqual({ value: [1, undefined] });
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(world.environment.timerCount).toBe(timers);
  });

  test("a signal that is aborted already sends nothing", async () => {
    const client = await world.connected();
    const call = client.rpc("sleep", 1, { signal: AbortSignal.abort() });
    expect(await outcome(call)).toMatchObject({ error: { name: "AbortError" } });
    expect(world.server.requests("rpc")).toEqual([]);
  });

  test("ready, connect and disconnect have their ends as well", async () => {
    world.server.mood = "unreachable";
    const client = world.client();
    const connecting = client.connect({ timeoutMs: 50 });
    const ready = client.ready({ signal: AbortSignal.abort(new Error("no")) });
    expect(await outcome(ready, 0)).toMatchObject({ error: { message: "no" } });
    expect(await outcome(connecting, 50)).toMatchObject({ error: { code: "timeout" } });
    expect(client.state).toBe("connecting");
    expect(await outcome(client.disconnect({ timeoutMs: 1 }), 1)).toMatchObject({
      error: { code: "timeout" },
    });
    expect(client.state).toBe("disconnected");
  });
});

describe("without a connection", () => {
  test("a client that does not connect refuses calls at once", async () => {
    const client = world.client();
    const { error } = await outcome(client.publish("chat", 1), 0);
    expect(error).toBeInstanceOf(CallFailed);
    expect(error).toMatchObject({ code: "disconnected" });
    await expect(client.ready()).rejects.toMatchObject({ code: "disconnected" });
  });

  test("calls wait, and go out in their order when the connection is there", async () => {
    const client = world.client();
    void client.connect();
    const calls = Promise.all([
      client.publish("chat", 1),
      client.send("between"),
      client.publish("chat", 2),
      client.rpc("echo", 3),
    ]);
    expect(await outcome(calls)).toEqual({ value: [undefined, undefined, undefined, 3] });
    expect(published()).toEqual([1, 2]);
    expect(world.server.socket.commands.map((command) => Object.keys(command).at(-1))).toEqual([
      "connect",
      "publish",
      "send",
      "publish",
      "rpc",
    ]);
  });

  test("a call that was sent when the connection broke fails and is not sent again", async () => {
    const client = await world.connected();
    world.server.ignored.add("publish");
    const call = client.publish("chat", "once");
    await settle();
    world.server.socket.end(1006);
    expect(await outcome(call)).toMatchObject({ error: { code: "connection-lost" } });
    world.server.ignored.clear();
    await world.environment.advance(1000);
    expect(client.state).toBe("connected");
    expect(published()).toEqual(["once"]);
  });

  test("time goes on while a call waits, and one that ended is not sent", async () => {
    const client = await world.connected();
    world.server.mood = "refusing";
    world.server.socket.end(1006);
    const controller = new AbortController();
    const calls = [
      client.publish("chat", "timed out", { timeoutMs: 1000 }),
      client.publish("chat", "aborted", { signal: controller.signal }),
      client.publish("chat", "sent", { timeoutMs: 60_000 }),
    ];
    const ended = Promise.allSettled(calls);
    controller.abort();
    await world.environment.advance(5000);
    world.server.mood = "good";
    await world.environment.advance(30_000);
    expect((await ended).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    expect(published()).toEqual(["sent"]);
  });

  test("the newest is refused when too many wait, and there is room again after one has left", async () => {
    const client = world.client({ maxQueuedCalls: 2 });
    void client.connect();
    const first = client.publish("chat", 1, { timeoutMs: 5 });
    const second = client.publish("chat", 2);
    const third = await client.publish("chat", 3).catch((error: unknown) => error);
    expect(third).toBeInstanceOf(LimitExceeded);
    expect(third).toMatchObject({ code: "queue-full", message: expect.stringContaining("newest") });
    expect(await outcome(first, 5)).toMatchObject({ error: { code: "timeout" } });
    const fourth = client.publish("chat", 4);
    expect(await outcome(Promise.all([second, fourth]))).toMatchObject({
      value: [undefined, undefined],
    });
    expect(published()).toEqual([2, 4]);
  });

  test("the newest is refused when too many bytes wait", async () => {
    const client = world.client({ maxQueuedBytes: 200 });
    void client.connect();
    const first = client.publish("chat", "é".repeat(60));
    await expect(client.publish("chat", "x".repeat(60))).rejects.toMatchObject({
      code: "queue-full",
    });
    expect(await outcome(first)).toEqual({ value: undefined });
    expect(published()).toEqual(["é".repeat(60)]);
  });

  test("a call that has left the queue gives its bytes back", async () => {
    const client = world.client({ maxQueuedBytes: 100 });
    void client.connect();
    const first = client.publish("chat", "x".repeat(50), { timeoutMs: 1 });
    expect(await outcome(first, 1)).toMatchObject({ error: { code: "timeout" } });
    expect(await outcome(client.publish("chat", "y".repeat(50)))).toEqual({ value: undefined });
  });

  test("a socket that takes no more bytes refuses as well", async () => {
    const client = await world.connected({ maxQueuedBytes: 1000 });
    world.server.socket.bufferedAmount = 990;
    await expect(client.publish("chat", 1)).rejects.toMatchObject({ code: "queue-full" });
    world.server.socket.bufferedAmount = 0;
    expect(await outcome(client.publish("chat", 1))).toEqual({ value: undefined });
  });

  test("disconnecting fails what waits and what was sent", async () => {
    const client = await world.connected();
    world.server.ignored.add("publish");
    const sent = client.publish("chat", 1);
    await settle();
    void client.disconnect();
    expect(await outcome(sent)).toMatchObject({ error: { code: "connection-lost" } });
    void client.connect();
    const waiting = client.publish("chat", 2);
    await settle();
    void client.disconnect();
    expect(await outcome(waiting)).toMatchObject({ error: { code: "disconnected" } });
  });

  test("many waiting calls are sent in frames of a decent size", async () => {
    const client = world.client();
    void client.connect();
    const calls = Promise.all(
      Array.from({ length: 250 }, (_, at) => client.publish("chat", `${at} ${"x".repeat(400)}`)),
    );
    expect(await outcome(calls)).toMatchObject({ value: expect.anything() });
    expect(published()).toHaveLength(250);
    expect(world.server.largestFrame).toBeLessThanOrEqual(16_384);
  });
});

/** Hubs that act as one: what is done to clients everywhere, who is there, and what another process may say wrong. */

import { beforeEach, describe, expect, it } from "vitest";
import { settle } from "../fake-connection.ts";
import { TestHub } from "../test-hub.ts";
import { MeetingPoint } from "./meeting-point.ts";

let point: MeetingPoint;
let ids = 0;

async function start(name = "one"): Promise<TestHub> {
  const test = new TestHub({ open: true }, point.makeBroker(), {
    randomId: () => `id-${(ids += 1)}`,
    facts: () => ({ name, version: "1", cpuPercent: 2.5, memoryBytes: 3 }),
  });
  test.hub.onConnect(({ token }) => ({ user: token }));
  await test.hub.ready;
  await turns();
  return test;
}

/** A few messages there and back. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

async function dial(test: TestHub, user: string, ...channels: string[]) {
  const connection = test.dial();
  connection.receive(
    { id: 1, connect: { token: user } },
    ...channels.map((channel, index) => ({ id: index + 2, subscribe: { channel } })),
  );
  await settle();
  connection.take();
  return connection;
}

beforeEach(() => {
  point = new MeetingPoint();
});

describe("an order", () => {
  it("reaches the clients of all hubs", async () => {
    const [one, two] = [await start(), await start()];
    const [ann, again, ben] = [
      await dial(one, "ann"),
      await dial(two, "ann"),
      await dial(two, "ben"),
    ];
    expect(await one.hub.disconnect({ user: "ann" }, { code: 4503, reason: "out" })).toBe(1);
    await turns();
    expect(ann.closedWith).toEqual({ code: 4503, reason: "out" });
    expect(again.closedWith).toEqual({ code: 4503, reason: "out" });
    expect(ben.closedWith).toBeUndefined();
  });

  it("spares those elsewhere that it leaves out, and finds one alone", async () => {
    const [one, two] = [await start(), await start()];
    const [ann, ben] = [await dial(two, "ann"), await dial(two, "ben")];
    const [annId, benId] = [...two.hub.clients.keys()];
    await one.hub.disconnect({ user: "ann", except: [annId ?? ""] });
    await one.hub.disconnect({ client: benId });
    await turns();
    expect(ann.closedWith).toBeUndefined();
    expect(ben.closedWith).toMatchObject({ code: 3503 });
  });

  it("about a client of this hub is told to nobody", async () => {
    const one = await start();
    await dial(one, "ann");
    point.said.length = 0;
    await one.hub.disconnect({ client: [...one.hub.clients.keys()][0] });
    expect(point.said).toEqual([]);
  });

  it("subscribes with all that goes with it, and unsubscribes", async () => {
    const [one, two] = [await start(), await start()];
    const ann = await dial(two, "ann");
    const count = await one.hub.subscribe(
      { user: "ann" },
      { channel: "a", info: { seat: 1 }, data: Uint8Array.of(34, 120, 34), joinLeave: true },
    );
    expect(count).toBe(0);
    await turns();
    expect(ann.take()).toContainEqual({
      push: { channel: "a", subscribe: expect.objectContaining({ data: '"x"' }) },
    });
    const [member] = [...(await two.hub.channel("a").presence()).values()];
    expect(member).toMatchObject({ user: "ann", channelInfo: { seat: 1 } });
    await one.hub.unsubscribe({ user: "ann" }, "a", { code: 2600, reason: "later" });
    await turns();
    expect(ann.take()).toContainEqual({
      push: { channel: "a", unsubscribe: { code: 2600, reason: "later" } },
    });
    await one.hub.subscribe({ user: "ann" }, { channel: "b", since: { offset: 1, epoch: "e" } });
    await one.hub.unsubscribe({ user: "ann" });
    await turns();
    expect([...two.hub.clients.values()].map(({ channels }) => channels)).toEqual([[]]);
  });

  it("refreshes with all that goes with it", async () => {
    const [one, two] = [await start(), await start()];
    const ann = await dial(two, "ann");
    const capabilities = [{ channels: ["a*"], match: "wildcard", allow: ["publish"] }] as const;
    const expiresAtMs = two.clock.now() + 60_000;
    await one.hub.refresh(
      { user: "ann" },
      { expiresAtMs, info: { name: "Ann" }, meta: { plan: 1 }, capabilities },
    );
    await turns();
    expect(ann.take()).toEqual([{ push: { refresh: { expires: true, ttl: 60 } } }]);
    const [client] = [...two.hub.clients.values()];
    expect(client).toMatchObject({ info: { name: "Ann" }, meta: { plan: 1 }, expiresAtMs });
  });

  it("is carried out here when the others cannot be told, and says that", async () => {
    const one = await start();
    const [ann, ben] = [await dial(one, "ann"), await dial(one, "ben")];
    point.failure = new Error("the engine is away");
    await expect(one.hub.disconnect({ user: "ann" })).rejects.toThrow("the engine is away");
    expect(ann.closedWith).toMatchObject({ code: 3503 });
    // Nobody has to wait for it.
    void one.hub.disconnect({ user: "ben" });
    await turns();
    expect(ben.closedWith).toMatchObject({ code: 3503 });
    expect(one.logged("warn")).toEqual(["an order failed", "an order failed"]);
  });

  it("that is longer than a message is refused, and so is a value without a JSON form", async () => {
    const one = await start();
    const except = Array.from({ length: 10_000 }, (_, n) => `${n}`.padStart(36, "0"));
    await expect(one.hub.disconnect({ user: "ann", except })).rejects.toThrow(RangeError);
    await expect(one.hub.refresh({ user: "ann" }, { meta: () => 1 })).rejects.toThrow(TypeError);
  });
});

describe("the list of nodes", () => {
  it("has this hub alone when its broker joins nobody", async () => {
    const test = new TestHub();
    await test.hub.ready;
    expect([...test.hub.nodes.keys()]).toEqual([test.hub.node]);
    expect(test.hub.nodes.get(test.hub.node)).toMatchObject({ name: "", clients: 0 });
    expect(test.hub.relay).toBeUndefined();
    expect(test.clock.pending).toBe(0);
  });

  it("has all hubs at once, with what is on them", async () => {
    const [one, two] = [await start("one"), await start("two")];
    await dial(two, "ann", "a", "b");
    expect([...one.hub.nodes.keys()]).toEqual([one.hub.node, two.hub.node]);
    expect([...two.hub.nodes.keys()]).toEqual([two.hub.node, one.hub.node]);
    two.clock.advance(3000);
    await turns();
    expect(one.hub.nodes.get(two.hub.node)).toEqual({
      name: "two",
      version: "1",
      cpuPercent: 2.5,
      memoryBytes: 3,
      connections: 1,
      clients: 1,
      users: 1,
      channels: 2,
      subscriptions: 2,
      uptimeMs: 3000,
    });
  });

  it("is rid at once of a hub that ends, and in time of one that dies", async () => {
    const [one, two, three] = [await start(), await start(), await start()];
    await two.hub.shutdown();
    await turns();
    expect([...one.hub.nodes.keys()]).toEqual([one.hub.node, three.hub.node]);
    // The third says no word any more: its clock stands still.
    one.clock.advance(9000);
    expect(one.hub.nodes.size).toBe(2);
    one.clock.advance(1000);
    expect([...one.hub.nodes.keys()]).toEqual([one.hub.node]);
    await one.hub.shutdown();
    expect(one.clock.pending).toBe(0);
  });

  it("is whole again when messages may have been missed", async () => {
    const [one, two] = [await start(), await start()];
    one.clock.advance(10_000);
    expect(one.hub.nodes.size).toBe(1);
    point.resume(one.hub.node);
    await turns();
    expect(one.hub.nodes.has(two.hub.node)).toBe(true);
  });

  it("is not spoilt by an engine that is away", async () => {
    const one = await start();
    point.failure = new Error("away");
    one.clock.advance(3000);
    await turns();
    point.failure = undefined;
    const two = await start();
    expect(one.hub.nodes.has(two.hub.node)).toBe(true);
    point.failure = new Error("away again");
    await one.hub.shutdown();
  });
});

const order = (fields: object): string =>
  JSON.stringify({ from: "x", kind: "order", order: fields });

describe("a message from outside", () => {
  const whom = { user: "ann" };
  const rows: readonly { readonly name: string; readonly message: string }[] = [
    { name: "is no JSON", message: "hello" },
    { name: "is no object", message: "[]" },
    { name: "comes from nobody", message: '{"kind":"hello"}' },
    { name: "comes from an endless name", message: `{"from":"${"x".repeat(300)}","kind":"gone"}` },
    { name: "has no kind", message: '{"from":"x"}' },
    { name: "has an unknown kind", message: '{"from":"x","kind":"dance"}' },
    { name: "is too long", message: `{"from":"x","kind":"hello"}\n${"x".repeat(300_000)}` },
    { name: "tells of a node without numbers", message: '{"from":"x","kind":"here","info":{}}' },
    { name: "orders nothing", message: order({ kind: "dance", whom }) },
    { name: "orders something for nobody", message: order({ kind: "unsubscribe", whom: {} }) },
    {
      name: "orders something for no text",
      message: order({ kind: "unsubscribe", whom: { user: 1 } }),
    },
    {
      name: "disconnects with a code that is none",
      message: order({ kind: "disconnect", whom, why: { code: 1000, reason: "" } }),
    },
    {
      name: "grants what is no capability",
      message: order({ kind: "refresh", whom, grant: { capabilities: [1] } }),
    },
    {
      name: "grants for what is no match",
      message: order({
        kind: "refresh",
        whom,
        grant: { capabilities: [{ channels: [], match: "all", allow: [] }] },
      }),
    },
    {
      name: "grants an info that is none",
      message: order({ kind: "refresh", whom, grant: { info: 1 } }),
    },
    {
      name: "subscribes to no channel",
      message: order({ kind: "subscribe", whom, subscription: {} }),
    },
    {
      name: "has a piece of nothing",
      message: '{"from":"x","kind":"ask","line":"l","id":1,"index":1,"count":1}',
    },
    {
      name: "has more pieces than there may be",
      message: '{"from":"x","kind":"ask","line":"l","id":1,"index":1,"count":1e9}',
    },
  ];
  it.each(rows)("that $name is logged and changes nothing", async ({ message }) => {
    const one = await start();
    const ann = await dial(one, "ann");
    point.whisper(one.hub.node, message);
    await turns();
    expect(one.logged("error")).toEqual(["a message of another hub could not be taken"]);
    expect(ann.closedWith).toBeUndefined();
    expect(one.hub.nodes.size).toBe(1);
  });

  it("that orders what a client may not have is logged", async () => {
    const one = await start();
    await dial(one, "ann");
    const subscription = { channel: "x".repeat(1000) };
    point.whisper(one.hub.node, order({ kind: "subscribe", whom, subscription }));
    await turns();
    expect(one.logged("warn")).toEqual(["an order of another hub failed"]);
  });
});

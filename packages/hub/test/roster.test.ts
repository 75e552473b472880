/** The clients and channels of a hub as a whole: who is meant, who is listed, and what is done with many at once. */

import { disconnects, replyErrors } from "@tautline/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { deferred } from "./deferred.ts";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

let test: TestHub;

beforeEach(() => {
  test = new TestHub({ open: true, maxChannelsPerClient: 2 });
  test.hub.onConnect(({ data }) => ({ user: typeof data === "string" ? data : "" }));
});

/** A client of `user`, with the number of its connection in its id. */
async function dial(user: string, ...channels: string[]): Promise<FakeConnection> {
  const connection = test.dial();
  await ask(
    connection,
    { id: 1, connect: { data: user } },
    ...channels.map((channel, index) => ({ id: index + 2, subscribe: { channel } })),
  );
  return connection;
}

describe("a selection of clients", () => {
  const rows = [
    { name: "all of a user", whom: { user: "ann" }, closed: [1, 3] },
    { name: "one client", whom: { client: "client-3" }, closed: [3] },
    { name: "one client of its user", whom: { user: "ann", client: "client-3" }, closed: [3] },
    { name: "a client of another user", whom: { user: "ben", client: "client-3" }, closed: [] },
    { name: "all but some", whom: { user: "ann", except: ["client-1"] }, closed: [3] },
    { name: "those of whom nothing is known", whom: { user: "" }, closed: [4] },
    { name: "nobody who is there", whom: { user: "eve" }, closed: [] },
    { name: "no client that is there", whom: { client: "client-9" }, closed: [] },
  ];
  for (const { name, whom, closed } of rows) {
    it(`means ${name}`, async () => {
      const connections = [];
      for (const user of ["ann", "ben", "ann", ""]) connections.push(await dial(user));
      await test.hub.disconnect(whom);
      expect(
        connections.flatMap(({ closedWith }, index) => (closedWith === undefined ? [] : index + 1)),
      ).toEqual(closed);
    });
  }

  it("that names nobody is a mistake, and so is a code that cannot be sent", async () => {
    await dial("ann");
    const nobody = { except: ["client-1"] };
    expect(() => test.hub.disconnect({})).toThrow(TypeError);
    expect(() => test.hub.unsubscribe(nobody, "a")).toThrow(TypeError);
    expect(() => test.hub.refresh(nobody, {})).toThrow(TypeError);
    await expect(test.hub.subscribe({}, { channel: "a" })).rejects.toThrow(TypeError);
    expect(() => test.hub.disconnect({ user: "eve" }, { code: 1000, reason: "" })).toThrow(
      RangeError,
    );
    expect(test.hub.clients.size).toBe(1);
  });
});

describe("subscribing many", () => {
  it("tells each client, leaves those alone who are there, and says how many", async () => {
    const [ann, again] = [await dial("ann", "a"), await dial("ann")];
    ann.take();
    expect(await test.hub.subscribe({ user: "ann" }, { channel: "a", data: "hello" })).toBe(2);
    expect(ann.take()).toEqual([]);
    expect(again.take()).toContainEqual({
      push: { channel: "a", subscribe: expect.objectContaining({ data: '"hello"' }) },
    });
    expect((await test.hub.channel("a").presence()).size).toBe(2);
  });

  it("fails when one has too many subscriptions, and subscribes the others", async () => {
    await dial("ann", "x", "y");
    await dial("ann");
    await expect(test.hub.subscribe({ user: "ann" }, { channel: "a" })).rejects.toMatchObject({
      answer: replyErrors.limitExceeded,
    });
    expect((await test.hub.channel("a").presence()).size).toBe(1);
  });

  it("can be for a time, and from a place in the log", async () => {
    test = new TestHub({ open: true, channels: { historySize: 10, recovery: "stream" } });
    const channel = test.hub.channel("a");
    const { position } = await channel.publish(1);
    await channel.publish(2);
    const ann = await test.connect();
    const expiresAtMs = test.clock.now() + 5_000;
    await test.hub.subscribe(
      { client: "client-2" },
      { channel: "a", since: position, expiresAtMs },
    );
    const pushes = ann.take().map(({ push }) => push);
    expect(pushes[0]?.subscribe).toMatchObject({ recoverable: true });
    expect(pushes[1]?.pub).toMatchObject({ data: "2", offset: 2 });
    test.clock.advance(5_000);
    await settle();
    expect(ann.take().at(-1)).toMatchObject({
      push: { channel: "a", unsubscribe: { code: 2501 } },
    });
  });
});

describe("unsubscribing many", () => {
  it("ends one subscription, or all", async () => {
    const ann = await dial("ann", "a", "b");
    await test.hub.unsubscribe({ user: "ann" }, "a");
    await settle();
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["b"]);
    await test.hub.subscribe({ user: "ann" }, { channel: "a" });
    await test.hub.unsubscribe({ client: "client-1" });
    await settle();
    expect(test.hub.clients.get("client-1")?.channels).toEqual([]);
    expect(ann.closedWith).toBeUndefined();
  });
});

describe("lists", () => {
  it("of clients come in pages, by user and by channel", async () => {
    for (const user of ["ann", "ben", "ann", "ann"]) await dial(user, user === "ben" ? "b" : "a");
    const first = test.hub.listClients({ limit: 3 });
    expect([...first.entries.keys()]).toEqual(["client-1", "client-2", "client-3"]);
    expect(first.next).toBe("client-3");
    const second = test.hub.listClients({ limit: 3, after: first.next });
    expect([...second.entries.keys()]).toEqual(["client-4"]);
    expect(second.next).toBeUndefined();
    expect([...test.hub.listClients({ user: "ann", after: "client-1" }).entries.keys()]).toEqual([
      "client-3",
      "client-4",
    ]);
    expect([...test.hub.listClients({ channel: "b" }).entries.keys()]).toEqual(["client-2"]);
    expect(test.hub.listClients({ user: "eve" }).entries.size).toBe(0);
  });

  it("tell since when a client is there, and what waits for it", async () => {
    const connectedAtMs = test.clock.now();
    const ann = await dial("ann", "a");
    ann.bufferedBytes = 70_000;
    test.clock.advance(5000);
    const [client] = test.hub.listClients().entries.values();
    expect(client).toMatchObject({ connectedAtMs, bufferedBytes: 70_000 });
  });

  const patterns = [
    { pattern: undefined, fits: ["chat:1", "chat:12", "news"] },
    { pattern: "*", fits: ["chat:1", "chat:12", "news"] },
    { pattern: "chat:*", fits: ["chat:1", "chat:12"] },
    { pattern: "*2", fits: ["chat:12"] },
    { pattern: "*a*:*2", fits: ["chat:12"] },
    { pattern: "n*w*s", fits: ["news"] },
    { pattern: "new", fits: [] },
    { pattern: "new?", fits: [] },
    { pattern: "[a-z]*", fits: [] },
  ];
  for (const { pattern, fits } of patterns) {
    it(`of channels hold what fits ${pattern ?? "no pattern"}`, async () => {
      await dial("ann", "news", "chat:12");
      await dial("ben", "chat:1");
      const { entries } = test.hub.listChannels({ pattern });
      expect([...entries.keys()]).toEqual(fits);
    });
  }

  it("of channels count subscribers, and lose what has none", async () => {
    await dial("ann", "a", "b");
    const ben = await dial("ben", "a");
    expect(test.hub.listChannels().entries).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    );
    expect(test.hub.listChannels({ limit: 1 })).toEqual({
      entries: new Map([["a", 2]]),
      next: "a",
    });
    ben.drop();
    await test.hub.unsubscribe({ user: "ann" }, "b");
    await settle();
    expect(test.hub.listChannels().entries).toEqual(new Map([["a", 1]]));
  });

  it("have a limit that is a whole number from 1", () => {
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      expect(() => test.hub.listClients({ limit })).toThrow(RangeError);
      expect(() => test.hub.listChannels({ limit })).toThrow(RangeError);
    }
  });

  it("match a hostile pattern in little time", async () => {
    const name = "a".repeat(250);
    await dial("ann", name);
    expect(test.hub.listChannels({ pattern: `${"*a".repeat(500)}b` }).entries.size).toBe(0);
  });
});

describe("what is known of a hub", () => {
  it("is how much there is on it", async () => {
    test.dial();
    await dial("ann", "a", "b");
    await dial("ann", "a");
    test.clock.advance(1000);
    expect(test.hub.info()).toEqual({
      connections: 3,
      clients: 2,
      users: 1,
      channels: 2,
      subscriptions: 3,
      uptimeMs: 1000,
    });
  });
});

describe("a disconnect handler", () => {
  it("learns of each client that is gone: why, by whom, and from which channels", async () => {
    const told: unknown[] = [];
    test.hub.onDisconnect(({ id, user }, end) => void told.push({ id, user, ...end }));
    const ann = await dial("ann", "a", "b");
    await dial("ben");
    test.dial().drop();
    ann.drop();
    await test.hub.disconnect({ user: "ben" }, { code: 4501, reason: "signed out" });
    expect(told).toEqual([
      {
        id: "client-1",
        user: "ann",
        code: 1006,
        reason: "",
        byServer: false,
        channels: ["a", "b"],
      },
      {
        id: "client-2",
        user: "ben",
        code: 4501,
        reason: "signed out",
        byServer: true,
        channels: [],
      },
    ]);
  });

  it("hurts nobody when it fails, and can be taken back", async () => {
    const told: string[] = [];
    test.hub.onDisconnect(() => Promise.reject(new Error("down")));
    test.hub.onDisconnect(() => {
      throw new Error("broken");
    });
    const unregister = test.hub.onDisconnect(({ id }) => void told.push(id));
    (await dial("ann")).drop();
    unregister();
    (await dial("ben")).drop();
    await settle();
    expect(told).toEqual(["client-1"]);
    expect(test.logged("error")).toEqual(Array(4).fill("a disconnect handler failed"));
  });

  it("is waited for when the hub shuts down", async () => {
    const handled = deferred();
    test.hub.onDisconnect(() => handled.promise);
    const ann = await dial("ann");
    let down = false;
    const shutdown = test.hub.shutdown().then(() => (down = true));
    await settle();
    expect(ann.closedWith).toEqual(disconnects.shutdown);
    expect(down).toBe(false);
    handled.resolve();
    await shutdown;
  });
});

describe("a handler of all procedures", () => {
  it("answers those that have none of their own", async () => {
    test.hub.rpc("own", () => "own");
    const unregister = test.hub.onRpc((method, data, { user }) => [method, data, user]);
    expect(() => test.hub.onRpc(() => undefined)).toThrow("registered already");
    const ann = await dial("ann");
    ann.take();
    const [own, other] = await ask(
      ann,
      { id: 5, rpc: { method: "own" } },
      { id: 6, rpc: { method: "other", data: 7 } },
    );
    expect(own?.rpc?.data).toBe('"own"');
    expect(other?.rpc?.data).toBe('["other",7,"ann"]');
    unregister();
    const [none] = await ask(ann, { id: 7, rpc: { method: "other" } });
    expect(none?.error).toEqual(replyErrors.methodNotFound);
  });
});

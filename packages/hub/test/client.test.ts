/** A connected client: pings, slowness, messages, procedures, and the ways in which it ends. */

import { describe, expect, it } from "vitest";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";
import { deferred } from "./deferred.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const publish = (id: number) => ({ id, publish: { channel: "a", data: id } });

describe("pings", () => {
  it("come at the interval, the first early, and want an answer in time", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    test.clock.advance(12_499);
    expect(ann.take()).toEqual([]);
    test.clock.advance(1);
    expect(ann.take()).toEqual([{}]);
    test.clock.advance(9_999);
    ann.receive("{}");
    test.clock.advance(15_001);
    expect(ann.take()).toEqual([{}]);
    expect(ann.closedWith).toBeUndefined();
    test.clock.advance(10_000);
    expect(ann.closedWith).toEqual(disconnects.noPong);
    expect(test.clock.pending).toBe(0);
  });

  it("are answered once", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    test.clock.advance(12_500);
    ann.receive("{}");
    expect(ann.closedWith).toBeUndefined();
    ann.receive("{}");
    expect(ann.closedWith).toEqual(disconnects.badRequest);
  });

  it("want no answer when none is asked for", async () => {
    const test = new TestHub({ open: true, pongTimeoutMs: 0 });
    const ann = await test.connect();
    test.clock.advance(100_000);
    expect(ann.take()).toHaveLength(4);
    expect(ann.closedWith).toBeUndefined();
  });

  it("are prepared once for all clients and times", async () => {
    const test = new TestHub();
    const [ann, ben] = [await test.connect(), await test.connect()];
    test.clock.advance(12_500);
    expect(ann.prepared[0]).toBe(ben.prepared[0]);
  });
});

describe("a client that does not read", () => {
  it("is disconnected as slow, and nobody else is", async () => {
    const test = new TestHub();
    const [slow, quick] = [await test.connect("a"), await test.connect("a")];
    slow.bufferedBytes = 1_048_577;
    quick.bufferedBytes = 1_048_576;
    await test.hub.channel("a").publish(1);
    expect(slow.closedWith).toEqual(disconnects.slow);
    expect(quick.closedWith).toBeUndefined();
    slow.take();
    await test.hub.channel("a").publish(2);
    expect(slow.take()).toEqual([]);
    expect(quick.take()).toHaveLength(2);
  });

  it("whose connection throws is disconnected, and nobody else is", async () => {
    const test = new TestHub();
    const [broken, sound] = [await test.connect("a"), await test.connect("a")];
    broken.beforeSend = () => {
      throw new Error("gone");
    };
    broken.close = () => {
      throw new Error("gone");
    };
    await test.hub.channel("a").publish(1);
    await settle();
    expect(sound.take()).toHaveLength(1);
    expect(test.hub.clients.size).toBe(1);
    expect(test.logged("error")).toEqual(["sending failed", "closing a connection failed"]);
  });
});

describe("messages", () => {
  it("reach the server's handlers, whose faults are their own", async () => {
    const test = new TestHub();
    const seen: unknown[] = [];
    const stop = test.hub.onMessage((data, from) => {
      seen.push([data, from.id]);
      if (data === "boom") throw new Error("a fault in the handler");
    });
    const ann = await test.connect();
    expect(
      await ask(ann, { send: { data: { a: 1 } } }, { send: { data: "boom" } }, { send: {} }),
    ).toEqual([]);
    expect(seen).toEqual([
      [{ a: 1 }, "client-1"],
      ["boom", "client-1"],
      [undefined, "client-1"],
    ]);
    expect(test.logged("error")).toEqual(["a command failed"]);
    expect(ann.closedWith).toBeUndefined();
    stop();
    await ask(ann, { send: {} });
    expect(ann.closedWith).toEqual(disconnects.notAvailable);
  });

  it("reach one client", async () => {
    const test = new TestHub();
    const [ann, ben] = [await test.connect(), await test.connect()];
    test.hub.clients.get("client-1")?.send({ hello: 1 });
    expect(ann.take()).toEqual([{ push: { message: { data: '{"hello":1}' } } }]);
    expect(ben.take()).toEqual([]);
    expect(() => test.hub.clients.get("client-1")?.send(undefined)).toThrow(TypeError);
  });
});

describe("procedures", () => {
  it("answer at once or later, with a value or nothing", async () => {
    const test = new TestHub();
    test.hub.rpc("count", (data) => [data].flat().length);
    test.hub.rpc("who", async (_, from) => from.id);
    test.hub.rpc("nothing", () => undefined);
    const ann = await test.connect();
    const replies = await ask(
      ann,
      { id: 2, rpc: { method: "count", data: [1, 2] } },
      { id: 3, rpc: { method: "who" } },
      { id: 4, rpc: { method: "nothing" } },
    );
    expect(replies).toEqual([
      { id: 2, rpc: { data: "2" } },
      { id: 3, rpc: { data: '"client-1"' } },
      { id: 4, rpc: {} },
    ]);
  });

  it("refuse and fail with the protocol's errors", async () => {
    const test = new TestHub();
    test.hub.rpc("no", () => refuse({ code: 450, message: "no" }));
    test.hub.rpc("throw no", () => {
      throw refuse({ code: 451, message: "no" });
    });
    test.hub.rpc("fail", () => Promise.reject(new Error("a fault in the handler")));
    test.hub.rpc("cycle", () => test);
    test.hub.rpc("bigint", () => 1n);
    const ann = await test.connect();
    const codes = [];
    for (const method of ["no", "throw no", "fail", "bigint"]) {
      const [reply] = await ask(ann, { id: 2, rpc: { method } });
      codes.push(reply?.error?.code);
    }
    expect(codes).toEqual([450, 451, 100, 100]);
  });

  it("do not wait for each other", async () => {
    const test = new TestHub();
    const result = deferred<number>();
    test.hub.rpc("slow", () => result.promise);
    test.hub.rpc("quick", () => 1);
    const ann = await test.connect();
    const replies = await ask(
      ann,
      { id: 2, rpc: { method: "slow" } },
      { id: 3, rpc: { method: "quick" } },
    );
    expect(replies.map(({ id }) => id)).toEqual([3]);
    result.resolve(2);
    await settle();
    expect(ann.take()).toEqual([{ id: 2, rpc: { data: "2" } }]);
  });

  it("have one handler each", async () => {
    const { hub } = new TestHub();
    const remove = hub.rpc("a", () => 1);
    expect(() => hub.rpc("a", () => 2)).toThrow("The procedure a is registered already");
    remove();
    hub.rpc("a", () => 2);
    remove();
    expect(() => hub.rpc("a", () => 3)).toThrow("The procedure a is registered already");
  });

  it("answer nobody when the client has gone", async () => {
    const test = new TestHub();
    const result = deferred<number>();
    test.hub.rpc("slow", () => result.promise);
    const ann = await test.connect();
    await ask(ann, { id: 2, rpc: { method: "slow" } });
    ann.drop();
    result.resolve(1);
    await settle();
    expect(ann.take()).toEqual([]);
  });
});

describe("the end of a client", () => {
  it("by the server carries a code, for good by default", async () => {
    const test = new TestHub();
    const [ann, ben] = [await test.connect("a"), await test.connect("a")];
    const client = test.hub.clients.get("client-1");
    client?.disconnect();
    client?.disconnect(disconnects.shutdown);
    test.hub.clients.get("client-2")?.disconnect({ code: 4000, reason: "come back" });
    expect(ann.closedWith).toEqual(disconnects.forceNoReconnect);
    expect(ben.closedWith).toEqual({ code: 4000, reason: "come back" });
    expect(test.hub.clients.size).toBe(0);
    await settle();
    expect((await test.hub.channel("a").presence()).size).toBe(0);
    expect(client?.channels).toEqual([]);
  });

  it("may be a user's, on all connections", async () => {
    const test = new TestHub();
    test.hub.onConnect(({ data }) => ({ user: String(data) }));
    const connections = ["ann", "ben", "ann"].map((user) => {
      const connection = test.dial();
      connection.receive({ id: 1, connect: { data: user } });
      return connection;
    });
    await settle();
    await test.hub.disconnect({ user: "ann" }, { code: 4503, reason: "signed out" });
    expect(connections.map(({ closedWith }) => closedWith?.code)).toEqual([4503, undefined, 4503]);
  });

  it("needs a code and a reason that can be sent", async () => {
    const test = new TestHub();
    await test.connect();
    const client = test.hub.clients.get("client-1");
    for (const code of [1000, 2999, 5000, 3000.5, Number.NaN]) {
      expect(() => client?.disconnect({ code, reason: "" })).toThrow(RangeError);
      expect(() => refuse({ code, reason: "" })).toThrow(RangeError);
    }
    expect(() => client?.disconnect({ code: 4000, reason: "é".repeat(62) })).toThrow(RangeError);
    expect(() => refuse({ code: 99, message: "" })).toThrow(RangeError);
    expect(() => refuse({ code: 2000, message: "" })).toThrow(RangeError);
    expect(() => refuse({ code: 400.5, message: "" })).toThrow(RangeError);
    expect(test.hub.clients.size).toBe(1);
  });

  it("leaves no timer and takes no more frames", async () => {
    const test = new TestHub();
    const ann = await test.connect("a");
    const ben = await test.connect("a");
    ann.drop();
    ann.drop();
    ann.receive({ id: 9, publish: { channel: "a", data: 1 } });
    await settle();
    expect(ben.take()).toEqual([]);
    ben.drop();
    expect(test.clock.pending).toBe(0);
  });

  it("forgets commands that were waiting for others", async () => {
    const test = new TestHub();
    const published: unknown[] = [];
    const waits: (() => void)[] = [];
    test.hub.channel("a").onPublish((data) => {
      published.push(data);
      return new Promise<void>((resolve) => waits.push(resolve));
    });
    const ann = await test.connect();
    await ask(ann, publish(2), publish(3));
    ann.drop();
    waits[0]?.();
    await settle();
    expect(published).toEqual([2]);
  });
});

describe("the end of the hub", () => {
  it("brings clients back elsewhere, and lets nobody in", async () => {
    const test = new TestHub();
    const [ann, waiting] = [await test.connect("a"), test.dial()];
    const done = test.hub.shutdown();
    expect(test.hub.shutdown()).toBe(done);
    await done;
    for (const connection of [ann, waiting, test.dial()]) {
      expect(connection.closedWith).toEqual(disconnects.shutdown);
    }
    expect(test.clock.pending).toBe(0);
    expect(replyErrors.internal.temporary).toBe(true);
  });
});

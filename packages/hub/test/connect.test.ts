/** Becoming a client: the connect command, who decides it, and what happens to those who never send it. */

import { describe, expect, it } from "vitest";
import type { ConnectAttempt, ConnectGrant } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";
import { deferred } from "./deferred.ts";
import { FakeConnection, settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

describe("an open hub", () => {
  it("answers with the client's id and the beat of its pings", async () => {
    const { hub, ...test } = new TestHub();
    const connection = new FakeConnection();
    hub.accept(connection);
    expect(await ask(connection, { id: 1, connect: {} })).toEqual([
      { id: 1, connect: { client: "client-1", ping: 25, pong: true } },
    ]);
    expect([...hub.clients.keys()]).toEqual(["client-1"]);
    expect(test.log).toEqual([]);
  });

  it("says when it sends no pings", async () => {
    const test = new TestHub({ open: true, pingIntervalMs: 0 });
    expect(await ask(test.dial(), { id: 1, connect: {} })).toEqual([
      { id: 1, connect: { client: "client-1" } },
    ]);
  });
});

describe("a closed hub", () => {
  it("lets nobody in and says what is missing, once", async () => {
    const test = new TestHub({});
    for (const connection of [test.dial(), test.dial()]) {
      expect(await ask(connection, { id: 1, connect: {} })).toEqual([]);
      expect(connection.closedWith).toEqual(disconnects.permissionDenied);
    }
    expect(test.logged("warn")).toHaveLength(1);
    expect(test.log.find(({ level }) => level === "warn")?.fields).toEqual({ hook: "connect" });
    expect(test.hub.clients.size).toBe(0);
  });
});

describe("the connect hook", () => {
  it("sees what the client says and what the connection is", async () => {
    const test = new TestHub({});
    const attempts: ConnectAttempt[] = [];
    test.hub.onConnect((attempt) => void attempts.push(attempt));
    await ask(test.dial(), {
      id: 1,
      connect: { token: "t", data: { a: 1 }, name: "js", version: "2" },
    });
    await ask(test.dial(), { id: 1, connect: {} });
    const connection = { remoteAddress: "192.0.2.1", format: "json" };
    expect(attempts).toEqual([
      { client: "client-1", token: "t", data: { a: 1 }, name: "js", version: "2", connection },
      { client: "client-2", token: "", data: undefined, name: "", version: "", connection },
    ]);
  });

  it("says who the client is, at once or later", async () => {
    const grant = { user: "42", info: { name: "Ann" }, data: { hello: true } };
    for (const verdict of [grant, Promise.resolve(grant)]) {
      const test = new TestHub({});
      test.hub.onConnect(() => verdict);
      const [reply] = await ask(test.dial(), { id: 7, connect: {} });
      expect(reply).toMatchObject({ id: 7, connect: { data: '{"hello":true}' } });
      expect(test.hub.clients.get("client-1")).toMatchObject({ user: "42", info: { name: "Ann" } });
    }
  });

  it("is set once", () => {
    const { hub } = new TestHub();
    hub.onConnect(() => undefined);
    expect(() => hub.onConnect(() => undefined)).toThrow("The connect hook is set already");
  });

  const refusals = [
    { name: "returns an error", hook: () => refuse(replyErrors.unauthorized) },
    {
      name: "rejects with an error",
      hook: () => Promise.reject(refuse(replyErrors.unauthorized)),
    },
    {
      name: "throws an error",
      hook: () => {
        throw refuse(replyErrors.unauthorized);
      },
    },
  ];
  it.each(refusals)("$name: the client hears it and may say no more", async ({ hook }) => {
    const test = new TestHub({});
    test.hub.onConnect(hook);
    const connection = test.dial();
    expect(await ask(connection, { id: 1, connect: {} })).toEqual([
      { id: 1, error: replyErrors.unauthorized },
    ]);
    expect(connection.closedWith).toBeUndefined();
    await ask(connection, { id: 2, connect: {} });
    expect(connection.closedWith).toEqual(disconnects.badRequest);
    expect(test.hub.clients.size).toBe(0);
  });

  it("may end the connection", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => refuse({ code: 4501, reason: "banned" }));
    const connection = test.dial();
    expect(await ask(connection, { id: 1, connect: {} })).toEqual([]);
    expect(connection.closedWith).toEqual({ code: 4501, reason: "banned" });
  });

  it("that fails is an internal error", async () => {
    const test = new TestHub({});
    test.hub.onConnect((): ConnectGrant => {
      throw new Error("no database");
    });
    expect(await ask(test.dial(), { id: 1, connect: {} })).toEqual([
      { id: 1, error: replyErrors.internal },
    ]);
    expect(test.logged("error")).toEqual(["a command failed"]);
  });

  it("that grants what cannot be sent is an internal error", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => ({ data: 1n }));
    expect(await ask(test.dial(), { id: 1, connect: {} })).toEqual([
      { id: 1, error: replyErrors.internal },
    ]);
    expect(test.hub.clients.size).toBe(0);
  });

  it("may decide after the client has gone", async () => {
    const test = new TestHub({});
    const decision = deferred<ConnectGrant>();
    test.hub.onConnect(() => decision.promise);
    const connection = test.dial();
    connection.receive({ id: 1, connect: {} });
    await settle();
    connection.drop();
    decision.resolve({ user: "42" });
    await settle();
    expect(connection.take()).toEqual([]);
    expect(test.hub.clients.size).toBe(0);
    expect(test.clock.pending).toBe(0);
  });
});

describe("the time before the connect command is decided", () => {
  it("holds other commands back, in their order", async () => {
    const test = new TestHub();
    const decision = deferred<ConnectGrant>();
    test.hub.onConnect(() => decision.promise);
    const connection = test.dial();
    const early = await ask(
      connection,
      { id: 1, connect: {} },
      { id: 2, subscribe: { channel: "a" } },
      { id: 3, publish: { channel: "a", data: 1 } },
    );
    expect(early).toEqual([]);
    decision.resolve({});
    await settle();
    expect(connection.take().map(({ id }) => id)).toEqual([1, 2, undefined, 3]);
  });

  it("reads no further", async () => {
    const test = new TestHub();
    const decision = deferred<ConnectGrant>();
    test.hub.onConnect(() => decision.promise);
    const connection = test.dial();
    await ask(connection, { id: 1, connect: {} });
    expect(connection.paused).toBe(true);
    connection.receive({ id: 2, subscribe: { channel: "a" } });
    decision.resolve({});
    await settle();
    expect(connection.paused).toBe(false);
    expect(connection.take().map(({ id }) => id)).toEqual([1, 2]);
  });

  it("ends with 3502 when it takes too long", () => {
    const test = new TestHub();
    const connection = test.dial();
    test.clock.advance(9_999);
    expect(connection.closedWith).toBeUndefined();
    test.clock.advance(1);
    expect(connection.closedWith).toEqual(disconnects.stale);
    expect(test.clock.pending).toBe(0);
  });

  it("does not end a connected client", async () => {
    const test = new TestHub({ open: true, pingIntervalMs: 0 });
    const connection = await test.connect();
    test.clock.advance(60_000);
    expect(connection.closedWith).toBeUndefined();
  });
});

describe("a connection whose commands come by other requests", () => {
  it("is told where to send them", async () => {
    const test = new TestHub();
    const connection = new FakeConnection();
    test.hub.accept(connection, { emulation: { session: "secret", node: "node-1" } });
    const [reply] = await ask(connection, { id: 1, connect: {} });
    expect(reply?.connect).toMatchObject({ session: "secret", node: "node-1", pong: true });
  });
});

describe("a connection that can say nothing after connecting", () => {
  it("is pinged, and owes no pong", async () => {
    const test = new TestHub();
    const connection = dialOneWay(test);
    const [reply] = await ask(connection, { id: 1, connect: {} });
    expect(reply?.connect).toEqual({ client: "client-1", ping: 25 });
    for (let beat = 0; beat < 5; beat += 1) test.clock.advance(25_000);
    expect(connection.take()).toEqual([{}, {}, {}, {}, {}]);
    expect(connection.closedWith).toBeUndefined();
  });

  it.each([
    { error: replyErrors.expired, end: disconnects.expired },
    { error: replyErrors.tokenExpired, end: disconnects.expired },
    { error: replyErrors.tooManyRequests, end: disconnects.tooManyRequests },
    { error: replyErrors.internal, end: disconnects.serverError },
    { error: replyErrors.unauthorized, end: disconnects.permissionDenied },
    { error: { code: 450, message: "not today" }, end: disconnects.permissionDenied },
    { error: disconnects.invalidToken, end: disconnects.invalidToken },
  ])("is ended with $end.code where others hear $error.code", async ({ error, end }) => {
    const test = new TestHub();
    test.hub.onConnect(() => refuse(error));
    const connection = dialOneWay(test);
    expect(await ask(connection, { id: 1, connect: {} })).toEqual([]);
    expect(connection.closedWith).toEqual(end);
  });
});

function dialOneWay(test: TestHub): FakeConnection {
  const connection = new FakeConnection();
  test.hub.accept(connection, { unidirectional: true });
  return connection;
}

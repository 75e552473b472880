/** The time of a connection: how it is prolonged, by the client and by the server, and how it ends. */

import { describe, expect, it } from "vitest";
import { disconnects, replyErrors } from "@tautline/wire";
import type { HubOptions, RefreshGrant } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { deferred } from "../deferred.ts";
import { FakeConnection, settle } from "../fake-connection.ts";
import { TestHub, ask } from "../test-hub.ts";
import { fakeTokens, token } from "./fake-tokens.ts";

const quiet: Partial<HubOptions> = { pingIntervalMs: 0 };

/** A client whose token is good for so many seconds. */
async function withToken(seconds: number): Promise<{ test: TestHub; ann: FakeConnection }> {
  const test = new TestHub(quiet, undefined, { tokens: fakeTokens });
  const ann = test.dial();
  const expiresAtMs = test.clock.now() + seconds * 1000;
  await ask(ann, { id: 1, connect: { token: token({ user: "ann", expiresAtMs }) } });
  return { test, ann };
}

/** A client that the connect hook has granted so many seconds. */
async function withHook(seconds: number): Promise<{ test: TestHub; ann: FakeConnection }> {
  const test = new TestHub(quiet);
  test.hub.onConnect(() => ({ user: "ann", expiresAtMs: test.clock.now() + seconds * 1000 }));
  const ann = await test.connect();
  return { test, ann };
}

const refresh = (text: string) => ({ id: 2, refresh: { token: text } });

describe("a connection with a token", () => {
  it("is over some time after its token, in which another one may come", async () => {
    const { test, ann } = await withToken(60);
    test.clock.advance(84_999);
    expect(ann.closedWith).toBeUndefined();
    test.clock.advance(1);
    expect(ann.closedWith).toEqual(disconnects.expired);
    expect(test.clock.pending).toBe(0);
  });

  it("goes on with another one", async () => {
    const { test, ann } = await withToken(60);
    test.clock.advance(60_000);
    const expiresAtMs = test.clock.now() + 90_000;
    expect(await ask(ann, refresh(token({ user: "ann", expiresAtMs })))).toEqual([
      { id: 2, refresh: { expires: true, ttl: 90 } },
    ]);
    test.clock.advance(114_999);
    expect(ann.closedWith).toBeUndefined();
    test.clock.advance(1);
    expect(ann.closedWith).toEqual(disconnects.expired);
  });

  it("goes on for ever with one that does not expire", async () => {
    const { test, ann } = await withToken(60);
    expect(await ask(ann, refresh(token({ user: "ann" })))).toEqual([{ id: 2, refresh: {} }]);
    test.clock.advance(10_000_000);
    expect(ann.closedWith).toBeUndefined();
    expect(test.clock.pending).toBe(0);
  });

  it("is seen with the info of the new one from then on", async () => {
    const { test, ann } = await withToken(60);
    test.hub.onSubscribe(() => undefined);
    await ask(ann, refresh(token({ user: "ann", info: { name: "Ann" }, meta: 2 })), {
      id: 3,
      subscribe: { channel: "a" },
    });
    const [member] = [...(await test.hub.channel("a").presence()).values()];
    expect(member?.info).toEqual({ name: "Ann" });
    expect(test.hub.clients.get("client-1")?.meta).toBe(2);
  });

  const refusals = [
    { name: "has expired", text: "expired", end: disconnects.expired },
    { name: "is not good", text: "invalid", end: disconnects.invalidToken },
    { name: "is another user's", text: token({ user: "ben" }), end: disconnects.invalidToken },
    { name: "is nobody's", text: token({ user: "" }), end: disconnects.invalidToken },
    { name: "is none", text: "", end: disconnects.badRequest },
    {
      name: "ends at once",
      text: token({ user: "ann", expiresAtMs: 0 }),
      end: disconnects.expired,
    },
  ];
  it.each(refusals)("ends with the refresh whose token $name", async ({ text, end }) => {
    const { test, ann } = await withToken(60);
    expect(await ask(ann, refresh(text))).toEqual([]);
    expect(ann.closedWith).toEqual(end);
    expect(test.clock.pending).toBe(0);
  });

  it("stays when nobody can tell whether the new one is good", async () => {
    const { test, ann } = await withToken(60);
    expect(await ask(ann, refresh("no keys"))).toEqual([{ id: 2, error: replyErrors.internal }]);
    test.clock.advance(85_000);
    expect(ann.closedWith).toEqual(disconnects.expired);
  });

  it("goes on with one that a hook takes, where no tokens are verified", async () => {
    const test = new TestHub(quiet);
    test.hub.onConnect(() => ({ user: "ann", expiresAtMs: test.clock.now() + 60_000 }));
    test.hub.onRefresh(({ token }) =>
      token === "new" ? { expiresAtMs: test.clock.now() + 60_000 } : refuse(disconnects.expired),
    );
    const ann = test.dial();
    await ask(ann, { id: 1, connect: { token: "old" } });
    test.clock.advance(60_000);
    expect(await ask(ann, refresh("new"))).toEqual([
      { id: 2, refresh: { expires: true, ttl: 60 } },
    ]);
    test.clock.advance(60_000);
    await ask(ann, refresh("old"));
    expect(ann.closedWith).toEqual(disconnects.expired);
  });
});

describe("a connection without a token", () => {
  it("does not refresh itself", async () => {
    const { test, ann } = await withHook(60);
    test.hub.onRefresh(() => undefined);
    await ask(ann, refresh(token({ user: "ann" })));
    expect(ann.closedWith).toEqual(disconnects.badRequest);
  });

  it("hears nothing of its time, and is over in time when no hook prolongs it", async () => {
    const { test, ann } = await withHook(60);
    test.clock.advance(59_999);
    expect(ann.closedWith).toBeUndefined();
    test.clock.advance(1);
    expect(ann.closedWith).toEqual(disconnects.expired);
  });

  it("goes on as long as the hook prolongs it", async () => {
    const { test, ann } = await withHook(60);
    const asked: unknown[] = [];
    test.hub.onRefresh((attempt, client): RefreshGrant => {
      asked.push([attempt, client.user]);
      return { expiresAtMs: test.clock.now() + 1000 };
    });
    for (const ms of [60_000, 1000, 1000]) {
      test.clock.advance(ms);
      await settle();
    }
    expect(asked).toEqual(Array.from({ length: 3 }, () => [{ token: "" }, "ann"]));
    expect(ann.closedWith).toBeUndefined();
    expect(ann.take()).toEqual([]);
  });

  const ends = [
    { name: "refuses with an error", hook: () => refuse(replyErrors.permissionDenied) },
    { name: "prolongs it into the past", hook: () => ({ expiresAtMs: 1 }) },
    {
      name: "refuses with a disconnect",
      hook: () => refuse({ code: 4500, reason: "banned" }),
      end: { code: 4500, reason: "banned" },
    },
    {
      name: "fails",
      hook: () => Promise.reject(new Error("no database")),
      end: disconnects.serverError,
    },
  ];
  it.each(ends)("is over when the hook $name", async ({ hook, end = disconnects.expired }) => {
    const { test, ann } = await withHook(60);
    test.hub.onRefresh(hook);
    test.clock.advance(60_000);
    await settle();
    expect(ann.closedWith).toEqual(end);
    expect(test.clock.pending).toBe(0);
  });

  it("that ends while the hook decides leaves no timer", async () => {
    const { test, ann } = await withHook(60);
    const decision = deferred<RefreshGrant>();
    test.hub.onRefresh(() => decision.promise);
    test.clock.advance(60_000);
    ann.drop();
    decision.resolve({ expiresAtMs: test.clock.now() + 60_000 });
    await settle();
    expect(test.clock.pending).toBe(0);
  });
});

describe("code on the server", () => {
  it("gives a connection another time and tells the client", async () => {
    const { test, ann } = await withToken(60);
    const client = test.hub.clients.get("client-1");
    client?.refresh({ expiresAtMs: test.clock.now() + 600_000 });
    expect(ann.take().at(-1)).toEqual({ push: { refresh: { expires: true, ttl: 600 } } });
    test.clock.advance(600_000);
    expect(ann.closedWith).toBeUndefined();
    client?.refresh({});
    expect(ann.take()).toEqual([{ push: { refresh: {} } }]);
    test.clock.advance(10_000_000);
    expect(ann.closedWith).toBeUndefined();
  });

  it("ends it with a time that is over", async () => {
    const { test, ann } = await withToken(60);
    await test.hub.refresh({ user: "ben" }, { expiresAtMs: 0 });
    expect(ann.closedWith).toBeUndefined();
    await test.hub.refresh({ user: "ann" }, { expiresAtMs: 0 });
    expect(ann.closedWith).toEqual(disconnects.expired);
  });

  it("ends the subscriptions of a user, for good or for now", async () => {
    const test = new TestHub();
    test.hub.onConnect(({ data }) => ({ user: String(data) }));
    const [ann, ben] = [test.dial(), test.dial()];
    for (const [connection, data] of [[ann, "ann"] as const, [ben, "ben"] as const]) {
      await ask(connection, { id: 1, connect: { data } }, { id: 2, subscribe: { channel: "a" } });
    }
    await test.hub.unsubscribe({ user: "ann" }, "a", { code: 2600, reason: "again" });
    await settle();
    expect(ann.take()).toEqual([
      { push: { channel: "a", unsubscribe: { code: 2600, reason: "again" } } },
    ]);
    expect(ben.take()).toEqual([]);
    expect((await test.hub.channel("a").presence()).size).toBe(1);
  });
});

describe("a connection on which the client can say nothing more", () => {
  it("is over with its token: another one cannot be brought", async () => {
    const test = new TestHub(quiet, undefined, { tokens: fakeTokens });
    const ann = new FakeConnection();
    test.hub.accept(ann, { unidirectional: true });
    const expiresAtMs = test.clock.now() + 60_000;
    const [reply] = await ask(ann, {
      id: 1,
      connect: { token: token({ user: "ann", expiresAtMs }) },
    });
    expect(reply?.connect).not.toHaveProperty("ttl");
    test.clock.advance(60_000);
    expect(ann.closedWith).toEqual(disconnects.expired);
  });
});

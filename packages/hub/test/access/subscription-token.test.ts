/** Subscribing with a token that is verified: for whom and what it is good, for how long, and how that is prolonged. */

import { describe, expect, it } from "vitest";
import { disconnects, replyErrors, unsubscribes } from "@tautline/wire";
import type { HubOptions, SubRefreshGrant } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import type { FakeConnection } from "../fake-connection.ts";
import { settle } from "../fake-connection.ts";
import { TestHub, ask } from "../test-hub.ts";
import { fakeTokens, token } from "./fake-tokens.ts";

const quiet: Partial<HubOptions> = { pingIntervalMs: 0 };

/** A client of a closed hub. */
async function connected(
  claims: object = { user: "ann" },
): Promise<{ test: TestHub; ann: FakeConnection }> {
  const test = new TestHub(quiet, undefined, { tokens: fakeTokens });
  const ann = test.dial();
  await ask(ann, { id: 1, connect: { token: token(claims) } });
  return { test, ann };
}

const subscribe = (text: string, channel = "a") => ({ id: 2, subscribe: { channel, token: text } });
const subRefresh = (text: string, channel = "a") => ({
  id: 3,
  sub_refresh: { channel, token: text },
});
const publish = (id: number, channel: string) => ({ id, publish: { channel, data: 1 } });
const good = { user: "ann", channel: "a" };

describe("a good subscription token", () => {
  it("is enough, and no hook is asked", async () => {
    const { test, ann } = await connected();
    test.hub.onSubscribe(() => refuse(replyErrors.permissionDenied));
    const claims = { ...good, info: { seat: 7 }, data: { hello: 1 } };
    expect(await ask(ann, subscribe(token(claims)))).toEqual([
      { id: 2, subscribe: { data: '{"hello":1}' } },
    ]);
    const [member] = [...(await test.hub.channel("a").presence()).values()];
    expect(member?.channelInfo).toEqual({ seat: 7 });
  });

  it("may be for one connection alone", async () => {
    const { ann } = await connected();
    const claims = { ...good, client: "client-1" };
    expect(await ask(ann, subscribe(token(claims)))).toEqual([{ id: 2, subscribe: {} }]);
  });

  it("may allow more than to be subscribed", async () => {
    const { test, ann } = await connected();
    await ask(ann, subscribe(token({ ...good, allow: ["publish"] })));
    expect((await ask(ann, publish(4, "a"), publish(5, "b"))).slice(1)).toEqual([
      { id: 4, publish: {} },
      { id: 5, error: replyErrors.permissionDenied },
    ]);
    await ask(ann, { id: 6, unsubscribe: { channel: "a" } });
    expect(await ask(ann, publish(7, "a"))).toEqual([
      { id: 7, error: replyErrors.permissionDenied },
    ]);
    expect(test.logged("warn")).toHaveLength(1);
  });

  it("does not open a channel that is for others", async () => {
    const { ann } = await connected();
    const claims = { user: "ann", channel: "dialog#ben,cid" };
    expect(await ask(ann, subscribe(token(claims), claims.channel))).toEqual([
      { id: 2, error: replyErrors.permissionDenied },
    ]);
  });
});

describe("a subscription token that is not good", () => {
  it.each([
    { text: "expired", error: replyErrors.tokenExpired },
    { text: "invalid", error: replyErrors.permissionDenied },
    { text: "no keys", error: replyErrors.internal },
  ])("is answered: $text", async ({ text, error }) => {
    const { test, ann } = await connected();
    expect(await ask(ann, subscribe(text))).toEqual([{ id: 2, error }]);
    expect(ann.closedWith).toBeUndefined();
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });

  it.each([
    { name: "another channel", claims: { user: "ann", channel: "b" } },
    { name: "another user", claims: { user: "ben", channel: "a" } },
    { name: "nobody", claims: { user: "", channel: "a" } },
    { name: "another connection", claims: { ...good, client: "client-2" } },
  ])("because it is for $name ends the connection", async ({ claims }) => {
    const { test, ann } = await connected();
    expect(await ask(ann, subscribe(token(claims)))).toEqual([]);
    expect(ann.closedWith).toEqual(disconnects.invalidToken);
    expect(test.counted).toEqual(["subscription invalid"]);
  });
});

describe("a subscription whose token expires", () => {
  const expiring = (test: TestHub, seconds: number): string =>
    token({ ...good, expiresAtMs: test.clock.now() + seconds * 1000 });

  it("is told its time, and ends some time after it; the client may come again", async () => {
    const { test, ann } = await connected();
    expect(await ask(ann, subscribe(expiring(test, 60)))).toEqual([
      { id: 2, subscribe: { expires: true, ttl: 60 } },
    ]);
    test.clock.advance(84_999);
    await settle();
    expect(ann.take()).toEqual([]);
    test.clock.advance(1);
    await settle();
    expect(ann.take()).toEqual([{ push: { channel: "a", unsubscribe: unsubscribes.expired } }]);
    expect(test.hub.clients.get("client-1")?.channels).toEqual([]);
    expect(test.clock.pending).toBe(0);
  });

  it("goes on with another one, which may allow more", async () => {
    const { test, ann } = await connected();
    await ask(ann, subscribe(expiring(test, 60)));
    test.clock.advance(80_000);
    const claims = { ...good, expiresAtMs: test.clock.now() + 60_000, allow: ["publish"] };
    expect(await ask(ann, subRefresh(token(claims)))).toEqual([
      { id: 3, sub_refresh: { expires: true, ttl: 60 } },
    ]);
    test.clock.advance(60_000);
    await settle();
    expect(await ask(ann, { id: 4, publish: { channel: "a", data: 1 } })).toHaveLength(2);
    test.clock.advance(25_000);
    await settle();
    expect(ann.take().at(-1)?.push?.unsubscribe).toEqual(unsubscribes.expired);
  });

  it("leaves no timer when it ends before", async () => {
    const { test, ann } = await connected();
    await ask(ann, subscribe(expiring(test, 60)), { id: 3, unsubscribe: { channel: "a" } });
    expect(test.clock.pending).toBe(0);
    await ask(ann, subscribe(expiring(test, 60)));
    ann.drop();
    expect(test.clock.pending).toBe(0);
  });

  it.each([
    { name: "that has expired", text: "expired", error: replyErrors.expired },
    {
      name: "that ends at once",
      text: token({ ...good, expiresAtMs: 1 }),
      error: replyErrors.expired,
    },
    { name: "that is none", text: "", error: replyErrors.badRequest },
    { name: "of which nobody can tell", text: "no keys", error: replyErrors.internal },
  ])("is not prolonged by one $name", async ({ text, error }) => {
    const { test, ann } = await connected();
    await ask(ann, subscribe(expiring(test, 60)));
    expect(await ask(ann, subRefresh(text))).toEqual([{ id: 3, error }]);
    expect(ann.closedWith).toBeUndefined();
  });

  it.each(["invalid", token({ ...good, user: "ben" }), token({ ...good, channel: "b" })])(
    "ends the connection with %s",
    async (text) => {
      const { test, ann } = await connected();
      await ask(ann, subscribe(expiring(test, 60)), subRefresh(text));
      expect(ann.closedWith).toEqual(disconnects.invalidToken);
      expect(test.clock.pending).toBe(0);
    },
  );
});

describe("a refresh of a subscription", () => {
  it("is refused without one", async () => {
    const { ann } = await connected();
    expect(await ask(ann, subRefresh(token(good)))).toEqual([
      { id: 3, error: replyErrors.permissionDenied },
    ]);
  });

  it("is a mistake where the subscription came without a token", async () => {
    const { test, ann } = await connected();
    test.hub.onSubscribe(() => undefined);
    await ask(ann, { id: 2, subscribe: { channel: "a" } }, subRefresh(token(good)));
    expect(ann.closedWith).toEqual(disconnects.badRequest);
  });
});

/** A client in a channel for a minute, which `hook` may prolong. */
async function withHook(
  hook: () => SubRefreshGrant | Promise<SubRefreshGrant>,
): Promise<{ test: TestHub; ann: FakeConnection }> {
  const test = new TestHub({ ...quiet, open: true });
  test.hub.onSubscribe(() => ({ expiresAtMs: test.clock.now() + 60_000 }));
  test.hub.onSubRefresh(hook);
  const ann = await test.connect("a");
  return { test, ann };
}

describe("a function in place of subscription tokens", () => {
  it("grants a time and prolongs it, and the client hears nothing", async () => {
    let asked = 0;
    const { test, ann } = await withHook(() => {
      asked += 1;
      return { expiresAtMs: test.clock.now() + 60_000 };
    });
    for (let n = 0; n < 3; n += 1) {
      test.clock.advance(60_000);
      await settle();
    }
    expect(asked).toBe(3);
    expect(ann.take()).toEqual([]);
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["a"]);
  });

  it.each([
    { name: "refuses", hook: () => Promise.reject(refuse(replyErrors.permissionDenied)) },
    { name: "prolongs into the past", hook: () => ({ expiresAtMs: 1 }) },
  ])("that $name ends the subscription", async ({ hook }) => {
    const { test, ann } = await withHook(hook);
    test.clock.advance(60_000);
    await settle();
    expect(ann.take()).toEqual([{ push: { channel: "a", unsubscribe: unsubscribes.expired } }]);
    expect(ann.closedWith).toBeUndefined();
  });

  it("that fails ends the connection, for now", async () => {
    const { test, ann } = await withHook(() => Promise.reject(new Error("no database")));
    test.clock.advance(60_000);
    await settle();
    expect(ann.closedWith).toEqual(disconnects.serverError);
    expect(test.logged("error")).toEqual(["a refresh hook failed"]);
  });

  it("takes the tokens that clients bring, where none are verified", async () => {
    const test = new TestHub({ ...quiet, open: true });
    test.hub.onSubscribe(() => ({ expiresAtMs: test.clock.now() + 60_000 }));
    test.hub.onSubRefresh(({ token }) =>
      token === "new" ? { expiresAtMs: test.clock.now() + 90_000 } : refuse(replyErrors.expired),
    );
    const ann = await test.connect();
    await ask(ann, subscribe("old"));
    expect(await ask(ann, subRefresh("new"))).toEqual([
      { id: 3, sub_refresh: { expires: true, ttl: 90 } },
    ]);
    expect(await ask(ann, subRefresh("old"))).toEqual([{ id: 3, error: replyErrors.expired }]);
  });
});

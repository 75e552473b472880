/** Connecting with a token that is verified: who the client is then, and what it hears of a token that is not good. */

import { describe, expect, it } from "vitest";
import { disconnects, replyErrors } from "@tautline/wire";
import { refuse } from "@tautline/hub";
import { TestHub, ask } from "../test-hub.ts";
import { fakeTokens, token } from "./fake-tokens.ts";

const connect = (text?: string) => ({ id: 1, connect: text === undefined ? {} : { token: text } });

describe("a good token", () => {
  it("says who the client is, what is seen of it, and what is not", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const claims = { user: "ann", info: { name: "Ann" }, meta: { plan: "free" } };
    const [reply] = await ask(test.dial(), connect(token(claims)));
    expect(reply).toEqual({ id: 1, connect: { client: "client-1", ping: 25, pong: true } });
    expect(test.hub.clients.get("client-1")).toMatchObject({ ...claims, expiresAtMs: undefined });
  });

  it("subscribes the client to channels", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const claims = { user: "ann", subscriptions: [{ channel: "news", data: { hello: 1 } }] };
    const [reply] = await ask(test.dial(), connect(token(claims)));
    expect(reply?.connect?.subs).toEqual(new Map([["news", { data: '{"hello":1}' }]]));
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["news"]);
  });

  it("decides alone: the connect hook is asked about those without one", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const asked: string[] = [];
    test.hub.onConnect((attempt) => {
      asked.push(attempt.token);
      return { user: "guest" };
    });
    await ask(test.dial(), connect(token({ user: "ann" })));
    await ask(test.dial(), connect());
    await ask(test.dial(), connect(""));
    expect(asked).toEqual(["", ""]);
    expect([...test.hub.clients.values()].map(({ user }) => user)).toEqual([
      "ann",
      "guest",
      "guest",
    ]);
  });

  it("tells the time it is good for, in whole seconds that are left", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const expiresAtMs = test.clock.now() + 60_900;
    const [reply] = await ask(test.dial(), connect(token({ user: "ann", expiresAtMs })));
    expect(reply?.connect).toMatchObject({ expires: true, ttl: 60 });
    expect(test.hub.clients.get("client-1")?.expiresAtMs).toBe(expiresAtMs);
  });

  it("that is good for less than a second is told as good for one", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const expiresAtMs = test.clock.now() + 900;
    const [reply] = await ask(test.dial(), connect(token({ user: "ann", expiresAtMs })));
    expect(reply?.connect).toMatchObject({ expires: true, ttl: 1 });
  });

  it("that is good for a thousand years is told as good for one", async () => {
    const test = new TestHub({ pingIntervalMs: 0 }, undefined, { tokens: fakeTokens });
    const connection = test.dial();
    const claims = { user: "ann", expiresAtMs: test.clock.now() + 31_536_000_000_000 };
    const [reply] = await ask(connection, connect(token(claims)));
    expect(reply?.connect).toMatchObject({ expires: true, ttl: 31_536_000 });
    test.clock.advance(63_072_000_000);
    expect(connection.closedWith).toBeUndefined();
  });
});

describe("a token that is not good", () => {
  it("and has expired: the client hears it and comes with another", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const connection = test.dial();
    expect(await ask(connection, connect("expired"))).toEqual([
      { id: 1, error: replyErrors.tokenExpired },
    ]);
    expect(connection.closedWith).toBeUndefined();
    expect(test.counted).toEqual(["connection expired"]);
  });

  it("and never was ends the connection for good", async () => {
    const test = new TestHub({ open: true }, undefined, { tokens: fakeTokens });
    test.hub.onConnect(() => ({ user: "ann" }));
    const connection = test.dial();
    expect(await ask(connection, connect("invalid"))).toEqual([]);
    expect(connection.closedWith).toEqual(disconnects.invalidToken);
    expect(test.counted).toEqual(["connection invalid"]);
    expect(test.log).toContainEqual({
      level: "info",
      fields: { client: "client-1", kind: "connection", fault: "invalid", detail: "it is invalid" },
      message: "a token was refused",
    });
  });

  it("because nobody can tell is an error for now", async () => {
    const test = new TestHub({}, undefined, { tokens: fakeTokens });
    const connection = test.dial();
    expect(await ask(connection, connect("no keys"))).toEqual([
      { id: 1, error: replyErrors.internal },
    ]);
    expect(test.logged("error")).toEqual(["a command failed"]);
    test.clock.advance(10_000);
    expect(connection.closedWith).toEqual(disconnects.stale);
  });
});

describe("no token, where tokens are verified", () => {
  it.each([true, false])("is unauthorized without a hook, be the hub open (%s)", async (open) => {
    const test = new TestHub({ open }, undefined, { tokens: fakeTokens });
    const connection = test.dial();
    expect(await ask(connection, connect())).toEqual([{ id: 1, error: replyErrors.unauthorized }]);
    expect(test.hub.clients.size).toBe(0);
  });
});

describe("a function in place of tokens", () => {
  it("sees the token and grants what a token would", async () => {
    const test = new TestHub({});
    test.hub.onConnect(({ token }) =>
      token === "secret"
        ? { user: "ann", meta: 1, expiresAtMs: test.clock.now() + 5_000, capabilities: [] }
        : refuse(replyErrors.unauthorized),
    );
    const [reply] = await ask(test.dial(), connect("secret"));
    expect(reply?.connect).toMatchObject({ expires: true, ttl: 5 });
    expect(test.hub.clients.get("client-1")).toMatchObject({ user: "ann", meta: 1 });
  });

  it("that grants a time which is over already grants nothing", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => ({ user: "ann", expiresAtMs: test.clock.now() }));
    expect(await ask(test.dial(), connect())).toEqual([{ id: 1, error: replyErrors.expired }]);
    expect(test.hub.clients.size).toBe(0);
  });
});

describe("presence", () => {
  it("shows who the token says, whatever the client says of itself", async () => {
    const test = new TestHub({ open: true }, undefined, { tokens: fakeTokens });
    const spoofer = test.dial();
    const claims = { user: "mallory", info: { name: "Mallory" } };
    await ask(spoofer, {
      id: 1,
      connect: { token: token(claims), data: { user: "ann" }, name: "ann", user: "ann" },
    });
    const info = { user: "ann", client: "client-9", conn_info: { name: "Ann" } };
    await ask(
      spoofer,
      { id: 2, subscribe: { channel: "a", info, data: info } },
      { id: 3, publish: { channel: "a", data: 1, info } },
    );
    const members = [...(await test.hub.channel("a").presence()).values()];
    expect(members).toEqual([
      { client: "client-1", user: "mallory", info: { name: "Mallory" }, channelInfo: undefined },
    ]);
  });
});

/** Tokens of connections and subscriptions: asked for when they are needed, again in time, and what happens without one. */

import type { Token } from "@tautline/client";
import { reasons } from "@tautline/client";
import { describe, expect, test } from "vitest";
import { World } from "./world.ts";

/** A token function that counts, and what it gave. */
function counting(gives: (n: number) => string | null = (n) => `token ${n}`) {
  let asked = 0;
  const token: Token = () => {
    asked += 1;
    return Promise.resolve(gives(asked));
  };
  return {
    token,
    get asked() {
      return asked;
    },
  };
}

const sentTokens = (world: World, method: "connect" | "refresh" | "subscribe" | "sub_refresh") =>
  world.server.requests(method).map((command) => command[method]?.token);

describe("a connection whose time is limited", () => {
  test("is refreshed in time, again and again", async () => {
    const world = new World();
    world.server.lifetimes.set("connect", 60).set("refresh", 30);
    const source = counting();
    const client = await world.connected({ token: source.token });
    await world.environment.advance(59_000);
    expect(source.asked).toBe(1);
    await world.environment.advance(1_500);
    expect(sentTokens(world, "refresh")).toEqual(["token 2"]);
    await world.environment.advance(31_000);
    expect(sentTokens(world, "refresh")).toEqual(["token 2", "token 3"]);
    world.server.lifetimes.delete("refresh");
    await world.environment.advance(31_000);
    expect(source.asked).toBe(4);
    await world.environment.advance(3_600_000);
    expect(source.asked).toBe(4);
    expect(client.state).toBe("connected");
    expect(world.server.sockets).toHaveLength(1);
  });

  test("comes back with the newest token", async () => {
    const world = new World();
    world.server.lifetimes.set("connect", 60);
    await world.connected({ token: counting().token });
    await world.environment.advance(61_000);
    world.server.socket.end(1006);
    await world.environment.advance(1_000);
    expect(sentTokens(world, "connect")).toEqual(["token 1", "token 2"]);
  });

  test.each([
    {
      name: "a function that throws",
      give: (): string => {
        throw new Error("no network");
      },
    },
    { name: "a refusal for now", give: (n: number) => `token ${n}`, refuse: true },
  ])("tries again some seconds after $name", async ({ give, refuse = false }) => {
    const world = new World();
    world.server.lifetimes.set("connect", 60);
    const source = counting((n) => (n === 2 ? give(n) : `token ${n}`));
    const client = await world.connected({ token: source.token });
    if (refuse) {
      world.server.refusals.set("refresh", { code: 100, message: "later", temporary: true });
    }
    await world.environment.advance(61_000);
    expect(source.asked).toBe(2);
    await world.environment.advance(10_000);
    expect(source.asked).toBe(3);
    expect(sentTokens(world, "refresh").at(-1)).toBe("token 3");
    expect(client.state).toBe("connected");
  });

  test("ends for good when the server does not take the new token", async () => {
    const world = new World();
    world.server.lifetimes.set("connect", 60);
    world.server.refusals.set("refresh", { code: 110, message: "expired" });
    const client = await world.connected({ token: counting().token });
    await world.environment.advance(61_000);
    expect(client.status).toMatchObject({ state: "disconnected", code: 110, reason: "expired" });
  });

  test("ends as unauthorized when there is no other token", async () => {
    const world = new World();
    world.server.lifetimes.set("connect", 60);
    const client = await world.connected({
      token: counting((n) => (n === 1 ? "token" : null)).token,
    });
    await world.environment.advance(61_000);
    expect(client.status).toMatchObject({ state: "disconnected", ...reasons.unauthorized });
    expect(world.server.living).toEqual([]);
  });

  test("asks for no token after it has ended", async () => {
    const world = new World();
    world.server.lifetimes.set("connect", 60);
    const source = counting();
    const client = await world.connected({ token: source.token });
    void client.disconnect();
    await world.environment.advance(600_000);
    expect(source.asked).toBe(1);
    expect(world.environment.timerCount).toBe(0);
  });
});

describe("connecting without a token", () => {
  test("that there should be ends as unauthorized, and connects no more", async () => {
    const world = new World();
    const client = world.client({ token: () => null });
    await expect(client.connect()).rejects.toMatchObject({ code: "disconnected" });
    await world.environment.advance(60_000);
    expect(client.status).toMatchObject({ state: "disconnected", ...reasons.unauthorized });
    expect(world.server.sockets).toEqual([]);
  });

  test("with a fixed one that has expired ends as unauthorized", async () => {
    const world = new World();
    world.server.refusals.set("connect", { code: 109, message: "token expired" });
    const client = world.client({ token: "old" });
    void client.connect();
    await world.environment.advance(60_000);
    expect(client.status).toMatchObject({ state: "disconnected", ...reasons.unauthorized });
    expect(world.server.sockets).toHaveLength(1);
    expect(world.environment.timerCount).toBe(0);
  });
});

describe("a subscription with a token", () => {
  test("sends it, a fixed one or one that comes later", async () => {
    const world = new World();
    const client = await world.connected();
    client.subscribe("a", { token: "fixed" });
    client.subscribe("b", { token: () => Promise.resolve("later") });
    client.subscribe("c");
    await world.environment.advance(20);
    expect(sentTokens(world, "subscribe")).toEqual(["fixed", undefined, "later"]);
    expect(client.subscription("b")?.state).toBe("subscribed");
  });

  test("asks for another one when the server calls it expired", async () => {
    const world = new World();
    const client = await world.connected();
    world.server.refusals.set("a", { code: 109, message: "token expired" });
    const subscription = client.subscribe("a", { token: counting().token });
    await world.environment.advance(2_000);
    expect(sentTokens(world, "subscribe")).toEqual(["token 1", "token 2"]);
    expect(subscription.state).toBe("subscribed");
  });

  test("subscribes again with the one it has after a reconnect", async () => {
    const world = new World();
    const client = await world.connected();
    client.subscribe("a", { token: counting().token });
    await world.environment.advance(20);
    world.server.socket.end(1006);
    await world.environment.advance(2_000);
    expect(sentTokens(world, "subscribe")).toEqual(["token 1", "token 1"]);
  });

  test("is over with a fixed one that has expired, and without any", async () => {
    const world = new World();
    const client = await world.connected();
    world.server.refusals.set("a", { code: 109, message: "token expired" });
    const ends = [
      client.subscribe("a", { token: "old" }),
      client.subscribe("b", { token: () => null }),
    ].map((subscription) => {
      const codes: number[] = [];
      subscription.onStateChange(({ state, code }) => state === "unsubscribed" && codes.push(code));
      return codes;
    });
    await world.environment.advance(20);
    expect(ends).toEqual([[109], [reasons.unauthorized.code]]);
    expect(client.state).toBe("connected");
  });

  test("tries again when no token comes for now", async () => {
    const world = new World();
    const client = await world.connected();
    let asked = 0;
    const subscription = client.subscribe("a", {
      token: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error("no network")) : "token";
      },
    });
    await world.environment.advance(2_000);
    expect([asked, subscription.state]).toEqual([2, "subscribed"]);
  });

  test("is refreshed in time, and no more once it is over", async () => {
    const world = new World();
    world.server.lifetimes.set("a", 60);
    const client = await world.connected();
    const source = counting();
    const subscription = client.subscribe("a", { token: source.token });
    await world.environment.advance(61_000);
    expect(sentTokens(world, "sub_refresh")).toEqual(["token 2"]);
    void subscription.unsubscribe();
    await world.environment.advance(600_000);
    expect(source.asked).toBe(2);
  });

  test("is over when the server does not take the new one, and the server knows", async () => {
    const world = new World();
    world.server.lifetimes.set("a", 60);
    const client = await world.connected();
    world.server.refusals.set("sub_refresh", { code: 110, message: "expired" });
    const subscription = client.subscribe("a", { token: counting().token });
    const codes: number[] = [];
    subscription.onStateChange(({ state, code }) => state === "unsubscribed" && codes.push(code));
    await world.environment.advance(61_000);
    expect(codes).toEqual([110]);
    expect(world.server.requests("unsubscribe")).toHaveLength(1);
    expect(client.state).toBe("connected");
  });

  test("that is ended while its token is fetched sends nothing", async () => {
    const world = new World();
    const client = await world.connected();
    const subscription = client.subscribe("a", { token: () => Promise.resolve("late") });
    void subscription.unsubscribe();
    await world.environment.advance(1_000);
    expect(world.server.requests("subscribe")).toEqual([]);
  });
});

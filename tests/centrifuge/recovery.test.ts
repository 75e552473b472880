/** The official client comes back to the hub: history, recovery, cache, deltas and subscriptions of the server's. */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { PublicationContext, SubscribedContext } from "centrifuge";
import { describe, expect, it } from "vitest";
import type { HubOptions } from "@tautline/hub";
import { unsubscribes } from "@tautline/wire";
import { dial, next, serve, subscribe } from "./official-client.ts";

const recoverable: Partial<HubOptions> = {
  open: true,
  channels: { historySize: 20_000, recovery: "stream", deltas: ["fossil"] },
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** Text that is mostly the same each time, as the state of a thing is. */
const state = (n: number) => ({
  n,
  name: "a thing with a long name, über and 🎉",
  parts: [1, 2, n],
});

const all: Partial<HubOptions> = { ...recoverable, maxBufferedBytes: 16_777_216 };

describe("the connection is cut in the middle of 10,000 publications", () => {
  it.each([
    { name: "plainly", delta: undefined },
    { name: "with deltas", delta: "fossil" as const },
  ])("no gap, no double, order kept, $name", async ({ delta }) => {
    const server = await serve(all);
    const client = dial(server);
    const count = 10_000;
    const received: number[] = [];
    const recoveries: SubscribedContext[] = [];
    const subscription = client.newSubscription("a", delta === undefined ? {} : { delta });
    const done = new Promise<void>((resolve) => {
      subscription.on("publication", ({ data }) => {
        received.push(data.n);
        if (data.n === count) resolve();
      });
    });
    subscription.on("subscribed", (context) => recoveries.push(context));
    subscription.subscribe();
    await subscription.ready();
    const channel = server.hub.channel("a");
    for (let n = 1; n <= count; n += 1) {
      await channel.publish(state(n));
      // So that sockets carry things between.
      if (n % 50 === 0) await nextTurn();
      if (n % 2500 !== 1250) continue;
      // Somewhere while the client is being sent things, away, and coming back.
      server.cut();
      if (n > 5000) await next(subscription, "subscribed");
    }
    await done;
    expect(received).toEqual(upTo(count));
    expect(recoveries.length).toBeGreaterThan(2);
    for (const { wasRecovering, recovered } of recoveries.slice(1)) {
      expect([wasRecovering, recovered]).toEqual([true, true]);
    }
  });
});

describe("the official client", () => {
  it("is told when what it missed is gone", async () => {
    const server = await serve({
      open: true,
      channels: { historySize: 2, recovery: "stream" },
    });
    const client = dial(server);
    const chat = await subscribe(client, "a");
    client.disconnect();
    for (const n of upTo(3)) await server.hub.channel("a").publish(n);
    const again = next(chat, "subscribed");
    client.connect();
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: false });
    const publication = next(chat, "publication");
    await server.hub.channel("a").publish("next");
    expect((await publication)[0]).toMatchObject({ data: "next", offset: 4 });
  });

  it("begins from a place that the application has kept", async () => {
    const server = await serve(recoverable);
    const channel = server.hub.channel("a");
    for (const n of upTo(3)) await channel.publish(n);
    const { position } = await channel.history();
    const chat = dial(server).newSubscription("a", { since: { ...position, offset: 1 } });
    const publications = next(chat, "publication", 2);
    chat.subscribe();
    expect((await publications).map(({ data }) => data)).toEqual([2, 3]);
  });

  it("recovers by itself after being told of insufficient state", async () => {
    const server = await serve(recoverable);
    const client = dial(server);
    const chat = await subscribe(client, "a");
    const again = next(chat, "subscribed");
    for (const one of server.hub.clients.values()) {
      one.unsubscribe("a", unsubscribes.insufficientState);
    }
    await server.hub.channel("a").publish(1);
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: true });
  });

  it("reads history in pages, forwards and backwards", async () => {
    const server = await serve(recoverable);
    for (const n of upTo(10)) await server.hub.channel("a").publish(n);
    const chat = await subscribe(dial(server), "a");
    const read = async (reverse: boolean): Promise<unknown[]> => {
      const seen: unknown[] = [];
      let { epoch, offset } = await chat.history({ limit: 0 });
      offset = reverse ? offset + 1 : 0;
      for (;;) {
        const page = await chat.history({ limit: 4, since: { epoch, offset }, reverse });
        if (page.publications.length === 0) return seen;
        seen.push(...page.publications.map(({ data }) => data));
        offset = page.publications.at(-1)?.offset ?? 0;
        ({ epoch } = page);
      }
    };
    expect(await read(false)).toEqual(upTo(10));
    expect(await read(true)).toEqual(upTo(10).toReversed());
    await expect(
      chat.history({ limit: 1, since: { epoch: "forged", offset: 1 } }),
    ).rejects.toMatchObject({ code: 112 });
  });

  it("gets the newest publication of a cache at once, and again when it comes back", async () => {
    const server = await serve({ open: true, channels: { historySize: 1, recovery: "cache" } });
    const channel = server.hub.channel("a");
    for (const n of upTo(3)) await channel.publish(n);
    const client = dial(server);
    const chat = client.newSubscription("a");
    const seen: unknown[] = [];
    chat.on("publication", ({ data }: PublicationContext) => seen.push(data));
    chat.subscribe();
    await chat.ready();
    expect(seen).toEqual([3]);
    client.disconnect();
    for (const n of [4, 5]) await channel.publish(n);
    const again = next(chat, "subscribed");
    client.connect();
    expect((await again)[0]).toMatchObject({ recovered: true });
    expect(seen).toEqual([3, 5]);
  });

  it("understands deltas, and is sent less", async () => {
    const server = await serve({ open: true, channels: { deltas: ["fossil"] } });
    const chat = await subscribe(dial(server), "a", { delta: "fossil" });
    const publications = next(chat, "publication", 20);
    for (const n of upTo(20)) await server.hub.channel("a").publish(state(n));
    expect((await publications).map(({ data }) => data)).toEqual(upTo(20).map(state));
    expect(chat.deltaStats()).toMatchObject({ numFullPayloads: 1, numDeltaPayloads: 19 });
  });
});

describe("subscriptions that the server makes", () => {
  const options: Partial<HubOptions> = {
    ...recoverable,
    namespaces: { user: { historySize: 100, recovery: "stream" } },
  };

  it("begin with the connection, and recover with it", async () => {
    const server = await serve(options);
    server.hub.onConnect(() => ({
      user: "ann",
      subscriptions: [{ channel: "user:ann", data: { hello: true } }],
    }));
    const channel = server.hub.channel("user:ann");
    const client = dial(server);
    const [first] = await next(client, "subscribed");
    expect(first).toMatchObject({ channel: "user:ann", recoverable: true, data: { hello: true } });
    const received: unknown[] = [];
    client.on("publication", ({ data }) => received.push(data));
    const two = next(client, "publication", 2);
    for (const n of [1, 2]) await channel.publish(n);
    await two;
    client.disconnect();
    for (const n of [3, 4, 5]) await channel.publish(n);
    const again = next(client, "subscribed");
    const three = next(client, "publication", 3);
    client.connect();
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: true });
    await three;
    expect(received).toEqual(upTo(5));
  });

  it("begin and end whenever the server says so", async () => {
    const server = await serve(options);
    const client = dial(server);
    await client.ready();
    const subscribed = next(client, "subscribed");
    const [one] = server.hub.clients.values();
    expect(await one?.subscribe({ channel: "user:ann", data: 1 })).toBe(true);
    expect((await subscribed)[0]).toMatchObject({ channel: "user:ann", positioned: true, data: 1 });
    const publication = next(client, "publication");
    await server.hub.channel("user:ann").publish("hi");
    expect((await publication)[0]).toMatchObject({ channel: "user:ann", data: "hi", offset: 1 });
    await expect(one?.subscribe({ channel: "user:ann" })).rejects.toMatchObject({
      answer: { code: 105 },
    });
    const unsubscribed = next(client, "unsubscribed");
    one?.unsubscribe("user:ann");
    expect((await unsubscribed)[0]).toMatchObject({ channel: "user:ann" });
    expect(one?.channels).toEqual([]);
  });
});

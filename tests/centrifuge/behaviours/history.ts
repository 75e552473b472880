/** The official client reads history, catches up with it, and has subscriptions that the server makes. */

import { expect } from "vitest";
import { unsubscribes } from "@tautline/wire";
import type { HubOptions } from "@tautline/hub";
import { startProxy } from "../../transports/proxy.ts";
import { startServer } from "../../transports/world.ts";
import type { Behaviours } from "../combination.ts";
import { state, upTo } from "../combination.ts";
import { next, subscribe } from "../official-client.ts";
import { follow } from "./follower.ts";

const hub: Partial<HubOptions> = {
  maxBufferedBytes: 16_777_216,
  channels: { historySize: 20_000, recovery: "stream", deltas: ["fossil"] },
};

export const history: Behaviours = {
  async "reads it in pages, forwards and backwards"(combination) {
    const server = await startServer({ hub });
    for (const n of upTo(10)) await server.channel("a").publish(n);
    const chat = await subscribe(combination.dial(server), "a");
    const read = async (reverse: boolean): Promise<unknown[]> => {
      const seen: unknown[] = [];
      let { epoch, offset } = await chat.history({ limit: 0 });
      offset = reverse ? offset + 1 : 0;
      for (;;) {
        const page = await chat.history({ limit: 4, since: { epoch, offset }, reverse });
        if (page.publications.length === 0) return seen;
        seen.push(...page.publications.map(({ data }) => combination.value(data)));
        offset = page.publications.at(-1)?.offset ?? 0;
        ({ epoch } = page);
      }
    };
    expect(await read(false)).toEqual(upTo(10));
    expect(await read(true)).toEqual(upTo(10).toReversed());
    const forged = chat.history({ limit: 1, since: { epoch: "forged", offset: 1 } });
    await expect(forged).rejects.toMatchObject({ code: 112 });
  },

  async "is told when what it missed is gone"(combination) {
    const server = await startServer({ hub: { channels: { historySize: 2, recovery: "stream" } } });
    const client = combination.dial(server);
    const chat = await subscribe(client, "a");
    client.disconnect();
    for (const n of upTo(3)) await server.channel("a").publish(n);
    const again = next(chat, "subscribed");
    client.connect();
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: false });
    const publication = next(chat, "publication");
    await server.channel("a").publish("next");
    const [{ data, offset } = {}] = await publication;
    expect([combination.value(data), offset]).toEqual(["next", 4]);
  },

  async "begins from a place that the application has kept"(combination) {
    const server = await startServer({ hub });
    for (const n of upTo(3)) await server.channel("a").publish(n);
    const { position } = await server.channel("a").history();
    const chat = combination
      .dial(server)
      .newSubscription("a", { since: { ...position, offset: 1 } });
    const publications = next(chat, "publication", 2);
    chat.subscribe();
    expect((await publications).map(({ data }) => combination.value(data))).toEqual([2, 3]);
  },

  async "recovers by itself after being told of insufficient state"(combination) {
    const server = await startServer({ hub });
    const chat = await subscribe(combination.dial(server), "a");
    const again = next(chat, "subscribed");
    for (const one of server.hub.clients.values()) {
      one.unsubscribe("a", unsubscribes.insufficientState);
    }
    await server.channel("a").publish(1);
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: true });
  },

  async "gets the newest publication of a cache at once, and again when it comes back"(
    combination,
  ) {
    const server = await startServer({ hub: { channels: { historySize: 1, recovery: "cache" } } });
    for (const n of upTo(3)) await server.channel("a").publish(n);
    const client = combination.dial(server);
    const { values, subscription } = follow(combination, client, "a");
    await subscription.ready();
    expect(values).toEqual([3]);
    client.disconnect();
    for (const n of [4, 5]) await server.channel("a").publish(n);
    const again = next(subscription, "subscribed");
    client.connect();
    expect((await again)[0]).toMatchObject({ recovered: true });
    expect(values).toEqual([3, 5]);
  },

  async "recovers with deltas when the connection is cut in the middle of 2,000 publications"(
    combination,
  ) {
    const count = 2000;
    const server = await startServer({ hub });
    const proxy = await startProxy(server.url);
    const client = combination.dial(proxy);
    const follower = follow(combination, client, "a", { delta: "fossil" });
    const { values, starts, subscription } = follower;
    await subscription.ready();
    for (const n of upTo(count)) {
      await server.channel("a").publish(state(n));
      if (n % 500 !== 250) continue;
      // Somewhere while the client is being sent things, away, and coming back.
      const again = next(subscription, "subscribed");
      proxy.cut();
      if (n > 1000) await again;
    }
    await follower.received(count);
    expect(values).toEqual(upTo(count).map(state));
    expect(starts.length).toBeGreaterThan(2);
    expect(starts.slice(1).every((start) => start.wasRecovering && start.recovered)).toBe(true);
  },

  async "has subscriptions that the server makes, and recovers them"(combination) {
    const server = await startServer({
      hub: { ...hub, namespaces: { user: { historySize: 100, recovery: "stream" } } },
      hooks: {
        connect: () => ({
          user: "ann",
          subscriptions: [{ channel: "user:ann", data: { hello: true } }],
        }),
      },
    });
    const channel = server.channel("user:ann");
    const client = combination.dial(server);
    const [first] = await next(client, "subscribed");
    expect(first).toMatchObject({ channel: "user:ann", recoverable: true });
    expect(combination.value(first?.data)).toEqual({ hello: true });
    const received: unknown[] = [];
    client.on("publication", ({ data }) => received.push(combination.value(data)));
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
  },

  async "has subscriptions that begin and end whenever the server says so"(combination) {
    const server = await startServer({ hub });
    const client = combination.dial(server);
    await client.ready();
    const subscribed = next(client, "subscribed");
    const [one] = server.hub.clients.values();
    expect(await one?.subscribe({ channel: "ann", data: 1 })).toBe(true);
    const [context] = await subscribed;
    expect(context).toMatchObject({ channel: "ann", positioned: true });
    expect(combination.value(context?.data)).toBe(1);
    const publication = next(client, "publication");
    await server.channel("ann").publish("hi");
    const [{ channel, data, offset } = {}] = await publication;
    expect([channel, combination.value(data), offset]).toEqual(["ann", "hi", 1]);
    await expect(one?.subscribe({ channel: "ann" })).rejects.toMatchObject({
      answer: { code: 105 },
    });
    const unsubscribed = next(client, "unsubscribed");
    one?.unsubscribe("ann");
    expect((await unsubscribed)[0]).toMatchObject({ channel: "ann" });
    expect(one?.channels).toEqual([]);
  },
};

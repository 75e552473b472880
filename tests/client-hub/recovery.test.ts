/** Our client comes back to our hub over real sockets: whatever breaks, nothing is missing and nothing comes twice. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { Client } from "@tautline/client";
import type { SubscriptionChange } from "@tautline/client";
import type { HubOptions } from "@tautline/hub";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { HubOnAPort, stopAll } from "./hub-on-a-port.ts";

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await stopAll();
});

const recoverable: Partial<HubOptions> = {
  channels: { historySize: 20_000, recovery: "stream", deltas: ["fossil"] },
  maxBufferedBytes: 16_777_216,
};

function newClient(server: HubOnAPort): Client {
  const client = new Client(server.url, {
    webSocket: WebSocket,
    reconnectDelayMs: 5,
    maxReconnectDelayMs: 20,
  });
  clients.push(client);
  void client.connect();
  return client;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

const state = (n: number) => ({ n, name: "a thing with a long name, über and 🎉" });

describe("the connection is cut in the middle of 10,000 publications", () => {
  test.each([
    { name: "plainly", delta: undefined },
    { name: "with deltas", delta: "fossil" as const },
  ])("no gap, no double, order kept, $name", async ({ delta }) => {
    const server = await HubOnAPort.start(recoverable);
    const client = newClient(server);
    const count = 10_000;
    const received: number[] = [];
    const changes: SubscriptionChange[] = [];
    const subscription = client.subscribe<{ n: number }>("a", { delta });
    const done = new Promise<void>((resolve) => {
      subscription.onPublication(({ data }) => {
        received.push(data.n);
        if (data.n === count) resolve();
      });
    });
    subscription.onStateChange((change) => changes.push(change));
    await subscription.ready();
    const channel = server.hub.channel("a");
    for (let n = 1; n <= count; n += 1) {
      await channel.publish(state(n));
      // So that sockets carry things between.
      if (n % 50 === 0) await nextTurn();
      if (n % 2500 !== 1250) continue;
      server.cut();
      // Half of the cuts find the client away, half find it back.
      if (n > 5000) {
        await new Promise<void>((resolve) => {
          const stop = subscription.onStateChange(({ state }) => {
            if (state !== "subscribed") return;
            stop();
            resolve();
          });
        });
      }
    }
    await done;
    expect(received).toEqual(upTo(count));
    const returns = changes.filter(({ state }) => state === "subscribed").slice(1);
    expect(returns.length).toBeGreaterThan(1);
    for (const change of returns) {
      expect(change).toMatchObject({ wasRecovering: true, recovered: true });
    }
    expect(subscription.position?.offset).toBe(count);
  });
});

describe("a client of a hub that keeps history", () => {
  test("is told when the server that comes back knows nothing", async () => {
    const first = await HubOnAPort.start(recoverable);
    const subscription = newClient(first).subscribe("a");
    await subscription.ready();
    await first.hub.channel("a").publish(1);
    const back = new Promise<SubscriptionChange>((resolve) => {
      subscription.onStateChange((change) => {
        if (change.state === "subscribed") resolve(change);
      });
    });
    await first.kill();
    const second = await HubOnAPort.start(recoverable, first.port);
    expect(await back).toMatchObject({ wasRecovering: true, recovered: false });
    const heard = new Promise((resolve) => {
      subscription.onPublication(({ data }) => resolve(data));
    });
    await second.hub.channel("a").publish("new");
    expect(await heard).toBe("new");
  });

  test("reads it in pages, forwards and backwards", async () => {
    const server = await HubOnAPort.start(recoverable);
    for (const n of upTo(10)) await server.hub.channel("a").publish(n);
    const client = newClient(server);
    const read = async (reverse: boolean): Promise<unknown[]> => {
      const seen: unknown[] = [];
      let since = (await client.history("a")).position;
      since = { ...since, offset: reverse ? since.offset + 1 : 0 };
      for (;;) {
        const { publications } = await client.history("a", { limit: 4, since, reverse });
        const last = publications.at(-1);
        if (last === undefined) return seen;
        seen.push(...publications.map(({ data }) => data));
        since = { ...since, offset: last.offset };
      }
    };
    expect(await read(false)).toEqual(upTo(10));
    expect(await read(true)).toEqual(upTo(10).toReversed());
  });
});

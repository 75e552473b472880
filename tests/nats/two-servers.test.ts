/** Two servers that are one over a real NATS, with the official client at each: also when NATS is away for a while. */

import { fileURLToPath } from "node:url";
import { serve } from "tautline";
import type { ServeOptions, TautlineServer } from "tautline";
import { expect, onTestFinished, test } from "vitest";
import { Line } from "../../packages/broker-nats/test/line.ts";
import type { NatsServerSettings } from "../../packages/broker-nats/test/nats-server.ts";
import { NatsServer } from "../../packages/broker-nats/test/nats-server.ts";
import { eventually, follow, upTo } from "../centrifuge/follower.ts";
import { Program } from "../cli/program.ts";

async function startNats(settings: NatsServerSettings = {}): Promise<NatsServer> {
  const nats = new NatsServer(settings);
  onTestFinished(() => nats.remove());
  await nats.start();
  return nats;
}

async function startServer(
  broker: string,
  channels: NonNullable<ServeOptions["hub"]>["channels"] = {
    historySize: 10_000,
    recovery: "stream",
  },
): Promise<TautlineServer> {
  const server = await serve({
    port: 0,
    page: false,
    broker,
    hub: { channels },
    drainTimeoutMs: 1000,
  });
  onTestFinished(() => server.close());
  return server;
}

test("a client that goes on at another server misses nothing, and members are those of both", async () => {
  const { address } = await startNats();
  const [one, two] = [await startServer(address), await startServer(address)];
  const follower = await follow(one);
  for (const n of upTo(100)) await two.channel("a").publish(n);
  await eventually(() => follower.values.length, 100);
  const { position } = await one.channel("a").history();
  const other = await follow(two, { ...position, offset: 60 });
  await eventually(() => other.values, upTo(100).slice(60));
  expect(other.recoveries).toEqual([true]);
  const { clients } = await follower.subscription.presence();
  expect(Object.keys(clients)).toHaveLength(2);
});

test("what is published while a server cannot hear NATS is recovered, by itself", async () => {
  const nats = await startNats();
  const line = new Line(() => nats.port);
  await line.open();
  onTestFinished(() => line.close());
  const [one, two] = [await startServer(line.address), await startServer(nats.address)];
  const follower = await follow(one);
  await two.channel("a").publish(1);
  await eventually(() => follower.values, [1]);
  // The line on which the server hears is cut, and a publication follows before it is back.
  line.cut();
  await two.channel("a").publish(2);
  await eventually(() => follower.values, [1, 2]);
  await two.channel("a").publish(3);
  await eventually(() => follower.values, [1, 2, 3]);
  expect(follower.recoveries).not.toContain(false);
});

test("while NATS is away clients stay connected and publications are refused for now; then all goes on", async () => {
  const nats = await startNats();
  const [one, two] = [await startServer(nats.address), await startServer(nats.address)];
  const follower = await follow(one);
  const publisher = await follow(two);
  for (const n of upTo(50)) await publisher.subscription.publish(n);
  await eventually(() => follower.values.length, 50);
  await nats.kill();
  await expect(publisher.subscription.publish("lost")).rejects.toMatchObject({ code: 100 });
  expect([follower.client.state, publisher.client.state]).toEqual(["connected", "connected"]);
  await nats.start();
  const publish = () =>
    publisher.subscription.publish(51).then(
      () => true,
      () => false,
    );
  await expect.poll(publish, { timeout: 15_000 }).toBe(true);
  await eventually(() => follower.values, upTo(51));
  await eventually(() => publisher.values, upTo(51));
  expect([...follower.recoveries, ...publisher.recoveries]).not.toContain(false);
});

test("without JetStream a server says what it lacks, or carries publications to whoever is there", async () => {
  const { address } = await startNats({ jetStream: false });
  await expect(startServer(address)).rejects.toThrow("JetStream");
  const bare = { presence: false };
  const [one, two] = [await startServer(address, bare), await startServer(address, bare)];
  const follower = await follow(one);
  await two.channel("a").publish(1);
  await eventually(() => follower.values, [1]);
});

test("a server that is killed is gone from presence and from the list of nodes", async () => {
  const nats = await startNats();
  const one = await startServer(nats.address);
  const script = fileURLToPath(new URL("../deploy/node-process.mjs", import.meta.url));
  const other = new Program([script, "nats", nats.address]);
  onTestFinished(() => other.stop());
  const [, url = ""] = await other.printed(/Ready: (\S+)/u);
  const { subscription } = await follow(one);
  await follow({ url });
  const members = async () => (await subscription.presenceStats()).numClients;
  await expect.poll(members, { timeout: 15_000 }).toBe(2);
  await expect.poll(() => one.hub.nodes.size, { timeout: 15_000 }).toBe(2);
  await other.stop();
  await expect.poll(members, { timeout: 30_000 }).toBe(1);
  expect(Object.keys((await subscription.presence()).clients)).toHaveLength(1);
  await expect.poll(() => one.hub.nodes.size, { timeout: 30_000 }).toBe(1);
}, 90_000);

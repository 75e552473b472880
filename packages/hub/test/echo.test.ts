/** Publications that are not for everybody: who does not get them, and that nobody takes that for a gap. */

import { describe, expect, it } from "vitest";
import type { ChannelOptions } from "@tautline/hub";
import type { Publication, Reply } from "@tautline/wire";
import { applyDelta, decodePayload } from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const logged = { historySize: 100, recovery: "stream" } as const;

const hubWith = (channels: Partial<ChannelOptions>): TestHub =>
  new TestHub({ open: true, pingIntervalMs: 0, channels });

const publish = (data: unknown) => ({ id: 9, publish: { channel: "a", data } });

const pubsIn = (replies: readonly Reply[]): readonly Publication[] =>
  replies.flatMap(({ push }) => (push?.pub === undefined ? [] : [push.pub]));

const heardBy = (connection: FakeConnection): (readonly [offset: number, data: unknown])[] =>
  pubsIn(connection.take()).map(({ offset = 0, data }) => [offset, Number(data)]);

const state = (n: number) => ({ n, text: "long enough that a difference is shorter" });

const text = (one: Publication | undefined): string =>
  one?.data === undefined ? "" : String(decodePayload(one.data));

async function subscribeFrom(connection: FakeConnection, offset: number, epoch: string) {
  const since = { recover: true, offset, epoch };
  const [reply] = await ask(connection, { id: 5, subscribe: { channel: "a", ...since } });
  const { recovered, publications = [] } = reply?.subscribe ?? {};
  return { recovered, numbers: publications.map((one) => one.offset) };
}

describe("a channel without echo", () => {
  it("keeps a publication from the connection that it came from, and from no other", async () => {
    const test = hubWith({ echo: false });
    test.hub.onConnect(() => ({ user: "ann" }));
    const [ann, annToo] = [await test.connect("a"), await test.connect("a")];
    expect(await ask(ann, publish(1))).toEqual([{ id: 9, publish: {} }]);
    expect(heardBy(annToo)).toEqual([[0, 1]]);
    await ask(annToo, publish(2));
    expect(heardBy(ann)).toEqual([[0, 2]]);
  });

  it("keeps what the server publishes from nobody", async () => {
    const test = hubWith({ echo: false });
    const ann = await test.connect("a");
    await test.hub.channel("a").publish(1);
    expect(heardBy(ann)).toEqual([[0, 1]]);
  });

  it("does as the publish hook says of each publication", async () => {
    const test = new TestHub({ open: true, namespaces: { no: { echo: false }, yes: {} } });
    test.hub.onPublish(({ data }) => ({ echo: data === "back" }));
    const ann = await test.connect("no:a", "yes:a");
    const sent = ["no:a", "yes:a"].flatMap((channel) =>
      ["back", "away"].map((data) => ({ id: 9, publish: { channel, data } })),
    );
    const pushes = (await ask(ann, ...sent)).filter(({ push }) => push !== undefined);
    expect(pushes.map(({ push }) => [push?.channel, push?.pub?.data])).toEqual([
      ["no:a", '"back"'],
      ["yes:a", '"back"'],
    ]);
  });
});

describe("a publication with exceptions", () => {
  it("reaches all others, by the ids of connections", async () => {
    const test = hubWith({});
    const [ann, ben, eve] = [
      await test.connect("a"),
      await test.connect("a"),
      await test.connect("a"),
    ];
    await test.hub.channel("a").publish(1, { except: ["client-1", "client-3", "nobody"] });
    await test.hub.channel("a").publish(2, { except: [] });
    expect([ann, ben, eve].map(heardBy)).toEqual([
      [[0, 2]],
      [
        [0, 1],
        [0, 2],
      ],
      [[0, 2]],
    ]);
  });

  it("is no gap for those who do not get it, now and whenever places are checked", async () => {
    const test = hubWith(logged);
    const ann = await test.connect("a");
    const channel = test.hub.channel("a");
    await channel.publish(1);
    await channel.publish(2, { except: ["client-1"] });
    await channel.publish(3);
    await channel.publish(4, { except: ["client-1"] });
    for (let check = 0; check < 5; check += 1) {
      test.clock.advance(30_000);
      await settle();
    }
    expect(ann.take().map(({ push }) => push?.pub?.offset)).toEqual([1, 3]);
    await channel.publish(5);
    expect(heardBy(ann)).toEqual([[5, 5]]);
  });

  it("is in the log, whoever reads it", async () => {
    const test = hubWith(logged);
    const ann = await test.connect("a");
    await test.hub.channel("a").publish(1, { except: ["client-1"] });
    const [reply] = await ask(ann, { id: 3, history: { channel: "a", limit: 10 } });
    expect(reply?.history?.publications).toEqual([{ data: "1", offset: 1 }]);
  });

  it("is not recovered in the connection that it is not for, and is in the next one", async () => {
    const test = hubWith(logged);
    const ann = await test.connect("a");
    const channel = test.hub.channel("a");
    const { position } = await channel.publish(1, { except: ["client-1"] });
    await channel.publish(2);
    await channel.publish(3, { except: ["client-1"] });
    const epoch = position?.epoch ?? "";
    await ask(ann, { id: 4, unsubscribe: { channel: "a" } });
    expect(await subscribeFrom(ann, 0, epoch)).toEqual({ recovered: true, numbers: [2] });
    await channel.publish(4);
    expect(heardBy(ann)).toEqual([[4, 4]]);
    const again = await test.connect();
    expect(await subscribeFrom(again, 0, epoch)).toEqual({
      recovered: true,
      numbers: [1, 2, 3, 4],
    });
  });

  it("is no base of differences", async () => {
    const test = hubWith({ ...logged, deltas: ["fossil"] });
    const ann = await test.connect();
    await ask(ann, { id: 2, subscribe: { channel: "a", delta: "fossil" } });
    const channel = test.hub.channel("a");
    await channel.publish(state(1));
    await channel.publish(state(2), { except: ["client-1"] });
    await channel.publish(state(3));
    const [first, second] = pubsIn(ann.take());
    expect(second?.delta).toBe(true);
    const whole = applyDelta(text(first), text(second), 1000);
    expect(JSON.parse(whole)).toEqual(state(3));
  });
});

/** Clients that speak JSON and clients that speak Protobuf in the same channels, and messages that are bytes. */

import { describe, expect, it } from "vitest";
import type { ChannelOptions, HubOptions } from "@tautline/hub";
import type { Publication } from "@tautline/wire";
import {
  applyBinaryDelta,
  encodePayload,
  jsonCodec,
  payloadBytes,
  protobufCodec,
} from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import { FakePrepared, settle } from "./fake-connection.ts";
import { TestHub, tell } from "./test-hub.ts";

const channels = (options: Partial<ChannelOptions>): Partial<HubOptions> => ({
  open: true,
  channels: options,
});
const subscribe = { id: 2, subscribe: { channel: "a", join_leave: true } };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const noJson = Uint8Array.of(0, 255, 10);

const pushed = (connection: FakeConnection): Publication[] =>
  connection.take().flatMap(({ push }) => push?.pub ?? []);

async function publish(connection: FakeConnection, data: Uint8Array) {
  const replies = await tell(connection, { id: 9, publish: { channel: "a", data } });
  return replies.find(({ id }) => id === 9);
}

const state = (n: number): Uint8Array =>
  Uint8Array.of(...Array.from({ length: 60 }, (_, at) => at + 180), n);

/** The data of publications put together as a client does, and which of them were deltas. */
const unpack = (publications: readonly Publication[]) => {
  let base = new Uint8Array(0);
  return publications.map(({ data = base, delta = false }) => {
    const sent = payloadBytes(data);
    base = new Uint8Array(delta ? applyBinaryDelta(base, sent, 10_000) : sent);
    return { data: base, delta };
  });
};

const text = (n: number): string =>
  JSON.stringify({ n, text: "the same in all of them, long enough" });

const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, "hex"));

describe("a channel with both", () => {
  it("carries JSON both ways, encoded and framed once for each format", async () => {
    const test = new TestHub();
    const json = [await test.meet(jsonCodec, subscribe), await test.meet(jsonCodec, subscribe)];
    const binary = [
      await test.meet(protobufCodec, subscribe),
      await test.meet(protobufCodec, subscribe),
    ];
    const [ann, ben] = [json[0], binary[0]];
    if (ann === undefined || ben === undefined) throw new Error("Nobody is there");
    for (const connection of [...json, ...binary]) connection.take();
    const before = FakePrepared.made;
    const data = encodePayload({ text: "é\n" });
    ann.say({ id: 3, publish: { channel: "a", data } });
    await settle();
    expect(FakePrepared.made - before).toBe(2);
    for (const connection of json) expect(pushed(connection)[0]?.data).toBe(data);
    for (const connection of binary)
      expect(pushed(connection)[0]?.data).toEqual(payloadBytes(data));
    await publish(ben, utf8('{\n"a": 1.0}'));
    expect(FakePrepared.made - before).toBe(4);
    for (const connection of json) expect(pushed(connection)[0]?.data).toBe('{"a": 1.0}');
    expect(pushed(binary[1] ?? ben)[0]?.data).toEqual(utf8('{\n"a": 1.0}'));
  });

  it("shows each who is there and who comes and goes", async () => {
    const test = new TestHub();
    test.hub.onConnect(({ client }) => ({ user: client, info: { name: "é" } }));
    const ann = await test.meet(jsonCodec, subscribe);
    const ben = await test.meet(protobufCodec, subscribe);
    expect(ann.take().at(-1)?.push?.join?.info).toMatchObject({
      client: "client-2",
      conn_info: '{"name":"é"}',
    });
    const [reply] = await tell(ben, { id: 3, presence: { channel: "a" } });
    expect(reply?.presence?.presence.get("client-1")).toEqual({
      user: "client-1",
      client: "client-1",
      conn_info: utf8('{"name":"é"}'),
    });
    const [stats] = await tell(ben, { id: 4, presence_stats: { channel: "a" } });
    expect(stats?.presence_stats).toEqual({ num_clients: 2, num_users: 2 });
    ann.drop();
    await settle();
    expect(ben.take().at(-1)?.push?.leave?.info?.client).toBe("client-1");
  });

  it("has one history, from which each recovers in its format", async () => {
    const test = new TestHub(channels({ historySize: 10, recovery: "stream" }));
    const ann = await test.meet(jsonCodec, subscribe);
    const ben = await test.meet(protobufCodec, subscribe);
    await publish(ann, utf8("[1]"));
    await publish(ben, utf8("[2]"));
    const { position } = await test.hub.channel("a").history();
    const recover = {
      id: 2,
      subscribe: { channel: "a", recover: true, offset: 0, epoch: position.epoch },
    };
    const since = {
      id: 3,
      history: { channel: "a", limit: -1, since: { offset: 1, epoch: position.epoch } },
    };
    for (const [codec, data] of [
      [jsonCodec, ["[1]", "[2]"]],
      [protobufCodec, [utf8("[1]"), utf8("[2]")]],
    ] as const) {
      const late = test.dial(codec);
      const replies = await tell(late, { id: 1, connect: {} }, recover, since);
      const result = replies.find(({ id }) => id === 2)?.subscribe;
      expect(result).toMatchObject({ recovered: true, positioned: true });
      expect(result?.publications?.map((one) => one.data)).toEqual(data);
      const page = replies.find(({ id }) => id === 3)?.history;
      expect(page?.publications.map((one) => [one.data, one.offset])).toEqual([[data[1], 2]]);
    }
  });

  it("disconnects a JSON client by bytes that are no JSON, and nobody else", async () => {
    const test = new TestHub();
    const [ann, ben, cat] = [
      await test.meet(jsonCodec, subscribe),
      await test.meet(protobufCodec, subscribe),
      await test.meet(protobufCodec, subscribe),
    ];
    cat.take();
    expect(await publish(ben, noJson)).toEqual({ id: 9, publish: {} });
    expect(ann.closedWith).toEqual({ code: 3506, reason: "inappropriate protocol" });
    expect(test.logged("info")).toContain("bytes for a JSON client");
    expect(pushed(cat)[0]?.data).toEqual(noJson);
    expect((await test.hub.channel("a").presenceStats()).clients).toBe(2);
  });

  it("and does so in answers too", async () => {
    const test = new TestHub(channels({ historySize: 10 }));
    test.hub.rpc("bytes", () => noJson);
    await test.hub.channel("a").publish(noJson);
    const page = { id: 3, history: { channel: "a", limit: 1 } };
    for (const command of [page, { id: 3, rpc: { method: "bytes" } }]) {
      const json = await test.meet(jsonCodec, command);
      expect(json.closedWith?.code).toBe(3506);
    }
    const binary = test.dial(protobufCodec);
    const replies = await tell(binary, { id: 1, connect: {} }, page, {
      id: 4,
      rpc: { method: "bytes" },
    });
    expect(replies.find(({ id }) => id === 3)?.history?.publications[0]?.data).toEqual(noJson);
    expect(replies.find(({ id }) => id === 4)?.rpc?.data).toEqual(noJson);
  });
});

describe("code on the server", () => {
  it("gets the value of what holds JSON, and bytes that do not", async () => {
    const test = new TestHub();
    const seen: unknown[] = [];
    test.hub.onConnect(({ data }) => void seen.push(data));
    test.hub.onPublish(({ data }) => void seen.push(data));
    test.hub.channel("a").onPublish((data) => void seen.push(data));
    test.hub.rpc("echo", (data) => data);
    const ann = test.dial(protobufCodec);
    await tell(ann, { id: 1, connect: { data: utf8('{"a":1}') } });
    await publish(ann, utf8("[1]"));
    await publish(ann, noJson);
    expect(seen).toEqual([{ a: 1 }, [1], [1], noJson, noJson]);
    const [reply] = await tell(ann, { id: 2, rpc: { method: "echo", data: noJson } });
    expect(reply?.rpc?.data).toEqual(noJson);
  });

  it("gets bytes always in a channel of bytes, and may do with them what it likes", async () => {
    const test = new TestHub(channels({ payloads: "bytes", historySize: 2 }));
    const seen: unknown[] = [];
    const ann = await test.meet(protobufCodec, subscribe);
    test.hub.channel<Uint8Array>("a").onPublish((data) => {
      seen.push(data.slice());
      data.fill(7);
    });
    ann.take();
    await publish(ann, utf8("1"));
    const json = await test.meet(jsonCodec);
    json.say({ id: 3, publish: { channel: "a", data: encodePayload("x") } });
    await settle();
    expect(seen).toEqual([utf8("1"), utf8('"x"')]);
    expect(pushed(ann).map(({ data }) => data)).toEqual([utf8('"x"')]);
    const { publications } = await test.hub.channel<Uint8Array>("a").history({ limit: 2 });
    expect(publications.map(({ data }) => data)).toEqual([utf8("1"), utf8('"x"')]);
  });

  it("publishes bytes and sends them, which are its own again at once", async () => {
    const test = new TestHub();
    const ann = await test.meet(protobufCodec, subscribe);
    ann.take();
    const bytes = Uint8Array.from(noJson);
    await test.hub.channel("a").publish(bytes);
    test.hub.clients.get("client-1")?.send(bytes);
    bytes.fill(9);
    const [pub, message] = ann.take();
    expect(pub?.push?.pub?.data).toEqual(noJson);
    expect(message?.push?.message?.data).toEqual(noJson);
  });
});

describe("a channel of JSON", () => {
  it("refuses a publication that is none", async () => {
    const test = new TestHub(channels({ payloads: "json" }));
    const [ann, ben] = [
      await test.meet(jsonCodec, subscribe),
      await test.meet(protobufCodec, subscribe),
    ];
    const deep = utf8("[".repeat(30_000) + "]".repeat(30_000));
    for (const data of [noJson, utf8("{"), deep, new Uint8Array(0)]) {
      expect((await publish(ben, data))?.error?.code).toBe(107);
    }
    expect((await publish(ben, utf8("{}")))?.publish).toEqual({});
    expect(ann.closedWith).toBeUndefined();
  });
});

describe("deltas in Protobuf", () => {
  const delta = { id: 2, subscribe: { channel: "a", delta: "fossil" } };

  it("are bytes to the bytes before, whatever those are", async () => {
    const test = new TestHub(channels({ historySize: 10, recovery: "stream", deltas: ["fossil"] }));
    const ann = await test.meet(protobufCodec, delta);
    ann.take();
    for (const n of [1, 2]) await test.hub.channel("a").publish(state(n));
    const expected = [
      { data: state(1), delta: false },
      { data: state(2), delta: true },
    ];
    expect(unpack(pushed(ann))).toEqual(expected);
    const late = test.dial(protobufCodec);
    const recover = { ...delta, subscribe: { ...delta.subscribe, recover: true } };
    const [, reply] = await tell(late, { id: 1, connect: {} }, recover);
    expect(unpack(reply?.subscribe?.publications ?? [])).toEqual(expected);
  });

  it("and in JSON each get their own form of the same publication", async () => {
    const test = new TestHub(channels({ deltas: ["fossil"] }));
    const [ann, ben] = [await test.meet(jsonCodec, delta), await test.meet(protobufCodec, delta)];
    for (const connection of [ann, ben]) connection.take();
    for (const n of [1, 2]) await test.hub.channel("a").publish(utf8(text(n)));
    expect(unpack(pushed(ben))).toEqual([
      { data: utf8(text(1)), delta: false },
      { data: utf8(text(2)), delta: true },
    ]);
    expect(pushed(ann).map(({ data, delta }) => [typeof JSON.parse(String(data)), delta])).toEqual([
      ["string", undefined],
      ["string", true],
    ]);
  });

  it("of bytes that are no JSON disconnect JSON clients, first publication or not", async () => {
    const test = new TestHub(channels({ deltas: ["fossil"] }));
    const first = await test.meet(jsonCodec, delta);
    await test.hub.channel("a").publish(state(1));
    expect(first.closedWith?.code).toBe(3506);
    const second = await test.meet(jsonCodec, delta);
    await test.hub.channel("a").publish([1]);
    await test.hub.channel("a").publish(state(2));
    expect(second.closedWith?.code).toBe(3506);
  });
});

describe("malformed Protobuf", () => {
  const long = "x".repeat(10_000);
  const rows: { name: string; frame: string | Uint8Array }[] = [
    { name: "text", frame: "{}" },
    { name: "nothing", frame: hex("") },
    { name: "half a command", frame: hex("070801") },
    { name: "a length of 2³¹", frame: hex("808080800801") },
    { name: "a negative length", frame: hex("ffffffffffffffffff0101") },
    { name: "a group", frame: hex("021314") },
    { name: "the field number 0", frame: hex("020001") },
    { name: "a text where a number belongs", frame: hex("030a0161") },
    { name: "JSON as bytes", frame: utf8('{"id":1,"ping":{}}') },
    { name: "513 pongs", frame: new Uint8Array(513) },
    { name: "a frame that is too long", frame: new Uint8Array(70_000) },
  ];

  it.each(rows)("$name ends the connection and hurts nobody else", async ({ frame }) => {
    const test = new TestHub();
    const [ann, ben] = [
      await test.meet(protobufCodec, subscribe),
      await test.meet(protobufCodec, subscribe),
    ];
    ann.receive(frame);
    expect(ann.closedWith).toEqual({ code: 3501, reason: "bad request" });
    await settle();
    expect(await publish(ben, utf8("1"))).toEqual({ id: 9, publish: {} });
  });

  it("is judged after the commands before it", async () => {
    const test = new TestHub();
    const ann = await test.meet(protobufCodec);
    ann.receive(protobufCodec.join([protobufCodec.encodeCommand({ send: {} }), hex("80")]));
    expect(ann.closedWith?.code).toBe(3501);
  });

  it("a channel's name of 10,000 bytes is refused, as in JSON", async () => {
    for (const codec of [jsonCodec, protobufCodec]) {
      const test = new TestHub();
      const ann = await test.meet(codec);
      const [reply] = await tell(ann, { id: 2, subscribe: { channel: long } });
      expect(reply?.error?.code).toBe(107);
      expect(ann.closedWith).toBeUndefined();
    }
  });
});

/** Publications: who may, who looks first, and how they reach subscribers: once, in order, prepared once. */

import { describe, expect, it } from "vitest";
import { refuse } from "@tautline/hub";
import { channel, encodePayload, replyErrors } from "@tautline/wire";
import { FakePrepared, settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const publication = (name: string, data: string, client?: string) => ({
  push: {
    channel: name,
    pub: { data, ...(client !== undefined && { info: { user: "", client } }) },
  },
});

const publish = (id: number, name: string, data: unknown) => ({
  id,
  publish: { channel: name, data },
});
const say = (id: number, text: string) => publish(id, "chat", { text });

describe("a client's publication", () => {
  it("reaches all subscribers, the publisher too, with the publisher's name", async () => {
    const test = new TestHub();
    const [ann, ben, eve] = [
      await test.connect("a"),
      await test.connect("a"),
      await test.connect("b"),
    ];
    const replies = await ask(ann, { id: 9, publish: { channel: "a", data: { n: 1 } } });
    const expected = publication("a", '{"n":1}', "client-1");
    expect(replies).toEqual([expected, { id: 9, publish: {} }]);
    expect(ben.take()).toEqual([expected]);
    expect(eve.take()).toEqual([]);
  });

  it("needs no subscription, nor subscribers", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    expect(await ask(ann, { id: 2, publish: { channel: "a", data: null } })).toEqual([
      { id: 2, publish: {} },
    ]);
  });

  it("keeps the text of its payload", async () => {
    const test = new TestHub();
    const ann = await test.connect("a");
    const data = '{"big":12345678901234567890,"e":"\\u0041", "z":0.10}';
    ann.receive(`{"id":2,"publish":{"channel":"a","data":${data}}}`);
    await settle();
    expect(ann.take()[0]).toEqual(publication("a", data, "client-1"));
  });

  it("is prepared once for all", async () => {
    const test = new TestHub();
    const all = [await test.connect("a"), await test.connect("a"), await test.connect("a")];
    const before = FakePrepared.made;
    await test.hub.channel("a").publish(1);
    expect(FakePrepared.made - before).toBe(1);
    expect(new Set(all.map(({ prepared }) => prepared.at(-1))).size).toBe(1);
  });
});

describe("the publish hook", () => {
  it("decides in a closed hub, whose answer without one is no", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => undefined);
    const ann = await test.connect();
    expect(await ask(ann, publish(2, "a", 1))).toEqual([
      { id: 2, error: replyErrors.permissionDenied },
    ]);
    test.hub.onPublish(({ channel, data }, client) =>
      data === 1 && channel === "a" && client.id === "client-1"
        ? undefined
        : refuse({ code: 400, message: "not one" }),
    );
    expect(await ask(ann, publish(3, "a", 1), publish(4, "a", 2))).toEqual([
      { id: 3, publish: {} },
      { id: 4, error: { code: 400, message: "not one" } },
    ]);
  });
});

describe("those who look at a channel's publications first", () => {
  const chat = channel<{ text: string }>("chat");

  it("see the message and its sender, and may refuse it", async () => {
    const test = new TestHub();
    const seen: unknown[] = [];
    const stop = test.hub.channel(chat).onPublish(async ({ text }, from) => {
      seen.push([text, from.id]);
      if (text === "bad") return refuse({ code: 401, message: "bad word" });
      if (text === "boom") throw new Error("a fault in the handler");
      return undefined;
    });
    const ann = await test.connect("chat");
    const replies = await ask(ann, say(3, "hi"), say(4, "bad"), say(5, "boom"));
    expect(replies).toEqual([
      publication("chat", '{"text":"hi"}', "client-1"),
      { id: 3, publish: {} },
      { id: 4, error: { code: 401, message: "bad word" } },
      { id: 5, error: replyErrors.internal },
    ]);
    expect(seen).toEqual([
      ["hi", "client-1"],
      ["bad", "client-1"],
      ["boom", "client-1"],
    ]);
    stop();
    expect(await ask(ann, say(6, "bad"))).toHaveLength(2);
    expect(seen).toHaveLength(3);
  });

  it("may be several, each until it is taken back", async () => {
    const test = new TestHub();
    const seen: string[] = [];
    const stops = ["one", "two"].map((name) =>
      test.hub.channel("chat").onPublish(() => void seen.push(name)),
    );
    const ann = await test.connect();
    await ask(ann, say(2, "hi"));
    stops[0]?.();
    stops[0]?.();
    await ask(ann, say(3, "hi"));
    stops[1]?.();
    await ask(ann, say(4, "hi"));
    expect(seen).toEqual(["one", "two", "two"]);
  });

  it("do not open a closed hub", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => undefined);
    test.hub.channel(chat).onPublish(() => undefined);
    const ann = await test.connect();
    expect(await ask(ann, { id: 2, publish: { channel: "chat", data: {} } })).toEqual([
      { id: 2, error: replyErrors.permissionDenied },
    ]);
  });

  it("keep the order of a client's publications, however long they take", async () => {
    const test = new TestHub();
    const waits: (() => void)[] = [];
    test.hub.channel("a").onPublish(() => new Promise<void>((resolve) => waits.push(resolve)));
    const ann = await test.connect("a", "b");
    const early = await ask(ann, publish(4, "a", 4), publish(5, "a", 5), publish(6, "b", 6));
    // The other channel does not wait.
    expect(early.at(-1)).toEqual({ id: 6, publish: {} });
    expect(waits).toHaveLength(1);
    waits[0]?.();
    await settle();
    waits[1]?.();
    await settle();
    expect(ann.take()).toEqual([
      publication("a", "4", "client-1"),
      { id: 4, publish: {} },
      publication("a", "5", "client-1"),
      { id: 5, publish: {} },
    ]);
  });
});

describe("the server's publication", () => {
  it("asks no hook and names nobody", async () => {
    const test = new TestHub();
    test.hub.onPublish(() => refuse(replyErrors.permissionDenied));
    const ann = await test.connect("chat");
    await test.hub.channel(channel<{ text: string }>("chat")).publish({ text: "hi" });
    expect(ann.take()).toEqual([publication("chat", '{"text":"hi"}')]);
  });

  it("needs a name and a message that can be sent", () => {
    const { hub } = new TestHub();
    expect(() => hub.channel("")).toThrow(RangeError);
    expect(() => hub.channel("a".repeat(256))).toThrow(RangeError);
    expect(() => hub.channel("a").publish(undefined)).toThrow(TypeError);
  });
});

describe("a publish hook", () => {
  it("may replace the data, add tags, and keep it out of the log", async () => {
    const test = new TestHub({ open: true, channels: { historySize: 10 } });
    test.hub.onPublish(({ data }) => ({
      data: { cleaned: data },
      tags: { from: "hook" },
      skipHistory: data === "secret",
    }));
    const seen: unknown[] = [];
    test.hub.channel("a").onPublish((message) => void seen.push(message));
    const ann = await test.connect("a");
    await ask(
      ann,
      { id: 5, publish: { channel: "a", data: "open" } },
      { id: 6, publish: { channel: "a", data: "secret" } },
    );
    const { publications } = await test.hub.channel("a").history({ limit: 10 });
    expect(publications.map(({ data, tags }) => [data, tags.get("from")])).toEqual([
      [{ cleaned: "open" }, "hook"],
    ]);
    expect(seen).toEqual([{ cleaned: "open" }, { cleaned: "secret" }]);
  });
});

describe("a publication of the server", () => {
  it("may stay out of the log, and may be encoded already", async () => {
    const test = new TestHub({ open: true, channels: { historySize: 10, recovery: "stream" } });
    const ann = await test.connect("a");
    const channel = test.hub.channel("a");
    const { position } = await channel.publish(1, { skipHistory: true });
    expect(position).toBeUndefined();
    await channel.publishPayload(encodePayload(2));
    await channel.publish(3);
    expect(ann.take().map(({ push }) => push?.pub?.data)).toEqual(["1", "2", "3"]);
    expect((await channel.history({ limit: 10 })).publications.map(({ data }) => data)).toEqual([
      2, 3,
    ]);
  });
});

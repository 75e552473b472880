/** Contracts with schemas: what clients send is held to them, and a refusal names the field. */

import { describe, expect, it } from "vitest";
import type { AnyContract } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import type { SchemaResult, StandardSchema } from "@tautline/wire";
import { channel, channels, procedure } from "@tautline/wire";
import { TestHub, ask } from "./test-hub.ts";

interface Said {
  readonly text: string;
}

function check(value: unknown): SchemaResult<Said> {
  if (typeof value !== "object" || value === null) return { issues: [{ message: "no object" }] };
  const { text } = value as { text?: unknown };
  if (typeof text === "string" && text.length > 0) return { value: { text } };
  return {
    issues: [
      { path: ["text"], message: "must be a text" },
      { path: [{ key: "author" }, "names", 0], message: "is missing" },
    ],
  };
}

function schema(validate: (value: unknown) => SchemaResult<Said> | Promise<SchemaResult<Said>>) {
  return { "~standard": { version: 1, vendor: "test", validate } } as StandardSchema<Said>;
}

const said = schema(check);
const lobby = channel("lobby", said);
const rooms = channels("room:{name}/{user}", said);
const fields = "bad request; text: must be a text; author.names.0: is missing";

const testHub = (...contracts: AnyContract[]) =>
  new TestHub({ open: true }, undefined, { contracts });
const publish = (id: number, name: string, data: unknown) => ({
  id,
  publish: { channel: name, data },
});
const call = (id: number, method: string, data?: unknown) => ({ id, rpc: { method, data } });
const refused = (id: number, message: string) => ({ id, error: { code: 107, message } });

describe("a channel with a contract", () => {
  it.each(["lobby", "room:blue/ann"])("refuses what does not fit, %s", async (name) => {
    const test = testHub(lobby, rooms);
    const ann = await test.connect();
    const data = [{}, { text: "" }, { text: 7 }, "text", null, { text: "x", more: 1 }];
    const replies = await ask(ann, ...data.map((one, index) => publish(index + 2, name, one)));
    expect(replies.toSorted((a, b) => a.id! - b.id!)).toEqual([
      refused(2, fields),
      refused(3, fields),
      refused(4, fields),
      refused(5, "bad request; no object"),
      refused(6, "bad request; no object"),
      { id: 7, publish: {} },
    ]);
  });

  it("passes on what the schema has made of it, to hooks, handlers and subscribers", async () => {
    const test = testHub(lobby);
    const seen: unknown[] = [];
    test.hub.onPublish(({ data }) => void seen.push(data));
    test.hub.channel(lobby).onPublish(({ text }) => void seen.push(text));
    const ann = await test.connect("lobby");
    const [push] = await ask(ann, publish(2, "lobby", { text: "hello", admin: true }));
    expect(push?.push?.pub?.data).toBe('{"text":"hello"}');
    expect(seen).toEqual([{ text: "hello" }, "hello"]);
  });

  it("leaves other channels alone, and what code on the server publishes", async () => {
    const test = testHub(lobby, rooms);
    const ann = await test.connect("lobby");
    expect(await ask(ann, publish(2, "room:blue", 7), publish(3, "other", 7))).toEqual([
      { id: 2, publish: {} },
      { id: 3, publish: {} },
    ]);
    await test.hub.channel("lobby").publish(7);
    expect(ann.take()[0]?.push?.pub?.data).toBe("7");
  });

  it("waits for a schema that takes its time, and keeps the order", async () => {
    const slow = schema(async (value) => {
      await Promise.resolve();
      return check(value);
    });
    const test = testHub(channel("lobby", slow));
    const ann = await test.connect("lobby");
    const texts = ["a", "b", "c"];
    const replies = await ask(ann, ...texts.map((text, at) => publish(at + 2, "lobby", { text })));
    const pushed = replies.flatMap(({ push }) => push?.pub?.data ?? []);
    expect(pushed).toEqual(texts.map((text) => JSON.stringify({ text })));
  });

  it("answers with an internal error when the schema throws", async () => {
    const broken = schema(() => {
      throw new Error("out of order");
    });
    const test = testHub(channel("lobby", broken));
    const ann = await test.connect();
    const [reply] = await ask(ann, publish(2, "lobby", 1));
    expect(reply?.error?.code).toBe(100);
    expect(test.logged("error")).toHaveLength(1);
  });

  it("tells no more than fits, however much is wrong", async () => {
    const long = schema(() => ({
      issues: Array.from({ length: 1000 }, () => ({ message: "x".repeat(1000) })),
    }));
    const test = testHub(channel("lobby", long));
    const ann = await test.connect();
    const [reply] = await ask(ann, publish(2, "lobby", 1));
    expect(reply?.error?.message).toHaveLength(300);
  });

  it("cannot be checked without a schema", () => {
    expect(() => testHub(channel("lobby"))).toThrow(/contract of lobby has no schema/);
    expect(() => testHub(channels("room:{a}"))).toThrow(/contract of room:\{a\} has no schema/);
  });
});

describe("handlers of a pattern", () => {
  it("see the publications of all its channels, with the parameters, and may refuse", async () => {
    const test = testHub();
    const seen: unknown[] = [];
    const stop = test.hub.channels(rooms).onPublish(({ message, channel: name, params }, from) => {
      seen.push([message.text, name, params, from.id]);
      return params.name === "closed" ? refuse({ code: 400, message: "closed" }) : undefined;
    });
    const ann = await test.connect();
    const text = { text: "hi" };
    const replies = await ask(
      ann,
      publish(2, "room:blue/ann", text),
      publish(3, "room:closed/ann", text),
      publish(4, "room:blue", text),
    );
    expect(replies.toSorted((a, b) => a.id! - b.id!)).toEqual([
      { id: 2, publish: {} },
      { id: 3, error: { code: 400, message: "closed" } },
      { id: 4, publish: {} },
    ]);
    expect(seen).toEqual([
      ["hi", "room:blue/ann", { name: "blue", user: "ann" }, "client-1"],
      ["hi", "room:closed/ann", { name: "closed", user: "ann" }, "client-1"],
    ]);
    stop();
    await ask(ann, publish(5, "room:blue/ann", text));
    expect(seen).toHaveLength(2);
    expect(test.hub.channels(rooms).channel({ name: "blue", user: "ann" }).name).toBe(
      "room:blue/ann",
    );
  });
});

describe("a procedure with a contract", () => {
  const shout = procedure("shout", { input: said, output: said });

  it("gets what fits, and refuses what does not", async () => {
    const test = testHub();
    test.hub.procedure(shout, ({ text }, { id }) => ({ text: `${id}: ${text.toUpperCase()}` }));
    const ann = await test.connect();
    expect(
      await ask(ann, call(2, "shout", { text: "hey" }), call(3, "shout", {}), call(4, "shout")),
    ).toEqual([
      { id: 2, rpc: { data: '{"text":"client-1: HEY"}' } },
      refused(3, fields),
      refused(4, "bad request; no object"),
    ]);
  });

  it("takes anything when there is no schema, and may refuse", async () => {
    const test = testHub();
    const odd = procedure<number, string>("odd");
    test.hub.procedure(odd, (input) =>
      input % 2 === 1 ? "odd" : refuse({ code: 400, message: "not odd" }),
    );
    const ann = await test.connect();
    expect(await ask(ann, call(2, "odd", 3), call(3, "odd", 4))).toEqual([
      { id: 2, rpc: { data: '"odd"' } },
      { id: 3, error: { code: 400, message: "not odd" } },
    ]);
  });
});

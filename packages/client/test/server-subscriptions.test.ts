/** What a client makes of the subscriptions that its server makes: what is heard, and which place is kept. */

import { channel } from "@tautline/client";
import type { Publication } from "@tautline/client";
import { ServerSubscriptions } from "@tautline/client/server-subscriptions";
import type { Push, SubscribeResult } from "@tautline/wire";
import { encodePayload } from "@tautline/wire";
import { describe, expect, expectTypeOf, test } from "vitest";

const log = { recoverable: true, positioned: true, epoch: "e" } as const;
const pub = (value: unknown, offset?: number) => ({
  data: encodePayload(value),
  ...(offset !== undefined && { offset }),
});

/** One with an ear at everything. */
function listen() {
  const errors: unknown[] = [];
  const server = new ServerSubscriptions({ reportError: (error) => errors.push(error) });
  const heard: string[] = [];
  server.onSubscribed(({ channel: name, data, wasRecovering, recovered }) => {
    const how = wasRecovering ? (recovered ? " whole" : " with a hole") : "";
    heard.push(`subscribed ${name}${data === undefined ? "" : ` ${JSON.stringify(data)}`}${how}`);
  });
  server.onPublication(({ channel: name, data }) => heard.push(`${name} ${String(data)}`));
  server.onJoin(({ channel: name, member }) => heard.push(`${name} + ${member.user}`));
  server.onLeave(({ channel: name, member }) => heard.push(`${name} - ${member.user}`));
  server.onUnsubscribed(({ channel: name, code }) => heard.push(`unsubscribed ${name} ${code}`));
  const connect = (subs: Record<string, SubscribeResult>): void =>
    server.connected(new Map(Object.entries(subs)));
  return { server, heard, errors, connect, take: () => heard.splice(0) };
}

const push = (server: ServerSubscriptions, name: string, what: Omit<Push, "channel">): void =>
  server.push({ channel: name, ...what });

describe("a client that the server has subscribed", () => {
  test("hears what it is subscribed to, and what comes there", () => {
    const { server, take, connect } = listen();
    connect({ a: { data: encodePayload({ hello: 1 }) }, b: {} });
    push(server, "b", { pub: pub(1) });
    push(server, "a", { join: { info: { user: "ann", client: "1" } } });
    push(server, "a", { leave: { info: { user: "ann", client: "1" } } });
    expect(take()).toEqual([
      'subscribed a {"hello":1}',
      "subscribed b",
      "b 1",
      "a + ann",
      "a - ann",
    ]);
    expect(server.channels).toEqual(["a", "b"]);
  });

  test("hears of subscriptions that begin and end later", () => {
    const { server, take } = listen();
    server.connected(undefined);
    push(server, "a", { pub: pub("before") });
    push(server, "a", { subscribe: { data: encodePayload(1) } });
    push(server, "a", { pub: pub(2) });
    push(server, "a", { unsubscribe: { code: 2000, reason: "server unsubscribe" } });
    push(server, "a", { pub: pub("after") });
    expect(take()).toEqual(["subscribed a 1", "a 2", "unsubscribed a 2000"]);
    expect(server.channels).toEqual([]);
  });

  test("keeps its place where there is a log, and asks from there", () => {
    const { server, take, connect } = listen();
    connect({ a: { ...log, offset: 7 }, b: { epoch: "e", offset: 3 } });
    push(server, "a", { pub: pub(8, 8) });
    push(server, "b", { pub: pub(4, 4) });
    expect(server.position("a")).toEqual({ offset: 8, epoch: "e" });
    expect(server.position("b")).toBeUndefined();
    expect([...server.places]).toEqual([["a", { recover: true, offset: 8, epoch: "e" }]]);
    server.lost({ code: 1006, reason: "" });
    take();
    const publications = [pub(9, 9), pub(10, 10)];
    connect({
      a: { ...log, offset: 8, was_recovering: true, recovered: true, publications },
      b: {},
    });
    push(server, "a", { pub: pub(10, 10) });
    push(server, "a", { pub: pub(12, 12) });
    expect(take()).toEqual(["subscribed a whole", "a 9", "a 10", "subscribed b", "a 12"]);
    expect(server.position("a")?.offset).toBe(12);
  });

  test("is told when something may be missing, and goes on from where the server is", () => {
    const { server, take, connect } = listen();
    connect({ a: { ...log, offset: 7 } });
    connect({ a: { ...log, epoch: "other", offset: 2, was_recovering: true } });
    push(server, "a", { pub: pub(3, 3) });
    expect(take()).toEqual(["subscribed a", "subscribed a with a hole", "a 3"]);
    expect(server.position("a")).toEqual({ offset: 3, epoch: "other" });
  });

  test("gives its place up when its state is worth nothing", () => {
    const { server, connect } = listen();
    connect({ a: { ...log, offset: 7 }, b: {} });
    server.lost({ code: 3014, reason: "state invalidated" });
    expect([...server.places]).toEqual([["a", { recover: true, offset: 0, epoch: "_" }]]);
  });

  test("hears of a subscription that is not made again", () => {
    const { take, connect } = listen();
    connect({ a: {}, b: {} });
    connect({ b: {} });
    expect(take()).toEqual(["subscribed a", "subscribed b", "unsubscribed a 0", "subscribed b"]);
  });

  test("may listen to one channel, with the type of its messages, and stop", () => {
    const { server, errors, connect } = listen();
    const news = channel<{ text: string }>("news");
    const texts: string[] = [];
    const cancel = server.onPublicationIn(news, (publication) => {
      expectTypeOf(publication).toEqualTypeOf<Publication<{ text: string }>>();
      texts.push(publication.data.text);
    });
    server.onPublicationIn("other", () => {
      throw new Error("in a listener");
    });
    connect({ news: {}, other: {} });
    push(server, "news", { pub: pub({ text: "hello" }) });
    push(server, "other", { pub: pub(1) });
    cancel();
    push(server, "news", { pub: pub({ text: "again" }) });
    expect(texts).toEqual(["hello"]);
    expect(errors).toEqual([new Error("in a listener")]);
  });
});

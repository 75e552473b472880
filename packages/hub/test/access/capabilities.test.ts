/** Capabilities: which operations they open, in which channels, before which hooks, and how they are taken back. */

import { describe, expect, it } from "vitest";
import { replyErrors, unsubscribes } from "@tautline/wire";
import type { Capability, HubOptions, Operation } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import type { FakeConnection } from "../fake-connection.ts";
import { settle } from "../fake-connection.ts";
import { TestHub, ask } from "../test-hub.ts";
import { fakeTokens, token } from "./fake-tokens.ts";

const commands: Readonly<Record<Operation, (channel: string) => object>> = {
  subscribe: (channel) => ({ id: 2, subscribe: { channel } }),
  publish: (channel) => ({ id: 2, publish: { channel, data: 1 } }),
  presence: (channel) => ({ id: 2, presence: { channel } }),
  history: (channel) => ({ id: 2, history: { channel } }),
};
const operations = Object.keys(commands) as Operation[];
const withLog: Partial<HubOptions> = { channels: { historySize: 10 } };

async function clientWith(
  capabilities: readonly Capability[] | undefined,
  options: Partial<HubOptions> = withLog,
): Promise<{ test: TestHub; ann: FakeConnection }> {
  const test = new TestHub(options, undefined, { tokens: fakeTokens });
  const ann = test.dial();
  await ask(ann, { id: 1, connect: { token: token({ user: "ann", capabilities }) } });
  return { test, ann };
}

async function allowed(ann: FakeConnection, operation: Operation, channel: string) {
  const replies = await ask(ann, commands[operation](channel));
  const reply = replies.find(({ id }) => id === 2);
  expect([undefined, replyErrors.permissionDenied.code]).toContain(reply?.error?.code);
  return reply?.error === undefined;
}

describe("each operation", () => {
  it.each(operations)("%s needs its own", async (operation) => {
    const { ann } = await clientWith([{ channels: ["a"], allow: [operation] }]);
    for (const other of operations) {
      expect([other, await allowed(ann, other, "a")]).toEqual([other, other === operation]);
      await ask(ann, { id: 3, unsubscribe: { channel: "a" } });
    }
  });

  it.each(operations)("%s in a channel that is not named is refused", async (operation) => {
    const { ann } = await clientWith([{ channels: ["a"], allow: operations }]);
    expect(await allowed(ann, operation, "b")).toBe(false);
  });
});

describe("a capability for channels", () => {
  const rows: { match?: "exact" | "wildcard"; pattern: string; fits: string[]; not: string[] }[] = [
    { pattern: "a*", fits: ["a*"], not: ["a", "ab"] },
    { match: "exact", pattern: "*", fits: ["*"], not: ["a"] },
    { match: "wildcard", pattern: "news", fits: ["news"], not: ["new", "newsy", "anews"] },
    { match: "wildcard", pattern: "*", fits: ["a", "a:b", "*", "é\n🎉"], not: [] },
    { match: "wildcard", pattern: "a:*", fits: ["a:", "a:b:c"], not: ["a", "ba:", "A:b"] },
    { match: "wildcard", pattern: "*:z", fits: [":z", "a:z:z"], not: ["z", ":zz"] },
    { match: "wildcard", pattern: "a*a", fits: ["aa", "aba"], not: ["a", "aab"] },
    { match: "wildcard", pattern: "a*b*c", fits: ["abc", "abbcc", "a1b2c"], not: ["acb", "ab"] },
    { match: "wildcard", pattern: "a**c", fits: ["ac", "abc"], not: ["a"] },
    { match: "wildcard", pattern: "ab*ba", fits: ["abba"], not: ["aba"] },
    { match: "wildcard", pattern: "a.*[b]", fits: ["a.x[b]"], not: ["axb", "a.b"] },
  ];
  it.each(rows)("$match $pattern", async ({ match, pattern, fits, not }) => {
    const capability = {
      channels: [pattern],
      allow: ["publish"] as const,
      ...(match && { match }),
    };
    const { ann } = await clientWith([capability]);
    for (const channel of fits) {
      expect([channel, await allowed(ann, "publish", channel)]).toEqual([channel, true]);
    }
    for (const channel of not) {
      expect([channel, await allowed(ann, "publish", channel)]).toEqual([channel, false]);
    }
  });

  it("of many stars takes no time", async () => {
    const { ann } = await clientWith([
      { match: "wildcard", channels: ["a*".repeat(10_000)], allow: ["publish"] },
    ]);
    expect(await allowed(ann, "publish", `${"a".repeat(254)}b`)).toBe(false);
  });

  it("decides alone when it is the first that names the channel", async () => {
    const { ann } = await clientWith([
      { channels: ["news:secret"], allow: ["presence"] },
      { match: "wildcard", channels: ["news:*"], allow: ["publish"] },
    ]);
    expect(await allowed(ann, "publish", "news:world")).toBe(true);
    expect(await allowed(ann, "publish", "news:secret")).toBe(false);
    expect(await allowed(ann, "presence", "news:secret")).toBe(true);
  });

  it("opens neither a channel that is for others nor what is switched off", async () => {
    const { ann } = await clientWith([{ match: "wildcard", channels: ["*"], allow: operations }], {
      namespaces: { quiet: { clientPublish: false } },
    });
    for (const operation of operations) {
      expect(await allowed(ann, operation, "dialog#ben")).toBe(false);
    }
    expect(await allowed(ann, "publish", "quiet:a")).toBe(false);
    expect(await ask(ann, commands.publish("unknown:a"))).toEqual([
      { id: 2, error: replyErrors.unknownChannel },
    ]);
  });
});

describe("what capabilities leave out", () => {
  it.each(operations)("%s is the hook's to decide", async (operation) => {
    const { test, ann } = await clientWith([{ channels: ["a"], allow: operations }]);
    const asked: string[] = [];
    const hook = ({ channel }: { channel: string }) => {
      asked.push(channel);
      return channel === "b" ? undefined : refuse(replyErrors.permissionDenied);
    };
    test.hub.onSubscribe(hook);
    test.hub.onPublish(hook);
    test.hub.onPresence(hook);
    test.hub.onHistory(hook);
    expect(await allowed(ann, operation, "a")).toBe(true);
    expect(await allowed(ann, operation, "b")).toBe(true);
    expect(await allowed(ann, operation, "c")).toBe(false);
    expect(asked).toEqual(["b", "c"]);
  });

  it.each(operations)("%s is refused on an open hub too", async (operation) => {
    const { test, ann } = await clientWith([], { ...withLog, open: true });
    expect(await allowed(ann, operation, "a")).toBe(false);
    expect(test.logged("warn")).toEqual([]);
  });

  it("presence and history: being subscribed does not open them, nor who comes and goes", async () => {
    const { test, ann } = await clientWith([{ channels: ["a"], allow: ["subscribe"] }]);
    await ask(ann, { id: 2, subscribe: { channel: "a", join_leave: true } });
    expect(await allowed(ann, "presence", "a")).toBe(false);
    expect(await allowed(ann, "history", "a")).toBe(false);
    const ben = test.dial();
    const capabilities = [{ channels: ["a"], allow: ["subscribe", "presence"] }];
    await ask(ben, { id: 1, connect: { token: token({ user: "ben", capabilities }) } });
    await ask(ben, { id: 2, subscribe: { channel: "a", join_leave: true } });
    ben.take();
    const cid = test.dial();
    await ask(cid, { id: 1, connect: { token: token({ user: "cid", capabilities }) } });
    await ask(cid, { id: 2, subscribe: { channel: "a" } });
    expect(ann.take()).toEqual([]);
    expect(ben.take().map(({ push }) => push?.join?.info?.user)).toEqual(["cid"]);
  });
});

/** A client in two channels by capabilities, and in a third by a token. */
async function subscribed(): Promise<{ test: TestHub; ann: FakeConnection }> {
  const { test, ann } = await clientWith([
    { channels: ["a", "b"], allow: ["subscribe", "publish"] },
  ]);
  for (const channel of ["a", "b"]) await ask(ann, commands.subscribe(channel));
  const claims = { user: "ann", channel: "c" };
  await ask(ann, { id: 2, subscribe: { channel: "c", token: token(claims) } });
  return { test, ann };
}

describe("other capabilities", () => {
  it("of a new token end the subscriptions that stood on the old ones alone", async () => {
    const { test, ann } = await subscribed();
    const capabilities = [{ channels: ["b"], allow: ["subscribe"] }];
    const text = token({ user: "ann", capabilities });
    expect(await ask(ann, { id: 3, refresh: { token: text } })).toEqual([
      { id: 3, refresh: {} },
      { push: { channel: "a", unsubscribe: unsubscribes.server } },
    ]);
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["b", "c"]);
    expect(await allowed(ann, "publish", "b")).toBe(false);
  });

  it("are none when the new token says nothing of them", async () => {
    const { test, ann } = await subscribed();
    await ask(ann, { id: 3, refresh: { token: token({ user: "ann" }) } });
    expect(test.hub.clients.get("client-1")?.channels).toEqual(["c"]);
    expect(await allowed(ann, "publish", "b")).toBe(false);
  });

  it("may come from the server at any time; saying nothing of them changes nothing", async () => {
    const { test, ann } = await subscribed();
    const client = test.hub.clients.get("client-1");
    client?.refresh({ expiresAtMs: test.clock.now() + 60_000 });
    await settle();
    expect(client?.channels).toEqual(["a", "b", "c"]);
    client?.refresh({ capabilities: [] });
    await settle();
    expect(client?.channels).toEqual(["c"]);
    expect(ann.take().map(({ push }) => push?.unsubscribe)).toEqual([
      undefined,
      undefined,
      unsubscribes.server,
      unsubscribes.server,
    ]);
  });
});

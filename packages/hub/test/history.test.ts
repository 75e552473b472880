/** Reading the log, for clients and for code on the server: pages in both directions, permissions, limits, forgeries. */

import { describe, expect, it } from "vitest";
import type { HubOptions } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import type { Disconnect, ReplyError } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import { TestHub, ask } from "./test-hub.ts";

const logged: Partial<HubOptions> = { open: true, channels: { historySize: 100 } };

const history = (id: number) => ({ id, history: { channel: "a", limit: 1 } });

async function withLog(options: Partial<HubOptions> = logged) {
  const test = new TestHub(options);
  for (let n = 1; n <= 10; n += 1) await test.hub.channel("a").publish(n);
  const { position } = await test.hub.channel("a").history();
  return { test, epoch: position.epoch };
}

describe("the history command", () => {
  const rows: { name: string; request: (epoch: string) => object; data: number[] }[] = [
    { name: "nothing but the position", request: () => ({}), data: [] },
    { name: "the oldest", request: () => ({ limit: 2 }), data: [1, 2] },
    { name: "the newest", request: () => ({ limit: 2, reverse: true }), data: [10, 9] },
    {
      name: "all, when less than nothing is said",
      request: () => ({ limit: -1 }),
      data: [1, 2, 3],
    },
    { name: "no more than a page", request: () => ({ limit: 2_147_483_647 }), data: [1, 2, 3] },
    {
      name: "what comes after",
      request: (epoch) => ({ limit: 2, since: { offset: 5, epoch } }),
      data: [6, 7],
    },
    {
      name: "what comes before",
      request: (epoch) => ({ limit: 2, since: { offset: 5, epoch }, reverse: true }),
      data: [4, 3],
    },
    {
      name: "nothing after the newest",
      request: (epoch) => ({ limit: 2, since: { offset: 10, epoch } }),
      data: [],
    },
    {
      name: "nothing before the oldest",
      request: (epoch) => ({ limit: 2, since: { offset: 1, epoch }, reverse: true }),
      data: [],
    },
  ];
  it.each(rows)("gives $name", async ({ request, data }) => {
    const { test, epoch } = await withLog({ ...logged, maxHistoryPublications: 3 });
    const ann = await test.connect();
    const [reply] = await ask(ann, { id: 2, history: { channel: "a", ...request(epoch) } });
    expect(reply?.history).toMatchObject({ epoch, offset: 10 });
    expect(reply?.history?.publications.map((one) => Number(one.data))).toEqual(data);
  });

  const forged: { name: string; request: (epoch: string) => object; error: ReplyError }[] = [
    {
      name: "a forged epoch",
      request: () => ({ limit: 1, since: { offset: 5, epoch: "forged" } }),
      error: replyErrors.unrecoverablePosition,
    },
    {
      name: "an offset beyond the newest",
      request: (epoch) => ({ limit: 1, since: { offset: 11, epoch } }),
      error: replyErrors.unrecoverablePosition,
    },
    {
      name: "an offset that the log no longer follows",
      request: (epoch) => ({ limit: 1, since: { offset: 3, epoch } }),
      error: replyErrors.unrecoverablePosition,
    },
  ];
  it.each(forged)("refuses $name", async ({ request, error }) => {
    const { test, epoch } = await withLog({ open: true, channels: { historySize: 5 } });
    const ann = await test.connect();
    const replies = await ask(ann, { id: 2, history: { channel: "a", ...request(epoch) } });
    expect(replies).toEqual([{ id: 2, error }]);
  });

  const hostile: { name: string; request: string; disconnect: Disconnect }[] = [
    { name: "no channel", request: "{}", disconnect: disconnects.badRequest },
    {
      name: "a limit beyond 32 bits",
      request: '{"channel":"a","limit":2147483648}',
      disconnect: disconnects.badRequest,
    },
    {
      name: "part of a limit",
      request: '{"channel":"a","limit":0.5}',
      disconnect: disconnects.badRequest,
    },
    {
      name: "a negative offset",
      request: '{"channel":"a","since":{"offset":-1}}',
      disconnect: disconnects.badRequest,
    },
    {
      name: "a place that is a number",
      request: '{"channel":"a","since":7}',
      disconnect: disconnects.badRequest,
    },
  ];
  it.each(hostile)("ends the connection on $name", async ({ request, disconnect }) => {
    const { test } = await withLog();
    const ann = await test.connect();
    await ask(ann, `{"id":2,"history":${request}}`);
    expect(ann.closedWith).toEqual(disconnect);
  });

  it("cuts a page that would be too long, and gives the rest with the next", async () => {
    const test = new TestHub({ ...logged, maxRecoveredBytes: 2500 });
    for (let n = 0; n < 5; n += 1) await test.hub.channel("a").publish("x".repeat(1000));
    const ann = await test.connect();
    const seen: (number | undefined)[][] = [];
    for (let offset = 0, id = 2; offset < 5; id += 1) {
      const since = { offset, epoch: "" };
      const [reply] = await ask(ann, { id, history: { channel: "a", limit: 9, since } });
      const page = reply?.history?.publications.map((one) => one.offset) ?? [];
      seen.push(page);
      offset = page.at(-1) ?? 9;
    }
    expect(seen).toEqual([[1, 2], [3, 4], [5]]);
  });

  it("is for subscribers in a closed hub, unless a hook decides", async () => {
    const test = new TestHub({ channels: { historySize: 10 } });
    test.hub.onConnect(() => undefined);
    test.hub.onSubscribe(() => undefined);
    const ann = await test.connect();
    expect(await ask(ann, history(2))).toEqual([{ id: 2, error: replyErrors.permissionDenied }]);
    await ask(ann, { id: 3, subscribe: { channel: "a" } });
    expect((await ask(ann, history(4)))[0]?.history).toBeDefined();
    test.hub.onHistory(({ channel, subscribed }) =>
      refuse({ code: 450, message: `${channel} ${subscribed}` }),
    );
    expect(await ask(ann, history(5))).toEqual([
      { id: 5, error: { code: 450, message: "a true" } },
    ]);
  });

  it("is not there where the channel has no log, or clients may not read it", async () => {
    const test = new TestHub({
      open: true,
      namespaces: { none: {}, own: { historySize: 10, clientHistory: false } },
    });
    const ann = await test.connect();
    for (const channel of ["none:a", "own:a"]) {
      expect(await ask(ann, { id: 2, history: { channel } })).toEqual([
        { id: 2, error: replyErrors.notAvailable },
      ]);
    }
  });
});

describe("code on the server", () => {
  it("reads the log, with tags and publishers", async () => {
    const test = new TestHub(logged);
    const a = test.hub.channel<{ n: number }>("a");
    await a.publish({ n: 1 }, { tags: { kind: "news" } });
    const ann = await test.connect();
    await ask(ann, { id: 2, publish: { channel: "a", data: { n: 2 } } });
    const { publications, position } = await a.history({ limit: 10 });
    expect(position).toMatchObject({ offset: 2 });
    expect(publications).toEqual([
      { data: { n: 1 }, publisher: undefined, tags: new Map([["kind", "news"]]), offset: 1 },
      {
        data: { n: 2 },
        publisher: expect.objectContaining({ user: "" }),
        tags: new Map(),
        offset: 2,
      },
    ]);
    await a.removeHistory();
    expect(await a.history({ limit: 10 })).toEqual({ publications: [], position });
  });

  it("is refused where there is no log", async () => {
    const { hub } = new TestHub();
    await expect(hub.channel("a").history()).rejects.toMatchObject({
      answer: replyErrors.notAvailable,
    });
  });
});

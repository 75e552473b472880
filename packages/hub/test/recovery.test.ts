/** Coming back: exactly what was missed, in order, once; or the word that something may be missing. */

import { describe, expect, it } from "vitest";
import type { HubOptions, LogPage, LogQuery } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import type { Reply } from "@tautline/wire";
import { disconnects, encodePayload, replyErrors, unsubscribes } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { deferred } from "./deferred.ts";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const recoverable: Partial<HubOptions> = {
  open: true,
  channels: { historySize: 100, recovery: "stream" },
};

/** Subscribes, recovering from `since` when it is given. */
async function subscribe(
  connection: FakeConnection,
  since?: { offset?: number; epoch?: string },
  more: object = {},
) {
  const recover = since === undefined ? {} : { recover: true, ...since };
  const [reply, ...rest] = await ask(connection, {
    id: 2,
    subscribe: { channel: "a", ...recover, ...more },
  });
  return { reply, result: reply?.subscribe, rest };
}

const publish = async (test: TestHub, ...values: unknown[]): Promise<void> => {
  for (const value of values) await test.hub.channel("a").publish(value);
};

const dataOf = (replies: readonly Reply[]): unknown[] =>
  replies.map(({ push }) => push?.pub?.data ?? push);

const recoveredData = (reply: Reply | undefined): unknown[] | undefined =>
  reply?.subscribe?.publications?.map(({ data }) => data);

/** A broker that reads the log at once and answers when the test says so. */
class SlowReader extends MemoryBroker {
  readonly answers: (() => void)[] = [];

  constructor() {
    super(brokerSetup());
  }

  override async history(channel: string, query: LogQuery): Promise<LogPage> {
    const page = await super.history(channel, query);
    await new Promise<void>((resolve) => this.answers.push(resolve));
    return page;
  }

  async answer(): Promise<void> {
    this.answers.shift()?.();
    await settle();
  }
}

describe("a subscription to a channel with a log", () => {
  it("is told its place, and gets what follows with its offset", async () => {
    const test = new TestHub(recoverable);
    await publish(test, 1, 2);
    const ann = await test.connect();
    const { result } = await subscribe(ann);
    expect(result).toMatchObject({ recoverable: true, positioned: true, offset: 2 });
    expect(result?.epoch).toBeTruthy();
    expect(result?.was_recovering).toBeUndefined();
    expect(result?.publications).toBeUndefined();
    await publish(test, 3);
    expect(ann.take()).toEqual([{ push: { channel: "a", pub: { data: "3", offset: 3 } } }]);
  });

  it("gets exactly what it missed, in order, and goes on from there", async () => {
    const test = new TestHub(recoverable);
    const ann = await test.connect();
    const { result: first } = await subscribe(ann);
    await publish(test, 1, 2);
    ann.drop();
    await publish(test, 3, 4, 5);
    const back = await test.connect();
    const { reply, result } = await subscribe(back, { offset: 2, epoch: first?.epoch ?? "" });
    expect(result).toMatchObject({ recovered: true, was_recovering: true, offset: 2 });
    expect(recoveredData(reply)).toEqual(["3", "4", "5"]);
    expect(result?.publications?.map(({ offset }) => offset)).toEqual([3, 4, 5]);
    await publish(test, 6);
    expect(dataOf(back.take())).toEqual(["6"]);
  });

  it("that missed nothing is recovered with nothing", async () => {
    const test = new TestHub(recoverable);
    const ann = await test.connect();
    const { result: first } = await subscribe(ann);
    const back = await test.connect();
    const { result } = await subscribe(back, { epoch: first?.epoch ?? "" });
    expect(result).toMatchObject({ recovered: true, was_recovering: true });
    expect(result?.publications).toBeUndefined();
  });

  it("knows who published what it missed", async () => {
    const test = new TestHub(recoverable);
    const ann = await test.connect();
    const { result: first } = await subscribe(ann);
    const ben = await test.connect();
    await ask(ben, { id: 2, publish: { channel: "a", data: { n: 1 } } });
    const { result } = await subscribe(await test.connect(), { epoch: first?.epoch ?? "" });
    expect(result?.publications).toEqual([
      { data: '{"n":1}', info: { user: "", client: expect.stringMatching(/^client-/) }, offset: 1 },
    ]);
  });

  it("is refused rather than begun when it asks so and something is missing", async () => {
    const test = new TestHub(recoverable);
    await publish(test, 1);
    const ann = await test.connect();
    const { reply } = await subscribe(ann, { offset: 1, epoch: "other" }, { flag: 3 });
    expect(reply).toEqual({ id: 2, error: replyErrors.unrecoverablePosition });
    expect((await test.hub.channel("a").presence()).size).toBe(0);
    const { result } = await subscribe(ann);
    expect(result).toMatchObject({ offset: 1 });
    await publish(test, 2);
    expect(dataOf(ann.take())).toEqual(["2"]);
  });
});

describe("what cannot be recovered is said so", () => {
  const many = Array.from({ length: 10 }, (_, n) => n + 1);
  const rows: {
    name: string;
    since: { offset?: number; epoch?: string };
    options?: Partial<HubOptions>;
  }[] = [
    { name: "a forged epoch", since: { offset: 9, epoch: "forged" } },
    { name: "an offset without its epoch", since: { offset: 9, epoch: "" } },
    { name: "an offset beyond the newest", since: { offset: 11 } },
    { name: "an offset far beyond", since: { offset: Number.MAX_SAFE_INTEGER } },
    {
      name: "publications that made room for newer ones",
      since: { offset: 4 },
      options: { channels: { historySize: 5, recovery: "stream" } },
    },
    {
      name: "more publications than may be recovered",
      since: { offset: 4 },
      options: { maxRecoveredPublications: 5 },
    },
    {
      name: "more bytes than may be recovered",
      since: { offset: 0 },
      options: { maxRecoveredBytes: 500 },
    },
    {
      name: "anything where positions are all there is",
      since: { offset: 10 },
      options: { channels: { historySize: 100, positioning: true } },
    },
  ];
  it.each(rows)("$name", async ({ since, options }) => {
    const test = new TestHub({ ...recoverable, ...options });
    await publish(test, ...many);
    const { position } = await test.hub.channel("a").history();
    const ann = await test.connect();
    const { result } = await subscribe(ann, { epoch: position.epoch, ...since });
    expect(result).toMatchObject({ was_recovering: true, offset: 10, epoch: position.epoch });
    expect(result?.recovered).toBeUndefined();
    expect(result?.publications).toBeUndefined();
    await publish(test, 11);
    expect(dataOf(ann.take())).toEqual(["11"]);
  });

  it("five of five, when five may be recovered", async () => {
    const test = new TestHub({ ...recoverable, maxRecoveredPublications: 5 });
    await publish(test, ...many);
    const { position } = await test.hub.channel("a").history();
    const { reply } = await subscribe(await test.connect(), { offset: 5, epoch: position.epoch });
    expect(recoveredData(reply)).toEqual(["6", "7", "8", "9", "10"]);
  });

  it("a log that is older than it is kept, whose position is still known", async () => {
    const test = new TestHub(recoverable);
    await publish(test, 1, 2);
    const { position } = await test.hub.channel("a").history();
    test.clock.advance(300_000);
    const { result: gone } = await subscribe(await test.connect(), { ...position, offset: 1 });
    expect(gone?.recovered).toBeUndefined();
    const { result: same } = await subscribe(await test.connect(), position);
    expect(same?.recovered).toBe(true);
  });

  it("the beginning of a log, without an epoch, is the beginning of any", async () => {
    const test = new TestHub(recoverable);
    await publish(test, 1, 2);
    const { reply } = await subscribe(await test.connect(), {});
    expect(recoveredData(reply)).toEqual(["1", "2"]);
  });

  const hostile = [
    { name: "a negative offset", since: '"offset":-1' },
    { name: "part of an offset", since: '"offset":1.5' },
    { name: "an offset in words", since: '"offset":"1"' },
    { name: "an offset beyond all numbers", since: '"offset":1e999' },
    { name: "an epoch that is a number", since: '"epoch":1' },
  ];
  it.each(hostile)("$name ends the connection", async ({ since }) => {
    const test = new TestHub(recoverable);
    const ann = await test.connect();
    await ask(ann, `{"id":2,"subscribe":{"channel":"a","recover":true,${since}}}`);
    expect(ann.closedWith).toEqual(disconnects.badRequest);
  });
});

describe("what is published while the log is read", () => {
  it("is in the answer or follows it, once", async () => {
    const broker = new SlowReader();
    const test = new TestHub(recoverable, broker);
    await publish(test, 1, 2);
    const ann = await test.connect();
    ann.receive({ id: 2, subscribe: { channel: "a", recover: true } });
    await settle();
    await publish(test, 3, 4);
    expect(ann.take()).toEqual([]);
    await broker.answer();
    const [reply, ...rest] = ann.take();
    expect(recoveredData(reply)).toEqual(["1", "2"]);
    expect(dataOf(rest)).toEqual(["3", "4"]);
  });

  it("may be in the log already: then it does not follow", async () => {
    const broker = new SlowReader();
    const gate = deferred();
    // The log is read late, its events arrive before.
    const read = broker.history.bind(broker);
    broker.history = async (channel, query) => {
      await gate.promise;
      return read(channel, query);
    };
    const test = new TestHub(recoverable, broker);
    await publish(test, 1);
    const ann = await test.connect();
    ann.receive({ id: 2, subscribe: { channel: "a", recover: true } });
    await settle();
    await publish(test, 2, 3);
    gate.resolve();
    await settle();
    await broker.answer();
    const [reply, ...rest] = ann.take();
    expect(recoveredData(reply)).toEqual(["1", "2", "3"]);
    expect(rest).toEqual([]);
    await publish(test, 4);
    expect(dataOf(ann.take())).toEqual(["4"]);
  });

  it("may be too much: then the subscription fails for now", async () => {
    const broker = new SlowReader();
    const test = new TestHub({ ...recoverable, maxRecoveredPublications: 3 }, broker);
    const ann = await test.connect();
    ann.receive({ id: 2, subscribe: { channel: "a" } });
    await settle();
    await publish(test, 1, 2, 3, 4, 5);
    await broker.answer();
    expect(ann.take()).toEqual([{ id: 2, error: replyErrors.internal }]);
    expect(await broker.members("a")).toEqual(new Map());
  });

  it("goes nowhere when the client is gone", async () => {
    const broker = new SlowReader();
    const test = new TestHub(recoverable, broker);
    const ann = await test.connect();
    ann.receive({ id: 2, subscribe: { channel: "a" } });
    await settle();
    ann.drop();
    await publish(test, 1);
    await broker.answer();
    expect(ann.take()).toEqual([]);
    expect(await broker.members("a")).toEqual(new Map());
    expect(test.clock.pending).toBe(0);
  });

  it("waits for a log that cannot be read, and is told nobody", async () => {
    const broker = new MemoryBroker(brokerSetup());
    broker.history = () => Promise.reject(new Error("away"));
    const test = new TestHub(recoverable, broker);
    const ann = await test.connect();
    const { reply } = await subscribe(ann);
    expect(reply).toEqual({ id: 2, error: replyErrors.internal });
    expect(await broker.members("a")).toEqual(new Map());
    await publish(test, 1);
    expect(ann.take()).toEqual([]);
  });
});

/** A broker that loses publications on their way, though they are in the log. */
class LossyBroker extends MemoryBroker {
  losing = false;
  /** Tells the hub that it may have missed something. */
  resume = (): void => undefined;

  constructor() {
    super(brokerSetup());
  }

  override async start(events: Parameters<MemoryBroker["start"]>[0]): Promise<void> {
    this.resume = () => events.resumed?.();
    return super.start({
      publication: (channel, publication, position) => {
        if (!this.losing) events.publication(channel, publication, position);
      },
      join: (channel, info) => events.join(channel, info),
      leave: (channel, info) => events.leave(channel, info),
    });
  }
}

async function lossy(options: Partial<HubOptions> = {}) {
  const broker = new LossyBroker();
  const test = new TestHub({ ...recoverable, pingIntervalMs: 0, ...options }, broker);
  const ann = await test.connect();
  const { result } = await subscribe(ann);
  await publish(test, 1);
  broker.losing = true;
  await publish(test, 2);
  broker.losing = false;
  return { test, ann, broker, epoch: result?.epoch ?? "" };
}

describe("a publication that is lost between broker and hub", () => {
  const unsubscribed = { push: { channel: "a", unsubscribe: unsubscribes.insufficientState } };

  it("is noticed with the next: the client is told to subscribe again, and recovers", async () => {
    const { test, ann, epoch } = await lossy();
    await publish(test, 3, 4);
    await settle();
    expect(ann.take()).toEqual([
      { push: { channel: "a", pub: { data: "1", offset: 1 } } },
      unsubscribed,
    ]);
    const { reply } = await subscribe(ann, { offset: 1, epoch });
    expect(recoveredData(reply)).toEqual(["2", "3", "4"]);
  });

  it("is noticed without a next one, in two looks at most", async () => {
    const { test, ann } = await lossy();
    ann.take();
    for (let look = 0; look < 5; look += 1) {
      test.clock.advance(15_000);
      await settle();
    }
    expect(ann.take()).toEqual([unsubscribed]);
    expect([...test.hub.clients.values()].flatMap(({ channels }) => channels)).toEqual([]);
  });

  it("is noticed soon when the broker says that something may have been missed", async () => {
    const { test, ann, broker } = await lossy();
    const ben = await test.connect();
    await subscribe(ben);
    ann.take();
    ben.take();
    broker.resume();
    broker.resume();
    await settle();
    expect(ann.take()).toEqual([]);
    test.clock.advance(2000);
    await settle();
    expect(ann.take()).toEqual([unsubscribed]);
    expect(ben.take()).toEqual([]);
    ben.drop();
    await settle();
    broker.resume();
    expect(test.clock.pending).toBe(0);
  });

  it("is not looked for where that is turned off", async () => {
    const { test, ann } = await lossy({ positionCheckIntervalMs: 0 });
    ann.take();
    for (let look = 0; look < 5; look += 1) {
      test.clock.advance(60_000);
      await settle();
    }
    expect(ann.take()).toEqual([]);
    expect(test.clock.pending).toBe(0);
  });

  it("is not made out of nothing: who has everything stays, however long", async () => {
    const test = new TestHub({ ...recoverable, pingIntervalMs: 0 });
    const ann = await test.connect();
    await subscribe(ann);
    for (let n = 1; n <= 20; n += 1) {
      await publish(test, n);
      test.clock.advance(7000);
      await settle();
    }
    expect(dataOf(ann.take())).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 1)));
  });

  it("is looked for by nobody when nobody subscribes", async () => {
    const test = new TestHub(recoverable, new LossyBroker());
    const ann = await test.connect();
    await subscribe(ann);
    ann.drop();
    await settle();
    expect(test.clock.pending).toBe(0);
  });
});

describe("a log that is lost", () => {
  it("comes back with another epoch: subscribers are told with the next publication", async () => {
    const broker = new MemoryBroker({ ...brokerSetup(), limits: { maxLogs: 1 } });
    const test = new TestHub(recoverable, broker);
    const ann = await test.connect();
    const { result } = await subscribe(ann);
    await publish(test, 1);
    await test.hub.channel("other").publish(1);
    await publish(test, 2);
    await settle();
    expect(ann.take().at(-1)).toEqual({
      push: { channel: "a", unsubscribe: unsubscribes.insufficientState },
    });
    const { result: again } = await subscribe(ann, { offset: 1, epoch: result?.epoch ?? "" });
    expect(again?.recovered).toBeUndefined();
    expect(again?.epoch).not.toBe(result?.epoch);
  });

  it("is noticed without a next publication as well", async () => {
    const broker = new MemoryBroker({ ...brokerSetup(), limits: { maxLogs: 1 } });
    const test = new TestHub({ ...recoverable, pingIntervalMs: 0 }, broker);
    const ann = await test.connect();
    await subscribe(ann);
    await test.hub.channel("other").publish(1);
    test.clock.advance(31_000);
    await settle();
    expect(ann.take().at(-1)?.push?.unsubscribe).toEqual(unsubscribes.insufficientState);
  });
});

describe("a log that has lost its end, as that of a replica that takes over", () => {
  class CutBroker extends MemoryBroker {
    isCut = false;

    override async history(...args: Parameters<MemoryBroker["history"]>): Promise<LogPage> {
      const page = await super.history(...args);
      if (!this.isCut) return page;
      return { publications: [], position: { ...page.position, offset: 1 } };
    }
  }

  it("is noticed by who has more than it", async () => {
    const broker = new CutBroker(brokerSetup());
    const test = new TestHub({ ...recoverable, pingIntervalMs: 0 }, broker);
    const ann = await test.connect();
    const { result } = await subscribe(ann);
    await publish(test, 1, 2);
    broker.isCut = true;
    test.clock.advance(31_000);
    await settle();
    expect(ann.take().at(-1)?.push?.unsubscribe).toEqual(unsubscribes.insufficientState);
    const { result: again } = await subscribe(ann, { offset: 2, epoch: result?.epoch ?? "" });
    expect(again?.recovered).toBeUndefined();
  });
});

describe("a channel that keeps the newest publication alone", () => {
  const cache: Partial<HubOptions> = {
    open: true,
    channels: { historySize: 1, recovery: "cache" },
  };

  it("gives it to everybody who subscribes, whatever they have missed", async () => {
    const test = new TestHub(cache);
    const ann = await test.connect();
    const { result: empty } = await subscribe(ann);
    expect(empty?.recovered).toBeUndefined();
    await publish(test, 1, 2, 3);
    const newcomer = await subscribe(await test.connect());
    expect(newcomer.result).toMatchObject({ recovered: true, was_recovering: true });
    expect(recoveredData(newcomer.reply)).toEqual(["3"]);
    const late = { offset: 1, epoch: newcomer.result?.epoch ?? "" };
    expect(recoveredData((await subscribe(await test.connect(), late)).reply)).toEqual(["3"]);
    const forged = { offset: 3, epoch: "forged" };
    expect(recoveredData((await subscribe(await test.connect(), forged)).reply)).toEqual(["3"]);
  });

  it("gives nothing to who has it", async () => {
    const test = new TestHub(cache);
    await publish(test, 1, 2);
    const { position } = await test.hub.channel("a").history();
    const { result } = await subscribe(await test.connect(), position);
    expect(result).toMatchObject({ recovered: true, offset: 2 });
    expect(result?.publications).toBeUndefined();
  });
});

describe("many who come back at once", () => {
  it("are served from one list, of which each publication is written once", async () => {
    const test = new TestHub(recoverable);
    await publish(test, ...Array.from({ length: 50 }, (_, n) => ({ n, text: "x".repeat(100) })));
    const { position } = await test.hub.channel("a").history();
    let written = 0;
    const { stringify } = JSON;
    const connections: FakeConnection[] = [];
    for (let n = 0; n < 2000; n += 1) connections.push(await test.connect());
    JSON.stringify = (value: unknown) => {
      if (value === 30) written += 1;
      return stringify(value);
    };
    try {
      for (const connection of connections) {
        connection.receive(
          `{"id":2,"subscribe":{"channel":"a","recover":true,"offset":20,"epoch":"${position.epoch}"}}`,
        );
      }
      await settle();
    } finally {
      JSON.stringify = stringify;
    }
    for (const connection of connections) {
      expect(connection.take()[0]?.subscribe?.publications).toHaveLength(30);
    }
    // The offset 30 is written with its publication, and nowhere else.
    expect(written).toBe(1);
  });
});

describe("long answers", () => {
  const long = "x".repeat(600);
  const tight: Partial<HubOptions> = {
    ...recoverable,
    maxBufferedBytes: 1000,
    maxRecoveredBytes: 5000,
  };

  it("do not make a client slow that reads them", async () => {
    const test = new TestHub(tight);
    await publish(test, long, long, long, long);
    const ann = await test.connect();
    ann.afterSend = () => {
      ann.bufferedBytes += ann.frames.at(-1)?.length ?? 0;
    };
    const { result } = await subscribe(ann, {});
    expect(result?.publications).toHaveLength(4);
    expect(ann.bufferedBytes).toBeGreaterThan(2000);
    await publish(test, "short");
    expect(ann.closedWith).toBeUndefined();
    await publish(test, long, long);
    expect(ann.closedWith).toEqual(disconnects.slow);
  });

  it("are refused for now while others are under way", async () => {
    const test = new TestHub(tight);
    for (const name of ["a", "b", "c"]) {
      for (let n = 0; n < 4; n += 1) await test.hub.channel(name).publish(long);
    }
    const ann = await test.connect();
    ann.afterSend = () => {
      ann.bufferedBytes += ann.frames.at(-1)?.length ?? 0;
    };
    const [first, second] = await ask(
      ann,
      { id: 2, subscribe: { channel: "a", recover: true } },
      { id: 3, subscribe: { channel: "b", recover: true } },
    );
    expect(first?.subscribe?.publications).toHaveLength(4);
    expect(second?.error).toEqual(replyErrors.tooManyRequests);
    // Who missed nothing needs no answer that is long.
    const [third] = await ask(ann, { id: 4, subscribe: { channel: "empty", recover: true } });
    expect(third?.subscribe).toMatchObject({ recovered: true });
    ann.bufferedBytes = 0;
    const [again] = await ask(ann, { id: 5, subscribe: { channel: "b", recover: true } });
    expect(again?.subscribe?.publications).toHaveLength(4);
  });

  it("follow each other as fast as the client reads them", async () => {
    const test = new TestHub(tight);
    for (let n = 0; n < 20; n += 1) await test.hub.channel("a").publish(long);
    const ann = await test.connect();
    ann.afterSend = () => {
      ann.bufferedBytes += ann.frames.at(-1)?.length ?? 0;
    };
    const offsets: (number | undefined)[] = [];
    for (let id = 2, offset = 0; offset < 20; id += 1) {
      const since = { offset, epoch: "" };
      const [page] = await ask(ann, { id, history: { channel: "a", limit: 100, since } });
      const publications = page?.history?.publications ?? [];
      offsets.push(...publications.map((one) => one.offset));
      offset = publications.at(-1)?.offset ?? 20;
      ann.bufferedBytes = 0;
    }
    expect(offsets).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });
});

describe("publications with tags and keys", () => {
  it("carry their tags, and are taken once for each key", async () => {
    const test = new TestHub({ ...recoverable, pingIntervalMs: 0 });
    const ann = await test.connect();
    await subscribe(ann);
    const a = test.hub.channel("a");
    const options = { tags: { kind: "news" }, idempotencyKey: "k" };
    const first = await a.publish(1, options);
    const again = await a.publish(2, options);
    expect(first).toMatchObject({ duplicate: false, position: { offset: 1 } });
    expect(again).toEqual({ ...first, duplicate: true });
    test.clock.advance(300_000);
    expect((await a.publish(3, options)).duplicate).toBe(false);
    expect(ann.take().flatMap(({ push }) => push?.pub ?? [])).toEqual([
      { data: encodePayload(1), offset: 1, tags: new Map([["kind", "news"]]) },
      { data: encodePayload(3), offset: 2, tags: new Map([["kind", "news"]]) },
    ]);
    expect(() => a.publish(4, { idempotencyTtlMs: 0 })).toThrow(RangeError);
  });
});

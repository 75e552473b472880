/** The broker with a journal keeps what every broker has to keep, and has it again after a crash. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  BrokerEvents,
  Journal,
  JournalChange,
  JournalContents,
  JournaledBrokerSetup,
  LogPolicy,
  PublishResult,
} from "@tautline/hub";
import { JournaledBroker } from "@tautline/hub";
import { encodePayload, replyErrors } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { deferred } from "./deferred.ts";
import { FakeClock } from "./fake-clock.ts";
import { settle } from "./fake-connection.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { describeBroker } from "./play-broker-suite.ts";

describeBroker(
  "journaled",
  () => {
    const clock = new FakeClock();
    return {
      make: async () =>
        new JournaledBroker({ ...brokerSetup(clock), journal: new MemoryJournal() }),
      crash: (broker) => broker.stop(),
      memberTtlMs: 0,
      pass: async (ms) => clock.advance(ms),
      until: async (holds) => {
        await settle();
        if (!holds()) throw new Error("It does not hold, and nothing is under way");
      },
    };
  },
  {
    "many hubs": "everything is in the memory of one",
    restarts: "there is no engine but the process",
    silences: "there is no network in between",
  },
);

const log: LogPolicy = { size: 100, ttlMs: 10_000, metaTtlMs: 60_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 60_000 };
const value = (data: unknown) => ({ data: encodePayload(data) });

/** A broker's way to the journal, until its process has ended: its timers are still there, but nobody writes any more. */
class JournalDoor implements Journal {
  readonly #journal: MemoryJournal;
  #open = true;

  constructor(journal: MemoryJournal) {
    this.#journal = journal;
  }

  shut(): void {
    this.#open = false;
  }

  open(): Promise<JournalContents> {
    return this.#journal.open();
  }

  write(changes: readonly JournalChange[]): Promise<void> {
    return this.#open ? this.#journal.write(changes) : new Promise(() => undefined);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

/** A journal, and brokers on it, one after the other. */
class Machine {
  readonly clock = new FakeClock();
  readonly journal = new MemoryJournal();
  /** What the running broker delivered, in order. */
  heard: unknown[] = [];
  broker!: JournaledBroker;
  #door: JournalDoor | undefined;

  /** Starts a broker on what the journal holds; what ran before may have crashed. */
  async boot(setup: Partial<JournaledBrokerSetup> = {}): Promise<this> {
    const { clock } = this;
    this.#door?.shut();
    const journal = new JournalDoor(this.journal);
    this.#door = journal;
    this.broker = new JournaledBroker({ ...brokerSetup(clock), ...setup, journal });
    this.heard = [];
    const events: BrokerEvents = {
      publication: (_, { data }) => this.heard.push(data),
      join: (_, { client }) => this.heard.push(client),
      leave: () => undefined,
    };
    await this.broker.start(events);
    await this.broker.subscribe("a");
    return this;
  }

  publish(data: unknown, key?: string): Promise<PublishResult> {
    const idempotency = key === undefined ? undefined : { key, ttlMs: 5000 };
    return this.broker.publish("a", value(data), { log, idempotency });
  }

  async read(): Promise<unknown[]> {
    const { publications } = await this.broker.history("a", all);
    return publications.map(({ data }) => JSON.parse(data as string) as unknown);
  }
}

describe("after a crash", () => {
  it("publications, their places and keys are there", async () => {
    const machine = await new Machine().boot();
    const first = await machine.publish(1, "k");
    const second = await machine.publish(2);
    await machine.boot();
    expect(await machine.read()).toEqual([1, 2]);
    expect(await machine.publish(3, "k")).toEqual({ ...first, duplicate: true });
    const third = await machine.publish(4);
    expect(third.position).toEqual({ epoch: second.position?.epoch, offset: 3 });
  });

  it("an epoch that somebody has read is the same", async () => {
    const machine = await new Machine().boot();
    const { position } = await machine.broker.history("a", all);
    await machine.boot();
    expect((await machine.broker.history("a", all)).position).toEqual(position);
  });

  it("what was removed does not come back, nor what limits have dropped", async () => {
    const machine = await new Machine().boot();
    for (let n = 1; n <= 105; n += 1) await machine.publish(n);
    await machine.boot();
    expect((await machine.read()).slice(0, 2)).toEqual([6, 7]);
    await machine.broker.removeHistory("a");
    await machine.boot();
    expect(await machine.read()).toEqual([]);
    expect((await machine.publish("next")).position?.offset).toBe(106);
  });

  it("what has ended meanwhile is gone, publications first, then the log", async () => {
    const machine = await new Machine().boot();
    const { position } = await machine.publish(1);
    machine.clock.advance(10_000);
    await machine.boot();
    expect(await machine.broker.history("a", all)).toEqual({ publications: [], position });
    await machine.broker.stop();
    machine.clock.advance(120_000);
    await machine.boot();
    expect((await machine.broker.history("a", all)).position).not.toEqual(position);
  });

  it("a log that was read is remembered from then on", async () => {
    const machine = await new Machine().boot();
    const { position } = await machine.publish(1);
    machine.clock.advance(40_000);
    await machine.read();
    machine.clock.advance(1000);
    await settle();
    await machine.boot();
    machine.clock.advance(40_000);
    expect((await machine.broker.history("a", all)).position).toEqual(position);
  });

  it("logs get other epochs when something may be missing, and keep what they have", async () => {
    const machine = await new Machine().boot();
    const { position } = await machine.publish(1);
    machine.journal.whole = false;
    await machine.boot();
    const page = await machine.broker.history("a", all);
    expect(await machine.read()).toEqual([1]);
    expect(page.position.offset).toBe(1);
    expect(page.position.epoch).not.toBe(position?.epoch);
    machine.clock.advance(1000);
    await settle();
    machine.journal.whole = true;
    await machine.boot();
    expect((await machine.broker.history("a", all)).position).toEqual(page.position);
  });
});

describe("until it is written down", () => {
  it("nobody sees a publication: no subscriber, no reader, no publisher", async () => {
    const machine = await new Machine().boot();
    await machine.publish(1);
    const gate = deferred();
    machine.journal.gate = gate.promise;
    const order: string[] = [];
    const published = machine.publish(2).then(() => order.push("published"));
    const read = machine.read().then((data) => order.push(`read ${data.join()}`));
    await settle();
    expect([machine.heard, order]).toEqual([["1"], []]);
    gate.resolve();
    await Promise.all([published, read]);
    expect([machine.heard, order]).toEqual([
      ["1", "2"],
      ["published", "read 1,2"],
    ]);
  });

  it("other channels, and what needs no journal, do not wait", async () => {
    const machine = await new Machine().boot();
    machine.journal.gate = deferred().promise;
    void machine.publish(1);
    await machine.broker.subscribe("b");
    await machine.broker.publish("b", value("b"));
    expect(machine.heard).toEqual(['"b"']);
  });

  it("what is published meanwhile goes into one write", async () => {
    const machine = await new Machine().boot();
    const gate = deferred();
    machine.journal.gate = gate.promise;
    const first = machine.publish(0);
    await settle();
    const rest = Array.from({ length: 50 }, (_, n) => machine.publish(n + 1));
    gate.resolve();
    await Promise.all([first, ...rest]);
    // The log and its publications.
    expect(machine.journal.writes).toEqual([2, 51]);
  });

  it("more than may wait is refused, with the protocol's temporary error", async () => {
    const machine = await new Machine().boot({ maxWaitingBytes: 2000 });
    const gate = deferred();
    machine.journal.gate = gate.promise;
    const results = Array.from({ length: 20 }, (_, n) => machine.publish(n));
    gate.resolve();
    const settled = await Promise.allSettled(results);
    const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const { answer } of refused) expect(answer).toBe(replyErrors.tooManyRequests);
    expect(await machine.read()).toHaveLength(20 - refused.length);
  });
});

describe("when it cannot be written down", () => {
  it("publications are refused, the rest goes on, and so do they when it can be again", async () => {
    const machine = await new Machine().boot();
    const { position } = await machine.publish(1);
    machine.journal.fault = "before";
    const refused = machine.publish(2);
    const joined = machine.broker.announceJoin("a", { user: "", client: "ann" });
    await expect(refused).rejects.toThrow("No space left");
    await joined;
    await machine.broker.publish("a", value("unlogged"));
    expect(machine.heard).toEqual(["1", "ann", '"unlogged"']);
    expect(await machine.read()).toEqual([1]);
    expect((await machine.broker.history("b", all)).publications).toEqual([]);
    machine.journal.fault = undefined;
    expect((await machine.publish(3)).position).toEqual({ ...position, offset: 2 });
    await machine.boot();
    expect(await machine.read()).toEqual([1, 3]);
  });

  it("and was written nonetheless, the next publication takes its place", async () => {
    const machine = await new Machine().boot();
    await machine.publish(1);
    machine.journal.fault = "after";
    await expect(machine.publish(2, "k")).rejects.toThrow("Nobody knows");
    machine.journal.fault = undefined;
    expect(await machine.publish(3, "k")).toMatchObject({ duplicate: false });
    await machine.boot();
    expect(await machine.read()).toEqual([1, 3]);
  });

  it("a second publication under the key of one that failed fails as well", async () => {
    const machine = await new Machine().boot();
    machine.journal.fault = "before";
    const results = await Promise.allSettled([machine.publish(1, "k"), machine.publish(2, "k")]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("tells the log once, and once more when it is over", async () => {
    const told: string[] = [];
    const note = (_: object, message: string) => told.push(message);
    const logger = { debug: note, info: note, warn: note, error: note };
    const machine = await new Machine().boot({ logger });
    machine.journal.fault = "before";
    await Promise.allSettled([machine.publish(1)]);
    await Promise.allSettled([machine.publish(2)]);
    machine.journal.fault = undefined;
    await machine.publish(3);
    expect(told).toEqual([
      "publications cannot be written down: refused",
      "publications are written down again",
    ]);
  });
});

describe("what memory forgets by itself", () => {
  it("is written down later, by limit and by time", async () => {
    const machine = await new Machine().boot({ limits: { maxLogs: 2, maxIdempotencyKeys: 1 } });
    const { broker, journal, clock } = machine;
    for (const channel of ["a", "b", "c"]) {
      await broker.publish(channel, value(1), { log, idempotency: { key: "k", ttlMs: 1 } });
    }
    clock.advance(1000);
    await settle();
    expect([...journal.logs.keys()]).toEqual(["b", "c"]);
    expect([...journal.results.keys()]).toEqual([]);
    clock.advance(11_000);
    await settle();
    expect(journal.data("b")).toEqual([]);
    clock.advance(60_000);
    await settle();
    expect([...journal.logs.keys()]).toEqual([]);
  });

  it("is written down at the stop, whatever is under way", async () => {
    const machine = await new Machine().boot({ limits: { maxLogs: 1 } });
    await machine.publish(1);
    void machine.broker.publish("b", value(1), { log });
    await machine.broker.stop();
    expect([...machine.journal.logs.keys()]).toEqual(["b"]);
    await expect(machine.publish(1)).rejects.toThrow("stopped");
  });
});

type Step =
  | { readonly kind: "publish" | "remove" | "crash" | "fail" | "pass" }
  | { readonly kind: "publish key"; readonly key: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: "publish" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("publish key" as const),
      key: fc.constantFrom("x", "y"),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "remove" as const }, { kind: "pass" as const }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: "crash" as const }, { kind: "fail" as const }) },
);

describe("whatever happens", () => {
  it("what was acknowledged is there once, in order, under one epoch, as in a broker that never ends", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const machine = await new Machine().boot();
        const epochs = new Set<string>();
        const outcomes: [actual: string, expected: string][] = [];
        let expected: number[] = [];
        let quietMs = 0;
        const keys = new Set<string>();
        for (const [n, one] of steps.entries()) {
          if (one.kind === "crash") await machine.boot();
          else if (one.kind === "remove") {
            await machine.broker.removeHistory("a");
            expected = [];
          } else if (one.kind === "pass") {
            machine.clock.advance(6000);
            keys.clear();
            quietMs += 6000;
            if (quietMs >= log.ttlMs) expected = [];
          } else {
            const key = one.kind === "publish key" ? one.key : undefined;
            const known = key !== undefined && keys.has(key);
            machine.journal.fault = one.kind === "fail" ? "before" : undefined;
            const result = await machine.publish(n, key).catch(() => undefined);
            machine.journal.fault = undefined;
            outcomes.push([
              result === undefined ? "failed" : result.duplicate ? "known" : "new",
              one.kind === "fail" ? "failed" : known ? "known" : "new",
            ]);
            if (result === undefined) continue;
            if (!result.duplicate) expected.push(n);
            if (!result.duplicate) quietMs = 0;
            if (key !== undefined) keys.add(key);
            epochs.add(result.position?.epoch ?? "");
          }
        }
        for (const [actual, wanted] of outcomes) expect(actual).toBe(wanted);
        await machine.boot();
        expect(await machine.read()).toEqual(expected);
        expect(epochs.size).toBeLessThan(2);
      }),
    );
  });
});

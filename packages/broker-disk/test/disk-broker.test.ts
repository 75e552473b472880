/** The broker on disk keeps what every broker has to keep, and has it again after whatever ended it. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DiskBrokerSetup } from "@tautline/broker-disk";
import { DataDirectoryError, DiskBroker } from "@tautline/broker-disk";
import type { BrokerEvents, LogPolicy, PublishResult } from "@tautline/hub";
import { ManualClock, planCases } from "@tautline/hub/broker-suite";
import { scratchDirectory } from "./scratch-directory.ts";

const silent: BrokerEvents = {
  publication: () => undefined,
  join: () => undefined,
  leave: () => undefined,
};

let ids = 0;
const randomId = (): string => `epoch-${(ids += 1)}`;

function make(dataDir: string, setup: Partial<DiskBrokerSetup> = {}): DiskBroker {
  const broker = new DiskBroker({ clock: new ManualClock(), randomId, dataDir, ...setup });
  onTestFinished(() => broker.stop().catch(() => undefined));
  return broker;
}

async function start(dataDir: string, setup: Partial<DiskBrokerSetup> = {}): Promise<DiskBroker> {
  const broker = make(dataDir, setup);
  await broker.start(silent);
  return broker;
}

/** Settles when the event loop has gone round a good many times: the store works in threads. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  throw new Error("It does not hold");
}

const lacking = {
  "many hubs": "one process alone has the directory open",
  restarts: "there is no engine but the process",
  silences: "there is no network in between",
};

describe("the disk broker", () => {
  it.each(planCases(lacking))("$title", async ({ reason, play }) => {
    const dataDir = scratchDirectory();
    const clock = new ManualClock();
    const played = play({
      make: async () => make(dataDir, { clock }),
      crash: (broker) => broker.stop(),
      memberTtlMs: 0,
      pass: async (ms) => clock.advance(ms),
      until,
      equal: (actual, expected) => expect(actual).toEqual(expected),
    });
    const outcome = played.then(
      () => "kept",
      (error: unknown) => (reason === undefined ? error : "not kept"),
    );
    expect(await outcome).toBe(reason === undefined ? "kept" : "not kept");
  });
});

const log: LogPolicy = { size: 1000, ttlMs: 10_000, metaTtlMs: 60_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 60_000 };

type Publication = Parameters<DiskBroker["publish"]>[1];

/** A publication of JSON. */
const value = (data: unknown) => ({ data: JSON.stringify(data) }) as Publication;

const publish = (broker: DiskBroker, data: unknown, channel = "a"): Promise<PublishResult> =>
  broker.publish(channel, value(data), { log });

async function read(broker: DiskBroker, channel = "a"): Promise<unknown[]> {
  const { publications } = await broker.history(channel, all);
  return publications.map(({ data }) => JSON.parse(data as string) as unknown);
}

describe("after a restart", () => {
  it("logs, epochs, offsets and keys are there, whatever the names of channels", async () => {
    const dataDir = scratchDirectory();
    const names = ["a", "", "p", "\u0000", "ü/..\n", "\ud800", "\ud801", '"', "x".repeat(255)];
    let broker = await start(dataDir);
    const before = await Promise.all(
      names.map((name, n) =>
        broker.publish(name, value(n), { log, idempotency: { key: name, ttlMs: 5000 } }),
      ),
    );
    await broker.stop();
    broker = await start(dataDir);
    for (const [n, name] of names.entries()) {
      expect(await read(broker, name)).toEqual([n]);
      const again = await broker.publish(name, value("again"), {
        log,
        idempotency: { key: name, ttlMs: 5000 },
      });
      expect(again).toEqual({ ...before[n], duplicate: true });
    }
  });

  it("every field of a publication is there", async () => {
    const dataDir = scratchDirectory();
    const publication = {
      ...value({ text: "line\nfeed, 🎉, \u2028" }),
      tags: new Map([["kind", "news"]]),
      time: 1_700_000_000_000,
      info: { user: "ann", client: "1", conn_info: value(1).data!, chan_info: value([]).data! },
    };
    let broker = await start(dataDir);
    await broker.publish("a", publication, { log });
    await broker.stop();
    broker = await start(dataDir);
    expect((await broker.history("a", all)).publications).toEqual([{ ...publication, offset: 1 }]);
  });

  it("of many publications, written together or apart, exactly those the log holds", async () => {
    const dataDir = scratchDirectory();
    let broker = await start(dataDir);
    let published = 0;
    for (const count of [1, 3000, 1, 1, 700, 2]) {
      const together = Array.from({ length: count }, () => publish(broker, (published += 1)));
      await Promise.all(together);
      await broker.stop();
      broker = await start(dataDir);
      const held = Math.min(published, 1000);
      const expected = Array.from({ length: held }, (_, n) => published - held + n + 1);
      expect(await read(broker)).toEqual(expected);
    }
    expect((await broker.history("a", all)).position.offset).toBe(published);
  });
});

describe("what was removed or forgotten", () => {
  it("leaves the disk, many publications in several steps", async () => {
    const dataDir = scratchDirectory();
    const clock = new ManualClock();
    const roomy: LogPolicy = { ...log, size: 100_000 };
    let broker = await start(dataDir, { clock });
    for (let n = 0; n < 100; n += 1) await broker.publish("a", value(n), { log: roomy });
    await Promise.all(
      Array.from({ length: 20_000 }, (_, n) =>
        broker.publish("b", value(`${n} ${"x".repeat(300)}`), { log: roomy }),
      ),
    );
    await broker.removeHistory("a");
    await broker.removeHistory("b");
    await broker.stop();
    broker = await start(dataDir, { clock });
    expect([await read(broker), await read(broker, "b")]).toEqual([[], []]);
    expect((await broker.history("b", all)).position.offset).toBe(20_000);
    // Sweeping goes on where the stop has cut it off; the next start finds nothing of it.
    await publish(broker, "last");
    await broker.stop();
    broker = await start(dataDir, { clock });
    expect(await read(broker)).toEqual(["last"]);
  });
});

/** What `start` says about the directory. */
async function startError(dataDir: string): Promise<DataDirectoryError> {
  const error: unknown = await make(dataDir)
    .start(silent)
    .catch((reason: unknown) => reason);
  if (error instanceof DataDirectoryError) return error;
  throw new Error("It is no DataDirectoryError", { cause: error });
}

/** A directory with something in it, closed. */
async function filled(): Promise<string> {
  const dataDir = scratchDirectory();
  const broker = await start(dataDir);
  await Promise.all(Array.from({ length: 50 }, (_, n) => publish(broker, "x".repeat(n))));
  await broker.stop();
  return dataDir;
}

const storeFiles = (dataDir: string, ending: RegExp): string[] =>
  readdirSync(join(dataDir, "history"))
    .filter((name) => ending.test(name))
    .map((name) => join(dataDir, "history", name));

describe("a data directory", () => {
  it("that is not there is made", async () => {
    const dataDir = join(scratchDirectory(), "deep", "down");
    await start(dataDir);
    expect(existsSync(join(dataDir, "history", "CURRENT"))).toBe(true);
  });

  it("with somebody else's files is refused, and left as it is", async () => {
    const dataDir = scratchDirectory();
    writeFileSync(join(dataDir, "thesis.tex"), "");
    const { code, message } = await startError(dataDir);
    expect([code, message]).toEqual(["DATA_DIR_FOREIGN", expect.stringContaining(dataDir)]);
    expect(readdirSync(dataDir)).toEqual(["thesis.tex"]);
  });

  it("of another format is refused", async () => {
    const dataDir = await filled();
    writeFileSync(join(dataDir, "tautline.json"), '{"format":2}');
    const { code, message } = await startError(dataDir);
    expect(code).toBe("DATA_DIR_FORMAT");
    expect(message).toMatch(/format 2.*format 1/u);
  });

  it.each(["", "{", "[]", '{"format":"1"}'])("with the label %j is damaged", async (text) => {
    const dataDir = await filled();
    writeFileSync(join(dataDir, "tautline.json"), text);
    expect((await startError(dataDir)).code).toBe("DATA_DIR_DAMAGED");
  });

  it("is for one broker at a time", async () => {
    const dataDir = scratchDirectory();
    const broker = await start(dataDir);
    const { code, message } = await startError(dataDir);
    expect([code, message]).toEqual(["DATA_DIR_IN_USE", expect.stringContaining(dataDir)]);
    await publish(broker, 1);
    await broker.stop();
    expect(await read(await start(dataDir))).toEqual([1]);
  });

  it("that is a file cannot be used", async () => {
    const dataDir = join(scratchDirectory(), "file");
    writeFileSync(dataDir, "");
    expect((await startError(dataDir)).code).toBe("DATA_DIR_UNUSABLE");
  });

  it("without the store's list of files is damaged, and what is left is left", async () => {
    const dataDir = await filled();
    writeFileSync(join(dataDir, "history", "CURRENT"), "");
    expect((await startError(dataDir)).code).toBe("DATA_DIR_DAMAGED");
    expect(storeFiles(dataDir, /\.(log|ldb)$/u).length).toBeGreaterThan(0);
  });

  it("with a cut table is damaged", async () => {
    const dataDir = await filled();
    // Opening moves what is in the log into a table.
    await (await start(dataDir)).stop();
    const tables = storeFiles(dataDir, /\.ldb$/u);
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) truncateSync(table, 20);
    expect((await startError(dataDir)).code).toBe("DATA_DIR_DAMAGED");
  });

  it("whose log was cut off in the middle of a write has everything before it", async () => {
    const dataDir = scratchDirectory();
    const broker = await start(dataDir);
    for (let n = 0; n < 10; n += 1) await publish(broker, n);
    // As a crash leaves it: copied while it is open, the last write half done.
    const copy = join(scratchDirectory(), "copy");
    mkdirSync(copy);
    cpSync(dataDir, copy, { recursive: true });
    const [name = ""] = storeFiles(copy, /\.log$/u);
    truncateSync(name, readFileSync(name).length - 5);
    const again = await start(copy);
    expect(await read(again)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe("without fsync", () => {
  const relaxed = { durability: "unsafe-without-fsync" as const };

  it("publications are there after the process, under the same epoch", async () => {
    const dataDir = scratchDirectory();
    const broker = await start(dataDir, relaxed);
    const { position } = await publish(broker, 1);
    const copy = join(scratchDirectory(), "copy");
    cpSync(dataDir, copy, { recursive: true });
    // Where no system tells its runs apart, nobody can know that nothing is missing.
    const told = existsSync("/proc/sys/kernel/random/boot_id");
    const page = await (await start(copy, relaxed)).history("a", all);
    expect(page.publications).toHaveLength(1);
    expect(page.position.epoch === position?.epoch).toBe(told);
    await broker.stop();
    expect((await (await start(dataDir)).history("a", all)).position).toEqual(position);
  });

  it("is the only other choice", () => {
    expect(() => make("x", { durability: "none" as "fsync" })).toThrow("durability cannot be none");
  });
});

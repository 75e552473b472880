import { describe, expect, it } from "vitest";
import { FlushBatch } from "../../src/connection/flush-batch.ts";
import { takeUncaught } from "../uncaught.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("FlushBatch", () => {
  it("flushes all at the end of the turn, after every microtask of it", async () => {
    const batch = new FlushBatch();
    const log: string[] = [];
    for (const name of ["a", "b"]) batch.add({ flush: () => log.push(name) });
    for (let count = 0; count < 20; count += 1) await Promise.resolve();
    expect(log).toEqual([]);
    await turn();
    expect(log).toEqual(["a", "b"]);
  });

  it("flushes those who come during a flush in the next turn", async () => {
    const batch = new FlushBatch();
    const log: string[] = [];
    batch.add({
      flush: () => {
        log.push("first");
        batch.add({ flush: () => log.push("second") });
      },
    });
    await turn();
    expect(log).toEqual(["first"]);
    await turn();
    expect(log).toEqual(["first", "second"]);
  });

  it("flushes the others when one fails, which surfaces", async () => {
    const uncaught = takeUncaught();
    const batch = new FlushBatch();
    const bug = new Error("a bug in a flush");
    const log: string[] = [];
    batch.add({
      flush: () => {
        throw bug;
      },
    });
    batch.add({ flush: () => log.push("second") });
    await turn();
    expect([log, uncaught]).toEqual([["second"], [bug]]);
  });

  it("flushes at the exit of the process who waits and who is in the middle of a read", () => {
    const batch = new FlushBatch();
    const log: string[] = [];
    const [outer, inner] = ["outer", "inner"].map((name) => ({ flush: () => log.push(name) }));
    if (outer === undefined || inner === undefined) throw new Error("there are two");
    batch.add({ flush: () => log.push("waiting") });
    expect(batch.beginRead(outer)).toBe(undefined);
    expect(batch.beginRead(inner)).toBe(outer);
    batch.endRead(outer);
    batch.flushAtExit();
    expect(log).toEqual(["waiting", "outer"]);
  });
});

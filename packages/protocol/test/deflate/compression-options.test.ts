/**
 * The options of compression: defaults, ranges, and the memory that a pool may take.
 */
import {
  CompressionPool,
  clientCompressionDefaults,
  deflaterBytes,
  resolveCompressionSettings,
  serverCompressionDefaults,
} from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { testCodec } from "./test-codec.ts";

describe("the settings", () => {
  test("are a server's defaults when nothing is given: no memory for an idle connection", () => {
    expect(resolveCompressionSettings("server", { level: undefined })).toEqual({
      thresholdBytes: 1024,
      asyncFromBytes: 16_384,
      level: 3,
      memoryLevel: 8,
      windowBits: 15,
      peerWindowBits: 15,
      contextTakeover: false,
      peerContextTakeover: false,
    });
    expect(Object.isFrozen(serverCompressionDefaults)).toBe(true);
  });

  test("are a client's defaults, which take contexts over", () => {
    const settings = resolveCompressionSettings("client", {});
    expect(settings).toEqual(clientCompressionDefaults);
    expect([settings.contextTakeover, settings.peerContextTakeover]).toEqual([true, true]);
    expect(Object.isFrozen(clientCompressionDefaults)).toBe(true);
  });

  test("keep what is given", () => {
    const given = {
      thresholdBytes: 0,
      asyncFromBytes: 1,
      level: 9,
      memoryLevel: 1,
      windowBits: 8,
      peerWindowBits: 9,
      contextTakeover: true,
      peerContextTakeover: false,
    };
    expect(resolveCompressionSettings("client", given)).toEqual(given);
  });

  test.each([
    ["thresholdBytes", -1],
    ["asyncFromBytes", 0],
    ["level", 0],
    ["level", 10],
    ["memoryLevel", 0],
    ["memoryLevel", 10],
    ["windowBits", 7],
    ["windowBits", 16],
    ["peerWindowBits", 7],
    ["peerWindowBits", 15.5],
    ["level", Number.NaN],
  ])("refuse %s = %s", (name, value) => {
    expect(() => resolveCompressionSettings("server", { [name]: value })).toThrow(
      expect.objectContaining({ code: "USAGE_OPTION" }),
    );
  });
});

describe("a pool", () => {
  test.each([-1, 0.5, Infinity])("refuses %s bytes", (maxBytes) => {
    expect(() => new CompressionPool(testCodec(), { maxBytes })).toThrow(
      expect.objectContaining({ code: "USAGE_OPTION" }),
    );
  });

  const settings = { windowBits: 15, level: 6, memoryLevel: 8 };

  test("shares one compressor among all with the same parameters", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec);
    expect(pool.shared(settings)).toBe(pool.shared({ ...settings }));
    expect(pool.shared({ ...settings, windowBits: 9 })).not.toBe(pool.shared(settings));
    expect(codec.open.size).toBe(2);
    expect(pool.budget.usedBytes).toBe(0);
  });

  test("leases compressors until its memory is used up, and tells of the first", () => {
    let told = 0;
    const codec = testCodec();
    const pool = new CompressionPool(codec, {
      maxBytes: deflaterBytes(settings) * 2,
      onLease: () => {
        told += 1;
      },
    });
    const first = pool.lease(settings);
    const second = pool.lease(settings);
    expect([first === undefined, second === undefined, pool.lease(settings)]).toEqual([
      false,
      false,
      undefined,
    ]);
    expect([told, pool.leases, codec.open.size]).toEqual([1, 2, 2]);
    if (first === undefined) throw new Error("there was memory for two");
    pool.end(first);
    pool.end(first);
    expect([pool.leases, pool.budget.usedBytes, codec.open.size]).toEqual([
      1,
      deflaterBytes(settings),
      1,
    ]);
    expect(first.use()).toBeUndefined();
    first.reset();
    first.close();
  });

  test("takes away compressors that nobody has used between two calls", () => {
    const pool = new CompressionPool(testCodec());
    const busy = pool.lease(settings);
    const idle = pool.lease(settings);
    pool.releaseIdle();
    expect(pool.leases).toBe(2);
    busy?.use();
    pool.releaseIdle();
    expect([pool.leases, idle?.use(), busy?.use() === undefined]).toEqual([1, undefined, false]);
  });
});

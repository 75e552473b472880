/**
 * Both codecs, on the undocumented handle and by documented means alone, under one suite, with Node's own zlib as the
 * judge of what they make.
 */
import { createHash } from "node:crypto";
import { constants, createInflateRaw, deflateRawSync, inflateRawSync } from "node:zlib";
import type { DeflateCodec, Inflated, InflateJob } from "@tautline/protocol";
import { array, assert, asyncProperty, integer, property, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { documentedDeflateCodec } from "../src/compression/deflate-documented.ts";
import { handleDeflateCodec, isHandleUsable } from "../src/compression/deflate-handle.ts";
import { longestDistance } from "./fixtures/distances.ts";

const tail = Buffer.from([0, 0, 0xff, 0xff]);
const none = new Uint8Array(0);
const anyJob: InflateJob = { windowBits: 15, history: none, maxBytes: 2 ** 24 };
const settings = { windowBits: 15, level: 6, memoryLevel: 8 };

function hex(digits: string): Uint8Array {
  return Buffer.from(digits.replaceAll(" ", ""), "hex");
}

/** What zlib makes of `message`, as it travels. */
function deflated(message: string | Uint8Array, history: Uint8Array = none): Uint8Array {
  const dictionary = history.byteLength === 0 ? {} : { dictionary: history };
  const flushed = deflateRawSync(message, {
    finishFlush: constants.Z_SYNC_FLUSH,
    ...dictionary,
  });
  return flushed.subarray(0, -4);
}

/** `message` in a stream of its own, which ends with a final block. */
function finished(message: string): Uint8Array {
  return deflateRawSync(message);
}

/** Text that does not repeat itself, so that distances are as long as can be. */
function noise(byteLength: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: byteLength }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state >> 16;
  });
}

function shown(inflated: Inflated): string {
  return typeof inflated === "string" ? inflated : `<${Buffer.from(inflated).toString()}>`;
}

/** What can be compared at once, however long it is. */
function same(inflated: Inflated): string {
  if (typeof inflated === "string") return inflated;
  return `${inflated.byteLength} ${createHash("sha1").update(inflated).digest("hex")}`;
}

test("the handle is usable on this Node.js", () => {
  expect(isHandleUsable()).toBe(true);
});

const codecs: readonly (readonly [string, DeflateCodec])[] = [
  ["documented", documentedDeflateCodec],
  ["handle", handleDeflateCodec],
];

describe.each(codecs)("the %s codec", (_, codec) => {
  const later = (message: Uint8Array, job: InflateJob): Promise<Inflated> =>
    new Promise((resolve) => {
      codec.inflateLater(message, job, resolve);
    });

  /** What comes of a message at once, and elsewhere, and in parts, which must be the same. */
  async function inflated(message: Uint8Array, job: Partial<InflateJob> = {}): Promise<string> {
    const whole = { ...anyJob, ...job };
    const now = shown(codec.inflate(message, whole));
    expect(shown(await later(message, whole))).toBe(now);
    if (now === "tooLong" || message.byteLength === 0) return now;
    for (const partBytes of [1, 7, message.byteLength]) {
      const { bytes, invalid } = await inParts(message, whole, { partBytes });
      expect(invalid ? "invalid" : shown(bytes)).toBe(now);
    }
    return now;
  }

  /** Inflates in parts; with a window as the engine keeps it. */
  async function inParts(
    message: Uint8Array,
    { windowBits, history }: Pick<InflateJob, "windowBits" | "history">,
    { partBytes, most = Infinity }: { readonly partBytes: number; readonly most?: number },
  ): Promise<{ bytes: Buffer; invalid: boolean; latest: number }> {
    const pieces: Uint8Array[] = [history];
    let read = 0;
    let latest = 0;
    const wakes: (() => void)[] = [];
    const inflater = codec.openInflater({
      windowBits,
      history: () => Buffer.concat(pieces).subarray(-(2 ** windowBits)),
      ready: () => wakes.shift()?.(),
    });
    /** Reads up to where the inflater says how it stands. */
    const readOn = async (): Promise<string> => {
      while (read < most) {
        const next = inflater.read();
        if (next === "later") {
          latest += 1;
          await new Promise<void>((resolve) => {
            wakes.push(resolve);
          });
        } else if (typeof next === "string") {
          return next;
        } else {
          if (next.byteLength === 0) throw new Error("a piece of nothing");
          pieces.push(Buffer.from(next));
          read += next.byteLength;
        }
      }
      return "enough";
    };
    let state = "more";
    for (let at = 0; at < message.byteLength && state === "more"; at += partBytes) {
      const part = new Uint8Array(message.subarray(at, at + partBytes));
      inflater.write(part);
      // The memory is used for something else.
      part.fill(0xee);
      state = await readOn();
    }
    if (state === "more") {
      inflater.finish();
      state = await readOn();
      if (state !== "enough" && inflater.read() !== state) throw new Error("changes its mind");
    }
    const invalid = state === "invalid";
    inflater.close();
    return { bytes: Buffer.concat(pieces.slice(1)), invalid, latest };
  }

  describe("inflates in parts", () => {
    test("any messages, cut anywhere, each from the history of those before", async () => {
      const messages = array(uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 6 });
      await assert(
        asyncProperty(messages, integer({ min: 1, max: 999 }), async (given, partBytes) => {
          let history: Uint8Array = none;
          for (const message of given) {
            const job = { windowBits: 15, history };
            const { bytes } = await inParts(deflated(message, history), job, { partBytes });
            expect(same(bytes)).toBe(same(message));
            history = Buffer.concat([history, message]).subarray(-(2 ** 15));
          }
        }),
        { numRuns: 30 },
      );
    });

    test("a message with more than a megabyte in few bytes, leaving others their turn", async () => {
      const zeros = new Uint8Array(5 * 2 ** 20);
      const job = { windowBits: 15, history: none };
      const { bytes, latest } = await inParts(deflated(zeros), job, { partBytes: 65_536 });
      expect(same(bytes)).toBe(same(zeros));
      expect(latest).toBeGreaterThan(3);
    });

    test("a bomb no further than it is read", async () => {
      const bomb = deflateRawSync(new Uint8Array(200 * 2 ** 20));
      const job = { windowBits: 15, history: none };
      const before = process.memoryUsage().arrayBuffers;
      const { bytes } = await inParts(bomb, job, { partBytes: bomb.byteLength, most: 2 ** 20 });
      expect(bytes.byteLength).toBeLessThan(1.5 * 2 ** 20);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
    });

    test("many messages at a time, without mixing them", async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `${index} `.repeat(20_000));
      const job = { windowBits: 12, history: none };
      const results = await Promise.all(
        texts.map((text) => {
          const message = deflateRawSync(text, {
            windowBits: 12,
            finishFlush: constants.Z_SYNC_FLUSH,
          });
          return inParts(message.subarray(0, -4), job, { partBytes: 50 });
        }),
      );
      expect(results.map(({ bytes }) => bytes.toString())).toEqual(texts);
    });
  });

  describe("inflates", () => {
    const rows: readonly (readonly [name: string, message: Uint8Array, text: string])[] = [
      ["one block", hex("f2 48 cd c9 c9 07 00"), "<Hello>"],
      ["a block without compression", hex("00 05 00 fa ff 48 65 6c 6c 6f 00"), "<Hello>"],
      ["two blocks", hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), "<Hello>"],
      ["a final block [RFC7692-7.2.1-6]", hex("f3 48 cd c9 c9 07 00 00"), "<Hello>"],
      ["a final block that ends the message", hex("f3 48 cd c9 c9 07 00"), "<Hello>"],
      [
        "final blocks in a row [RFC7692-7.2.1-6]",
        Buffer.concat([finished("one "), finished("two "), deflated("three")]),
        "<one two three>",
      ],
      ["an empty message", hex("00"), "<>"],
      ["an empty final block", hex("03 00"), "<>"],
      ["garbage", hex("ff ff ff ff"), "invalid"],
      ["garbage behind a final block", Buffer.concat([finished("one"), hex("ff")]), "invalid"],
      ["a distance beyond the beginning", hex("f2 00 11 00 00"), "invalid"],
      ["a block that is cut", hex("f2 48 cd"), "invalid"],
      ["nothing at all", none, "invalid"],
      [
        "more final blocks than any sender makes",
        Buffer.concat(Array.from({ length: 2000 }, () => hex("03 00"))),
        "invalid",
      ],
    ];

    test.each(rows)("%s", async (_name, message, text) => {
      expect(await inflated(message)).toBe(text);
    });

    test("from a history, of which a final block takes nothing away", async () => {
      const history = Buffer.from("what was said before, what was said before");
      const message = deflated("what was said before", history);
      expect(message.byteLength).toBeLessThan(10);
      expect(await inflated(message, { history })).toBe("<what was said before>");
      expect(await inflated(message)).toBe("invalid");
      const two = Buffer.concat([finished(""), message]);
      expect(await inflated(two, { history })).toBe("<what was said before>");
      const [first, second] = ["first part, ", "first part, history"];
      const reaching = deflated(second, Buffer.concat([history, Buffer.from(first)]));
      const joined = Buffer.concat([finished(first), reaching]);
      expect(await inflated(joined, { history })).toBe(`<${first}${second}>`);
    });

    test("from a whole window of history", async () => {
      const history = noise(32_768);
      const text = history.subarray(400, 700);
      const message = deflated(text, history);
      expect(message.byteLength).toBeLessThan(20);
      expect(same(codec.inflate(message, { ...anyJob, history }))).toEqual(same(text));
      expect(same(await later(message, { ...anyJob, history }))).toEqual(same(text));
    });

    test("what lies as far back as a window reaches, and no byte further", async () => {
      const history = noise(32_768);
      // Block header, length 3 (code 257), distance 32,768 (code 29, extra bits all 1), end, header of the empty block.
      const fields = ["010", "0000001", "11101", "1111111111111", "0000000", "000"];
      const bits = Array.from(fields.join(""), Number);
      const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
      for (const [at, bit] of bits.entries()) bytes[at >> 3]! |= bit << (at & 7);
      const job = { ...anyJob, history };
      const expected = same(history.subarray(0, 3));
      expect([same(codec.inflate(bytes, job)), same(await later(bytes, job))]).toEqual([
        expected,
        expected,
      ]);
      expect(await inflated(bytes, { history: history.subarray(1) })).toBe("invalid");
    });

    test.each([0, 1, 5, 65_535, 65_536, 65_537, 131_072])(
      "up to maxBytes and no further: %s",
      async (byteLength) => {
        const bytes = noise(byteLength);
        const message = deflated(bytes);
        for (const [maxBytes, ends] of [
          [byteLength, true],
          [byteLength + 1, true],
          [byteLength - 1, byteLength === 0],
        ] as const) {
          const job = { ...anyJob, maxBytes: Math.max(0, maxBytes) };
          const expected = ends ? same(bytes) : "tooLong";
          for (const result of [codec.inflate(message, job), await later(message, job)]) {
            expect(same(result)).toEqual(expected);
          }
        }
      },
    );

    test("a bomb no further than maxBytes and one piece", async () => {
      const bomb = deflateRawSync(new Uint8Array(200 * 2 ** 20));
      const job = { ...anyJob, maxBytes: 2 ** 20 };
      const before = process.memoryUsage();
      expect([codec.inflate(bomb, job), await later(bomb, job)]).toEqual(["tooLong", "tooLong"]);
      const after = process.memoryUsage();
      const grown = after.arrayBuffers - before.arrayBuffers + after.external - before.external;
      expect(grown).toBeLessThan(20 * 2 ** 20);
    });

    test("whatever it is given, without throwing", async () => {
      await assert(
        asyncProperty(uint8Array({ maxLength: 300 }), async (garbage) => {
          await inflated(garbage, { maxBytes: 1000 });
        }),
      );
    });

    test("no message that is cut anywhere", () => {
      const whole = deflated(
        "A sentence that is long enough to be compressed, and to be cut.".repeat(3),
      );
      const text = shown(codec.inflate(whole, anyJob));
      for (let end = 1; end < whole.byteLength; end++) {
        expect(shown(codec.inflate(whole.subarray(0, end), anyJob))).not.toBe(text);
      }
      expect(shown(codec.inflate(whole, anyJob))).toBe(text);
    });
  });

  describe("deflates", () => {
    const windows = [8, 9, 10, 11, 12, 13, 14, 15];

    test.each(windows)(
      "with distances within a window of %s bits, at once and elsewhere [RFC7692-7.2.1-3, RFC7692-7.2.1-5]",
      async (windowBits) => {
        const window = 2 ** windowBits;
        const block = noise(Math.floor(window / 5));
        // Repetitions at every distance up to the window and beyond, of which the far ones cannot be used.
        const parts = [1, 2, 3, 4].flatMap((gap) => [block, noise(gap * 37, gap), block]);
        const message = Buffer.concat(parts);
        for (const level of [1, 9]) {
          const deflater = codec.openDeflater({ windowBits, level, memoryLevel: 8 });
          const first = deflater.deflate(message)?.slice() ?? none;
          const second = deflater.deflate(message)?.slice() ?? none;
          deflater.close();
          const alone = await deflatedLater(codec, message, windowBits);
          for (const result of [first, second, alone]) {
            expect(longestDistance(result)).toBeLessThanOrEqual(window);
          }
          // An inflater with this window and little room for output has no other memory to look back into.
          const bytes = Buffer.concat([first, tail, second, tail]);
          expect(same(await streamed(bytes, windowBits))).toBe(
            same(Buffer.concat([message, message])),
          );
        }
      },
    );

    test("any messages, so that zlib and itself can read them", () => {
      const messages = array(uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 6 });
      assert(
        property(messages, integer({ min: 8, max: 15 }), (given, windowBits) => {
          const deflater = codec.openDeflater({ windowBits, level: 6, memoryLevel: 8 });
          let history: Uint8Array = none;
          const stream: Uint8Array[] = [];
          for (const message of given) {
            const result = deflater.deflate(message)?.slice();
            if (result === undefined) throw new Error("could not be deflated");
            stream.push(result, tail);
            const job = { windowBits, history, maxBytes: 3000 };
            expect(same(codec.inflate(result, job))).toEqual(same(message));
            history = Buffer.concat([history, message]).subarray(-(2 ** windowBits));
          }
          deflater.close();
          const whole = inflateRawSync(Buffer.concat([...stream, hex("03 00")]));
          expect(same(whole)).toBe(same(Buffer.concat(given)));
        }),
      );
    });

    test.each([1, 65_536, 1_000_000])("%s bytes that do not compress", async (byteLength) => {
      const message = noise(byteLength);
      const deflater = codec.openDeflater(settings);
      const results = [deflater.deflate(message)?.slice(), await deflatedLater(codec, message, 15)];
      for (const result of results) {
        expect(same(codec.inflate(result ?? none, anyJob))).toEqual(same(message));
      }
      deflater.close();
    });

    test("without looking back behind a reset", () => {
      const deflater = codec.openDeflater(settings);
      const text = Buffer.from("the same text, and the same text");
      const first = deflater.deflate(text)?.slice();
      deflater.reset();
      expect(deflater.deflate(text)).toEqual(first);
      deflater.close();
    });
  });
});

function deflatedLater(
  codec: DeflateCodec,
  message: Uint8Array,
  windowBits: number,
): Promise<Uint8Array> {
  return new Promise((resolve) => {
    codec.deflateLater(message, { ...settings, windowBits }, (result) => resolve(result ?? none));
  });
}

/** What zlib's streaming inflater makes of `bytes`, in many small pieces. */
async function streamed(bytes: Uint8Array, windowBits: number): Promise<Buffer> {
  const stepBytes = Math.max(64, 2 ** (windowBits - 3));
  const inflater = createInflateRaw({ windowBits, chunkSize: stepBytes });
  const pieces: Buffer[] = [];
  inflater.on("data", (piece: Buffer) => pieces.push(piece));
  for (let at = 0; at < bytes.byteLength; at += stepBytes) {
    await new Promise<void>((resolve, reject) => {
      inflater.once("error", reject);
      inflater.write(bytes.subarray(at, at + stepBytes), () => {
        inflater.off("error", reject);
        resolve();
      });
    });
  }
  await new Promise((resolve) => {
    inflater.flush(constants.Z_SYNC_FLUSH, () => resolve(undefined));
  });
  inflater.close();
  return Buffer.concat(pieces);
}

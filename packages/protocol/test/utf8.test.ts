import { isUtf8 } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { continuation, encode, more, text, utf8 } from "./frame-bytes.ts";
import { fails, said } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";
import "./seed.ts";

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes of all kinds: mostly text that is nearly right, for pure noise fails in its first few bytes. */
const nearlyText = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }).map(utf8),
  fc
    .tuple(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ maxLength: 8 }),
    )
    .map(([before, wrong, after]) => Uint8Array.from([...utf8(before), ...wrong, ...utf8(after)])),
  fc
    .array(
      fc.constantFrom(
        0x41,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xbf,
        0xc2,
        0xe0,
        0xe2,
        0xed,
        0xf0,
        0xf4,
        0xf5,
      ),
      {
        maxLength: 8,
      },
    )
    .map((bytes) => Uint8Array.from(bytes)),
);

/** Enough endings that one of them completes whatever character `bytes` may end within. */
const endings = [
  [],
  [0x80],
  [0xbf],
  [0x80, 0x80],
  [0xbf, 0xbf],
  [0x80, 0x80, 0x80],
  [0xbf, 0xbf, 0xbf],
];

function mayBecomeText(bytes: Uint8Array): boolean {
  return endings.some((ending) => isUtf8(Uint8Array.of(...bytes, ...ending)));
}

/** Counting which lines are reached, on a machine that is busy, an engine for each pair takes its time. */
const slow = { timeout: 300_000 };

describe("text that comes byte by byte", () => {
  test("is judged as the platform judges whole text, for every sequence of two bytes", slow, () => {
    const wrong: string[] = [];
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        const bytes = Uint8Array.of(first, second);
        const observed = new ObservedEngine("client").receive(text(bytes, more));
        const accepted = observed.engine.state === "open";
        if (accepted !== mayBecomeText(bytes)) wrong.push(`${first} ${second}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("fails at the first byte after which no ending makes it valid [RFC6455-8.1-1]", () => {
    fc.assert(
      fc.property(nearlyText, (bytes) => {
        const observed = new ObservedEngine("client").receive(text("", more));
        for (let at = 0; at < bytes.byteLength; at++) {
          const good = mayBecomeText(bytes.subarray(0, at + 1));
          observed.receive(continuation(bytes.subarray(at, at + 1), more));
          expect(observed.engine.state).toBe(good ? "open" : "failing");
          if (!good) return;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("text in long pieces", () => {
  test("is judged as the standard's decoder does, wherever the pieces are cut", () => {
    const long = fc.array(nearlyText, { minLength: 8, maxLength: 24 }).map((parts) => {
      const filled = parts.flatMap((part) => [...utf8("padding of some length €"), ...part]);
      return Uint8Array.from(filled);
    });
    const mostlyRight = fc.string({ unit: "binary", minLength: 60, maxLength: 200 }).map(utf8);
    fc.assert(
      fc.property(fc.oneof(long, mostlyRight), fc.nat({ max: 80 }), (bytes, cutAt) => {
        const message = decoded(bytes);
        const observed = new ObservedEngine("client");
        observed.receiveBytes(fragments(bytes, [cutAt]));
        if (observed.engine.state === "failing") observed.receiveEnd();
        expect(observed.events).toEqual(
          message === undefined ? fails("PROTOCOL_INVALID_UTF8").events : [said.text(message)],
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a text message", () => {
  test("arrives exactly when the standard's decoder accepts it, at any split into fragments and chunks", () => {
    const cuts = fc.array(fc.nat({ max: 20 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        nearlyText,
        cuts,
        fc.integer({ min: 1, max: 30 }),
        (bytes, cutsAt, chunkBytes) => {
          const message = decoded(bytes);
          const observed = new ObservedEngine("client");
          const wire = fragments(bytes, cutsAt);
          for (let at = 0; at < wire.byteLength; at += chunkBytes) {
            observed.receiveBytes(wire.subarray(at, at + chunkBytes));
          }
          if (observed.engine.state === "failing") observed.receiveEnd();
          expect(observed.events).toEqual(
            message === undefined ? fails("PROTOCOL_INVALID_UTF8").events : [said.text(message)],
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function fragments(bytes: Uint8Array, cutsAt: readonly number[]): Uint8Array {
  const ends = [
    ...cutsAt.filter((cut) => cut < bytes.byteLength).sort((a, b) => a - b),
    bytes.byteLength,
  ];
  const frames = ends.map((end, index) => {
    const payload = bytes.subarray(index === 0 ? 0 : ends[index - 1], end);
    const rest = index === ends.length - 1 ? {} : more;
    return index === 0 ? text(payload, rest) : continuation(payload, rest);
  });
  return encode(frames, "client");
}

/**
 * What a peer can make long must cost in proportion to its length. Work is counted in characters looked at and bytes
 * copied, not in time.
 */
import {
  HeadReader,
  HeaderList,
  acceptHandshake,
  parseExtensionList,
  parseRequestHead,
} from "@tautline/protocol";
import { afterEach, describe, expect, test, vi } from "vitest";
import { headBytes, request } from "./head-text.ts";
import { testPlatform } from "./test-platform.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** How many characters `work` looks at one by one. */
function characterReads(work: () => void): number {
  const spy = vi.spyOn(String.prototype, "charCodeAt");
  work();
  const reads = spy.mock.calls.length;
  spy.mockRestore();
  return reads;
}

const LENGTH = 4096;

const inputs: readonly { name: string; make: (length: number) => string }[] = [
  { name: "a quoted string that does not end", make: (n) => `a; b="${"c".repeat(n)}` },
  { name: "a quoted string of escapes", make: (n) => `a; b="${"\\c".repeat(n / 2)}"` },
  { name: "escapes without end", make: (n) => `a; b="${"\\".repeat(n)}` },
  { name: "quotes", make: (n) => `a; b=${'"'.repeat(n)}` },
  { name: "one long token", make: (n) => "a".repeat(n) },
  { name: "spaces in the middle", make: (n) => `b${" ".repeat(n)}x` },
  { name: "spaces and commas", make: (n) => `a${" ,".repeat(n / 2)}` },
  { name: "commas", make: (n) => `a${",".repeat(n)}b` },
  { name: "many elements", make: (n) => "a,".repeat(n / 2) },
  { name: "many elements with spaces between", make: (n) => "a    ,    ".repeat(n / 10) },
  { name: "many parameters of one name", make: (n) => `a${";b".repeat(n / 2)}` },
  { name: "many values", make: (n) => `a${";b=c".repeat(n / 4)}` },
  { name: "semicolons", make: (n) => `a${";".repeat(n)}` },
];

test("the count is not blind", () => {
  expect(characterReads(() => parseExtensionList("a".repeat(LENGTH)))).toBeGreaterThan(LENGTH);
});

describe.each(inputs)("$name", ({ make }) => {
  const work: readonly { name: string; run: (value: string) => void }[] = [
    { name: "extension list", run: (value) => void parseExtensionList(value) },
    { name: "token list", run: (value) => void new HeaderList(["A", value]).tokens("a") },
    ...[
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
      "Connection",
      "Upgrade",
      "Origin",
    ].map((header) => ({
      name: `request with it in ${header}`,
      run(value: string) {
        const asked = request({ headers: { [header]: "" } });
        const pairs = [...asked.headers].map(([name, old]) => [
          name,
          name === header ? value : old,
        ]);
        const headers = new HeaderList(pairs.flat());
        acceptHandshake({ ...asked, headers }, {}, testPlatform());
      },
    })),
  ];

  test.each(work)("$name: twice the length is twice the work", ({ run }) => {
    const fixed = characterReads(() => run(""));
    const once = characterReads(() => run(make(LENGTH)));
    const twice = characterReads(() => run(make(2 * LENGTH)));
    expect(once).toBeLessThanOrEqual(fixed + 4 * (LENGTH + 16));
    expect(twice).toBeLessThanOrEqual(fixed + 4 * (2 * LENGTH + 16));
  });
});

/** `bytes`, of which each that is looked at is counted by `onRead`: scanned, copied or decoded. */
function countingChunk(bytes: Uint8Array, onRead: () => void): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) onRead();
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test.each([1, 7, 4096])(
  "a head that comes %i bytes at a time is read and copied in linear time",
  (size) => {
    const copies = vi.spyOn(Uint8Array.prototype, "set");
    const limits = { maxHeadBytes: 1 << 20, maxHeaderCount: 10 };
    const bytes = headBytes("GET / HTTP/1.1", `A: ${"b".repeat(2 * LENGTH)}`);
    const reader = new HeadReader(parseRequestHead, limits);
    let reads = 0;
    const onRead = (): void => void (reads += 1);
    for (let start = 0; start < bytes.length; start += size) {
      reader.receive(countingChunk(bytes.subarray(start, start + size), onRead));
    }
    const copied = copies.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
    expect(reader.byteLength).toBe(bytes.length);
    expect(reads).toBeGreaterThanOrEqual(bytes.length);
    expect(reads).toBeLessThanOrEqual(4 * bytes.length);
    expect(copied).toBeLessThanOrEqual(3 * bytes.length);
  },
);

test("no more memory is taken than a head may have", () => {
  const allocations: number[] = [];
  const copies = vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function set(
    this: Uint8Array,
  ) {
    allocations.push(this.length);
  });
  const reader = new HeadReader(parseRequestHead, { maxHeadBytes: 1000 });
  for (let sent = 0; sent < 999; sent += 37) {
    reader.receive(new Uint8Array(37).fill(0x61));
  }
  copies.mockRestore();
  expect(Math.max(...allocations)).toBe(1000);
});

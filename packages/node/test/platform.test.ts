import { nodePlatform as platform } from "@tautline/node";
import { describe, expect, it } from "vitest";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("nodePlatform", () => {
  it("hashes with SHA-1", () => {
    // RFC 3174 §7.3, the first test: a9993e36 4706816a ba3e2571 7850c26c 9cd0d89d.
    expect(platform.sha1Base64("abc")).toBe("qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  });

  it("fills with fresh random bytes, from the pool and beside it", () => {
    const seen = new Set<string>();
    for (let round = 0; round < 5000; round += 1) {
      const target = new Uint8Array(8);
      platform.fillRandom(target);
      seen.add(hex(target));
    }
    expect(seen.size).toBe(5000);
    const large = new Uint8Array(100_000);
    platform.fillRandom(large);
    expect(new Set(large).size).toBe(256);
  });

  it.each([0, 1, 64, 65, 4096, 4097, 100_000])(
    "allocates %i bytes that share their buffer with nobody",
    (byteLength) => {
      const bytes = platform.allocate(byteLength);
      expect(bytes.constructor).toBe(Uint8Array);
      expect(bytes.byteLength).toBe(byteLength);
      expect(bytes.buffer.byteLength).toBe(byteLength);
    },
  );

  const texts = [
    "",
    "a",
    "grüße",
    "日本語",
    "\u{1f600}",
    "\ufeffmark",
    "\ufffd",
    "x".repeat(70_000),
  ];
  it.each(texts)("carries text through UTF-8 and back: %j", (text) => {
    const byteLength = platform.textByteLength(text);
    const target = new Uint8Array(byteLength + 3);
    expect(platform.encodeText(text, target, 3)).toBe(byteLength);
    expect(platform.decodeUtf8(target, 3, target.byteLength)).toBe(text);
  });

  /** Around the lengths from which, and up to which, long texts are decoded in another way on some versions. */
  const longTexts = [
    "é",
    "ж",
    "日",
    "\u{1f600}",
    "aé",
    "é日",
    "日\u{1f600}a",
    "\ufeffé",
    "\ufffd日",
  ].flatMap((part) => {
    const bytes = Buffer.byteLength(part);
    return [127, 128, 1024, 65_536, 65_540].flatMap((length) => [
      { text: `${"x".repeat(length % bytes)}${part.repeat(Math.floor(length / bytes))}` },
      { text: `${part.repeat(Math.floor(length / bytes))}${"x".repeat(length % bytes)}` },
    ]);
  });
  it.each(longTexts)("carries long texts, too: %#", ({ text }) => {
    const bytes = Buffer.from(`<${text}>`);
    expect(platform.decodeUtf8(bytes, 1, bytes.byteLength - 1)).toBe(text);
  });

  it("writes a lone surrogate as U+FFFD, in the three bytes it counted for it", () => {
    const target = new Uint8Array(5);
    expect(platform.textByteLength("a\ud800b")).toBe(5);
    expect(platform.encodeText("a\ud800b", target, 0)).toBe(5);
    expect(platform.decodeUtf8(target, 0, 5)).toBe("a\ufffdb");
  });

  it("takes short and long ASCII in and out of memory, at any place", () => {
    for (const length of [0, 1, 24, 25, 200, 70_000]) {
      const text = "0123456789".repeat(7000).slice(0, length);
      const target = new Uint8Array(length + 6).fill(0xff);
      platform.encodeAscii(text, target, 3);
      expect(platform.decodeAscii(target, 3, length + 3)).toBe(text);
      expect([target[2], target[length + 3]]).toEqual([0xff, 0xff]);
    }
  });

  it("writes text into one target after another", () => {
    const [first, second] = [new Uint8Array(4), new Uint8Array(4)];
    platform.encodeText("ab", first, 0);
    platform.encodeText("cd", second, 0);
    platform.encodeText("ef", first, 2);
    expect([hex(first), hex(second)]).toEqual(["61626566", "63640000"]);
  });

  const wrong = ["80", "c0af", "eda080", "f4908080", "e282", "61ff", "efbfbdff"];
  it.each(wrong)("does not decode what is not UTF-8: %s", (bytes) => {
    const buffer = Buffer.from(bytes, "hex");
    expect(platform.decodeUtf8(buffer, 0, buffer.length)).toBeUndefined();
  });

  it.each(wrong)("does not decode it in the middle of a long text either: %s", (bytes) => {
    for (const text of ["x", "é", "日"].map((part) => part.repeat(300))) {
      const buffer = Buffer.concat([
        Buffer.from(text),
        Buffer.from(bytes, "hex"),
        Buffer.from(text),
      ]);
      expect(platform.decodeUtf8(buffer, 0, buffer.length)).toBeUndefined();
    }
  });

  it("is random for jitter", () => {
    const value = platform.random();
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
  });
});

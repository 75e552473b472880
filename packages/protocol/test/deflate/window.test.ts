/**
 * The end of what a peer has sent, kept as bytes.
 */
import { expect, test } from "vitest";
import { array, assert, property, uint8Array } from "fast-check";
import { Window } from "../../src/deflate/window.ts";
import { deterministicPlatform } from "../deterministic-platform.ts";
import { joined } from "../frame-bytes.ts";
import "../seed.ts";

test("is the last bytes of all messages, and never more than its size", () => {
  assert(
    property(array(uint8Array({ maxLength: 700 }), { maxLength: 12 }), (messages) => {
      const window = new Window(deterministicPlatform(), 8);
      for (const [index, message] of messages.entries()) {
        window.append(message);
        const all = joined(messages.slice(0, index + 1));
        expect(window.bytes).toEqual(all.subarray(Math.max(0, all.byteLength - 256)));
      }
    }),
  );
});

test("holds as little as was received", () => {
  const platform = deterministicPlatform();
  const window = new Window(platform, 15);
  window.append(new Uint8Array(1000));
  expect(platform.allocatedBytes).toBe(1000);
  expect(new Window(platform, 15).bytes.byteLength).toBe(0);
  expect(platform.allocatedBytes).toBe(1000);
});

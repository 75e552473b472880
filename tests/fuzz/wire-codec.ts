// Invariant: whatever frame arrives, a codec never throws, gives no more than its limits, and writes what it has read so that it reads the same.
import assert from "node:assert/strict";
import type { Codec } from "@tautline/wire";

const limits = { maxFrameBytes: 2048, maxMessagesPerFrame: 16, maxDepth: 16 };
const kinds = new Set([undefined, "malformed", "type", "limit"]);

export function fuzzWireCodec(codec: Codec, frame: string | Uint8Array): void {
  const { messages, fault } = codec.decodeCommands(frame, limits);
  assert.ok(messages.length <= limits.maxMessagesPerFrame && kinds.has(fault?.kind));
  assert.ok(frame.length <= limits.maxFrameBytes || messages.length === 0);
  assert.ok(kinds.has(codec.decodeReplies(frame, limits).fault?.kind));
  if (messages.length === 0) return;
  const again = codec.join(messages.map((message) => codec.encodeCommand(message)));
  const roomy = { ...limits, maxFrameBytes: 3 * limits.maxFrameBytes };
  const read = codec.decodeCommands(again, roomy);
  assert.equal(read.fault, undefined);
  // Zero values are left out when they are written: the second time there is nothing left to leave out.
  const third = codec.join(read.messages.map((message) => codec.encodeCommand(message)));
  assert.deepEqual(third, again);
}

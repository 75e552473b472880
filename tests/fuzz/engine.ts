// Invariant: whatever bytes arrive, in whatever pieces, the engine never throws, tells nothing after "closed" and holds no more than its limits.
import assert from "node:assert/strict";
import { Engine } from "@tautline/protocol";
import * as surroundings from "../../packages/protocol/test/deterministic-platform.ts";

const [mark, pongs, frame] = [128, 2, 131];
const queue = { highWaterMarkBytes: mark, maxPendingPongs: pongs };
const limits = { maxMessageBytes: 2048, maxFrameBytes: 1024, ...queue };
// In flight and waiting, each up to the mark and the frame that passes it; the last pongs and a Close frame on top.
const mostBuffered = 2 * (mark + frame) + (pongs + 1) * frame;

export function fuzzEngine(input: Uint8Array, seed: number): void {
  const random = surroundings.generator(seed);
  const platform = surroundings.deterministicPlatform(seed);
  let closed = 0;
  const told = ({ length }: string | Uint8Array) =>
    assert.ok(closed === 0 && length <= limits.maxMessageBytes);
  const events = { text: told, binary: told, ping: told, pong: told, closed: () => (closed += 1) };
  const role = seed % 2 === 0 ? "client" : "server";
  const parts = { begin: () => undefined, part: told, end: () => undefined };
  const streams = { receive: seed % 3 === 0 ? "streams" : "messages", parts } as const;
  const engine = new Engine({ ...limits, ...streams, role, platform, events, now: 0 });
  for (let at = 0, end = 0; at < input.byteLength; at = end) {
    const now = at * 100;
    end += 1 + Math.floor(random() * random() * 64 * (random() < 0.1 ? 999 : 1));
    engine.receive(input.slice(at, end), now);
    if (random() < 0.3) {
      engine.outputWritten();
      engine.takeOutput();
    }
    if (random() < 0.01) engine.close(1000, "", now);
    engine.tick(now);
    assert.ok(engine.bufferedBytes <= mostBuffered);
  }
  engine.receiveEnd(input.byteLength * 100);
  assert.equal(closed, 1);
  assert.ok(platform.largestAllocation <= 65_536);
}

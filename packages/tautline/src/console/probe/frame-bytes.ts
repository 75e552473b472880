/** Bytes of frames as they were ordered (RFC 6455 §5.2), wrong ones too: nothing is put right on the way. */
import { randomBytes } from "node:crypto";

import type { FrameOrder } from "./orders.ts";

export function frameBytes(frame: FrameOrder): Buffer {
  const { payload } = frame;
  const key = keyOf(frame.mask);
  const header = Buffer.concat([
    Buffer.from([(frame.fin ? 0x80 : 0) | (frame.rsv << 4) | frame.opcode]),
    lengthField(frame.saidLength ?? payload.byteLength, frame.lengthBytes, key !== undefined),
    key ?? Buffer.alloc(0),
  ]);
  if (key === undefined) return Buffer.concat([header, payload]);
  return Buffer.concat([header, payload.map((byte, i) => byte ^ (key[i & 3] ?? 0))]);
}

function keyOf(mask: FrameOrder["mask"]): Buffer | undefined {
  if (mask === "none") return undefined;
  return mask === "random" ? randomBytes(4) : Buffer.from(mask, "hex");
}

/** The mask bit and the length in as many bytes as it is told to take, or as it needs. */
function lengthField(
  length: number,
  lengthBytes: FrameOrder["lengthBytes"],
  masked: boolean,
): Buffer {
  const bit = masked ? 0x80 : 0;
  const needed = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const taken = Math.max(needed, lengthBytes);
  if (taken === 0) return Buffer.from([bit | length]);
  const field = Buffer.alloc(1 + taken);
  field.writeUInt8(bit | (taken === 2 ? 126 : 127));
  if (taken === 2) field.writeUInt16BE(length, 1);
  else field.writeBigUInt64BE(BigInt(length), 1);
  return field;
}

/** A message in the frames that a client may send it in: cut, compressed, masked (RFC 6455 §5.4, RFC 7692 §7.2.1). */
import { constants, deflateRawSync } from "node:zlib";

import type { FrameOrder, MessageOrder } from "./orders.ts";
import { WrongOrder } from "./orders.ts";

/** What each compressed message ends with, and what is not sent. */
const tailBytes = 4;
/** zlib's least for raw deflate; every window that may be agreed on holds it. */
const leastWindowBits = 9;

/** @throws WrongOrder where compression is wished for and was not agreed on */
export function messageFrames(order: MessageOrder, extensions: string): readonly FrameOrder[] {
  const compressed = order.compress && order.payload.byteLength > 0;
  if (compressed && !/\bpermessage-deflate\b/u.test(extensions)) {
    throw new WrongOrder("the server has not agreed on compression");
  }
  const bytes = compressed ? deflated(order.payload) : order.payload;
  const size = Math.ceil(bytes.byteLength / order.fragments);
  return Array.from({ length: order.fragments }, (_, i) => ({
    fin: i === order.fragments - 1,
    rsv: compressed && i === 0 ? 4 : 0,
    opcode: i === 0 ? order.opcode : 0,
    mask: "random",
    payload: bytes.subarray(i * size, (i + 1) * size),
    lengthBytes: 0,
    saidLength: undefined,
  }));
}

/** By itself: it refers to no message before it, which is always allowed. */
function deflated(payload: Buffer): Buffer {
  const options = { windowBits: leastWindowBits, finishFlush: constants.Z_SYNC_FLUSH };
  return deflateRawSync(payload, options).subarray(0, -tailBytes);
}

/** The header that an ordered frame will have, for showing it before it is sent. A random mask key stands as zeros. */
import type { FrameOrder } from "./orders.ts";
import { fromBase64, fromHex } from "./payload-bytes.ts";

export interface ComposedHeader {
  /** In hexadecimal. */
  readonly header: string;
  readonly payloadLength: number;
}

export function composedHeader(order: FrameOrder): ComposedHeader {
  const { opcode, fin = true, rsv = 0, mask = "random", lengthBytes = 0 } = order;
  const payloadLength = byteLengthOf(order.payload);
  const said = order.saidLength ?? payloadLength;
  const needed = said < 126 ? 0 : said < 65_536 ? 2 : 8;
  const taken = Math.max(needed, lengthBytes);
  const short = taken === 0 ? said : taken === 2 ? 126 : 127;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const second = (mask === "none" ? 0 : 0x80) | short;
  const key = mask === "none" ? "" : mask === "random" ? "00000000" : mask;
  const extended = taken === 0 ? "" : said.toString(16).padStart(2 * taken, "0");
  const start = ((first << 8) | second).toString(16).padStart(4, "0");
  return { header: start + extended + key, payloadLength };
}

function byteLengthOf(payload: FrameOrder["payload"]): number {
  if (payload === undefined) return 0;
  if ("text" in payload) return new TextEncoder().encode(payload.text).length;
  if ("hex" in payload) return fromHex(payload.hex)?.length ?? 0;
  return fromBase64(payload.base64).length;
}

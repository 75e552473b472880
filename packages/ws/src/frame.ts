/**
 * `Sender.frame`: one frame as a list of buffers to write, made by itself, for callers who send it many times or on a
 * socket of their own.
 */
import { nodePlatform } from "@tautline/node";
import { applyMask, headerByteLength, writeHeader } from "@tautline/protocol";
import type { Opcode } from "@tautline/protocol";

export interface FrameOptions {
  readonly opcode: number;
  readonly fin?: boolean | undefined;
  readonly rsv1?: boolean | undefined;
  readonly mask?: boolean | undefined;
  /** The data must not be changed: a masked frame is then one new buffer, instead of a header and the data masked. */
  readonly readOnly?: boolean | undefined;
  readonly generateMask?: ((mask: Buffer) => void) | undefined;
  /** Where the masking key is made. */
  readonly maskBuffer?: Buffer | undefined;
}

const sharedKey = Buffer.alloc(4);

/** The frame of `data`: its header, and the data behind it unless both are one buffer. */
export function frame(data: Buffer | string, options: FrameOptions): Buffer[] {
  const payload = typeof data === "string" ? Buffer.from(data) : data;
  const key = options.mask ? maskingKey(options) : undefined;
  const masks = key !== undefined && key.readInt32BE() !== 0;
  const merged = masks && options.readOnly === true && typeof data !== "string";
  const { byteLength } = payload;
  const headBytes = headerByteLength(byteLength) + (key === undefined ? 0 : 4);
  const head = Buffer.allocUnsafe(headBytes + (merged ? byteLength : 0));
  const at = writeHeader(head, 0, {
    opcode: options.opcode as Opcode,
    reserved: options.rsv1 ? 4 : 0,
    fin: options.fin === true,
    byteLength,
    masked: key !== undefined,
  });
  key?.copy(head, at);
  if (byteLength === 0) return [head];
  if (!masks) return [head, payload];
  const target = merged ? head : payload;
  const start = merged ? headBytes : 0;
  if (merged) payload.copy(head, headBytes);
  applyMask(target, key.readInt32BE(), { start, end: start + byteLength, position: 0 });
  return merged ? [head] : [head, payload];
}

function maskingKey({ generateMask, maskBuffer = sharedKey }: FrameOptions): Buffer {
  if (generateMask === undefined) nodePlatform.fillRandom(maskBuffer);
  else generateMask(maskBuffer);
  return maskBuffer;
}

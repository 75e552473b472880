/**
 * Joins the peer's frames into messages and holds the peer to the rules that its frames must keep (RFC 6455 §5.2,
 * §5.4, §5.5, §5.6, §7.4).
 */
import { isUtf8 } from "node:buffer";
import { opcode } from "./conformance-case.ts";
import type { Frame } from "./frame-codec.ts";
import { FrameViolation } from "./frame-codec.ts";
import type { MessageDeflate } from "./message-deflate.ts";

/** RSV1, "per-message compressed" (RFC 7692 §6). */
const compressedBit = 4;

export type Arrival =
  | { readonly kind: "text" | "binary" | "ping" | "pong"; readonly payload: Buffer }
  | { readonly kind: "close"; readonly code: number | undefined };

export class MessageAssembler {
  #fragments: Buffer[] = [];
  #kind: "text" | "binary" | undefined;
  #closed = false;
  #compressed = false;
  readonly #deflate: MessageDeflate | undefined;

  constructor(deflate: MessageDeflate | undefined) {
    this.#deflate = deflate;
  }

  /** @throws FrameViolation */
  add(frame: Frame): Arrival | undefined {
    if (this.#closed) throw new FrameViolation("frame after Close");
    const begins = frame.opcode === opcode.text || frame.opcode === opcode.binary;
    const allowed = begins && this.#deflate !== undefined ? compressedBit : 0;
    if ((frame.rsv & ~allowed) !== 0) throw new FrameViolation(`reserved bits ${frame.rsv}`);
    return frame.opcode >= 8 ? this.#control(frame) : this.#data(frame);
  }

  #control({ fin, opcode: code, payload }: Frame): Arrival {
    if (!fin) throw new FrameViolation("fragmented control frame");
    if (payload.byteLength > 125) throw new FrameViolation("control frame too long");
    if (code === opcode.ping) return { kind: "ping", payload };
    if (code === opcode.pong) return { kind: "pong", payload };
    if (code !== opcode.close) throw new FrameViolation(`opcode ${code}`);
    this.#closed = true;
    if (payload.byteLength === 0) return { kind: "close", code: undefined };
    if (payload.byteLength === 1) throw new FrameViolation("Close of one byte");
    if (!isUtf8(payload.subarray(2))) throw new FrameViolation("close reason is not UTF-8");
    const status = payload.readUInt16BE(0);
    if (!sendable(status)) throw new FrameViolation(`close code ${status}`);
    return { kind: "close", code: status };
  }

  #data({ fin, rsv, opcode: code, payload }: Frame): Arrival | undefined {
    if (code === opcode.continuation) {
      if (this.#kind === undefined) throw new FrameViolation("nothing to continue");
    } else {
      if (code > opcode.binary) throw new FrameViolation(`opcode ${code}`);
      if (this.#kind !== undefined) throw new FrameViolation("message inside a message");
      this.#kind = code === opcode.text ? "text" : "binary";
      this.#compressed = rsv === compressedBit;
    }
    if (payload.byteLength > 0) this.#fragments.push(payload);
    if (!fin) return undefined;
    const joined = Buffer.concat(this.#fragments);
    const inflates = this.#compressed ? this.#deflate : undefined;
    const whole = inflates === undefined ? joined : inflates.inflate(joined);
    const kind = this.#kind;
    this.#fragments = [];
    this.#kind = undefined;
    if (kind === "text" && !isUtf8(whole)) throw new FrameViolation("text is not UTF-8");
    return { kind: kind ?? "binary", payload: whole };
  }
}

/** RFC 6455 §7.4; 5000 and above are not defined, and 7.13 sends them: a peer may echo what it was sent. */
function sendable(code: number): boolean {
  return code >= 1000 && ![1004, 1005, 1006, 1015].includes(code);
}

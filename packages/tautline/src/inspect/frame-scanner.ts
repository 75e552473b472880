/**
 * Cuts bytes into frames (RFC 6455 §5.2) for somebody who wants to see them, wrong ones too: it says what is wrong and goes
 * on as long as the next frame can be found. Payloads are counted in full and kept in part.
 */
import { keptBytes } from "./finding.ts";
import type { Side } from "./finding.ts";

export interface ScannedFrame {
  /** The header as it travelled, mask key included, in hexadecimal. */
  readonly header: string;
  readonly fin: boolean;
  readonly rsv: readonly [boolean, boolean, boolean];
  readonly opcode: number;
  readonly maskKey: string | undefined;
  readonly payloadLength: number;
  /** Unmasked, and cut. */
  readonly payload: Buffer;
  readonly problems: readonly string[];
}

interface Head extends Omit<ScannedFrame, "payload"> {
  readonly key: Buffer | undefined;
}

const opcodes: ReadonlyMap<number, string> = new Map([
  [0, "continuation"],
  [1, "text"],
  [2, "binary"],
  [8, "close"],
  [9, "ping"],
  [10, "pong"],
]);

export const opcodeName = (opcode: number): string => opcodes.get(opcode) ?? `opcode ${opcode}`;

export class FrameScanner {
  readonly #from: Side;
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** Kept of the payload under way, and how much of it has passed. */
  #kept: Buffer[] = [];
  #passed = 0;

  constructor(from: Side) {
    this.#from = from;
  }

  /** Bytes of a frame that is not complete. */
  get isWithinFrame(): boolean {
    return this.#head !== undefined || this.#bytes.byteLength > 0;
  }

  *read(chunk: Buffer): Generator<ScannedFrame> {
    this.#bytes = this.#bytes.byteLength === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      this.#head ??= this.#readHead();
      if (this.#head === undefined || !this.#readPayload(this.#head)) return;
      const { key, ...head } = this.#head;
      const payload = unmasked(Buffer.concat(this.#kept), key);
      this.#head = undefined;
      this.#kept = [];
      this.#passed = 0;
      yield { ...head, payload };
    }
  }

  #readPayload({ payloadLength }: Head): boolean {
    const part = this.#bytes.subarray(0, payloadLength - this.#passed);
    const room = Math.max(0, keptBytes - this.#passed);
    if (room > 0) this.#kept.push(part.subarray(0, room));
    this.#passed += part.byteLength;
    this.#bytes = this.#bytes.subarray(part.byteLength);
    return this.#passed === payloadLength;
  }

  #readHead(): Head | undefined {
    const bytes = this.#bytes;
    if (bytes.byteLength < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const short = second & 127;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const keyAt = 2 + lengthBytes;
    const start = keyAt + (second >= 128 ? 4 : 0);
    if (bytes.byteLength < start) return undefined;
    const key = second >= 128 ? Buffer.from(bytes.subarray(keyAt, start)) : undefined;
    const head = {
      header: bytes.toString("hex", 0, start),
      fin: first >= 128,
      rsv: [(first & 64) !== 0, (first & 32) !== 0, (first & 16) !== 0] as const,
      opcode: first & 15,
      maskKey: key?.toString("hex"),
      payloadLength: lengthOf(bytes, short),
    };
    this.#bytes = bytes.subarray(start);
    return { ...head, key, problems: this.#problems(head, lengthBytes) };
  }

  #problems(
    { fin, opcode, maskKey, payloadLength }: Omit<Head, "key" | "problems">,
    lengthBytes: number,
  ): string[] {
    const isControl = opcode >= 8;
    const shortest = payloadLength < 126 ? 0 : payloadLength < 65_536 ? 2 : 8;
    const wrong: readonly (readonly [boolean, string])[] = [
      [!opcodes.has(opcode), "reserved opcode (RFC 6455 §5.2)"],
      [isControl && !fin, "fragmented control frame (§5.5)"],
      [isControl && payloadLength > 125, "control frame of more than 125 bytes (§5.5)"],
      [lengthBytes > shortest, "length not in its shortest form (§5.2)"],
      [this.#from === "client" && maskKey === undefined, "client's frame without a mask (§5.1)"],
      [this.#from === "server" && maskKey !== undefined, "server's frame with a mask (§5.1)"],
    ];
    return wrong.filter(([is]) => is).map(([, what]) => what);
  }
}

function lengthOf(bytes: Buffer, short: number): number {
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

function unmasked(bytes: Buffer, key: Buffer | undefined): Buffer {
  if (key === undefined) return bytes;
  return Buffer.from(bytes.map((byte, i) => byte ^ (key[i & 3] ?? 0)));
}

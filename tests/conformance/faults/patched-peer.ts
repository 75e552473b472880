/**
 * An echoing peer that does all things right, save for the one rule that it is told to break. It
 * shows that the cases notice. It takes its frames apart by itself: nothing of it is the tester's or the engine's.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Fault } from "./faults.ts";
import { utf8Progress } from "./utf8-progress.ts";

const [text, binary, closeFrame, ping, pong] = [1, 2, 8, 9, 10];

interface Received {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What the peer has to say when it fails the connection. */
class Violation extends Error {
  readonly code: number;

  constructor(code = 1002) {
    super(`close code ${code}`);
    this.code = code;
  }
}

export class PatchedPeer {
  readonly #socket: Socket;
  readonly #masks: boolean;
  readonly #fault: Fault | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #kind: number | undefined;
  #out: Buffer[] = [];
  #pings: Buffer[] = [];
  #over = false;

  constructor(socket: Socket, role: "client" | "server", fault: Fault | undefined) {
    this.#socket = socket;
    this.#fault = fault;
    this.#masks = (role === "client") !== (fault === "masked-echo" || fault === "unmasked-echo");
    socket.setNoDelay(true);
  }

  receive(chunk: Buffer): void {
    if (this.#over && !this.#has("echo-after-close")) return;
    this.#bytes = this.#has("whole-frames") ? chunk : Buffer.concat([this.#bytes, chunk]);
    try {
      for (let frame = this.#cut(); frame !== undefined; frame = this.#cut()) this.#take(frame);
      this.#answerPings();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      if (this.#has("dropped-echo")) this.#out = [];
      const code = this.#has("wrong-failure-code") ? 1000 : error.code;
      this.#endWith(Buffer.from([code >> 8, code & 0xff]));
    }
    this.#flush();
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault;
  }

  #cut(): Received | undefined {
    const bytes = this.#bytes;
    if (this.#over && !this.#has("echo-after-close")) return undefined;
    if (bytes.length < 2) return undefined;
    const head = { fin: bytes[0]! >= 128, rsv: (bytes[0]! >> 4) & 7, opcode: bytes[0]! & 15 };
    this.#checkHead(head, bytes[1]! & 127);
    const [byteLength, lengthBytes] = frameLength(bytes);
    const masked = bytes[1]! >= 128;
    const start = 2 + lengthBytes + (masked ? 4 : 0);
    if (bytes.length < start) return undefined;
    const payload = Buffer.from(bytes.subarray(start, start + byteLength));
    if (masked) for (const i of payload.keys()) payload[i]! ^= bytes[start - 4 + (i & 3)]!;
    if (payload.length < byteLength) {
      const early = !this.#has("utf8-at-end") && !this.#has("utf8-at-frame-end");
      if (head.opcode < 2 && early) this.#checkText(head.opcode, payload, false);
      if (this.#has("whole-frames")) throw new Violation();
      return undefined;
    }
    this.#bytes = bytes.subarray(start + byteLength);
    return { ...head, payload };
  }

  #checkHead({ fin, rsv, opcode }: Omit<Received, "payload">, shortLength: number): void {
    const isControl = opcode >= closeFrame;
    const allowed =
      (this.#has("rsv1") ? 4 : 0) | (this.#has("rsv2") ? 2 : 0) | (this.#has("rsv3") ? 1 : 0);
    if ((rsv & ~allowed) !== 0 && !(isControl && this.#has("control-rsv"))) throw new Violation();
    if (opcode > binary && opcode < closeFrame && !this.#has("reserved-data"))
      throw new Violation();
    if (opcode > pong && !this.#has("reserved-control")) throw new Violation();
    if (isControl && !fin && !this.#has("fragmented-control")) throw new Violation();
    const takesLong = this.#has(opcode === closeFrame ? "long-close" : "long-pings");
    if (isControl && shortLength > 125 && !takesLong) throw new Violation();
    if (opcode === 0 && this.#kind === undefined && !this.#has("stray-continuation"))
      throw new Violation();
    const begins = opcode === text || opcode === binary;
    if (begins && this.#kind !== undefined && !this.#has("nested-message")) throw new Violation();
  }

  #take({ fin, opcode, payload }: Received): void {
    if (opcode === ping) this.#pings.push(payload);
    if (!this.#has("last-pong-only") && !this.#has("pings-at-message-end")) this.#answerPings();
    if (opcode === pong && this.#has("pong-for-pong")) this.#send(pong, payload);
    if (opcode === closeFrame) this.#close(payload);
    if (opcode > binary) return;
    this.#checkText(opcode, payload, fin);
    if (opcode !== 0) this.#kind = opcode;
    this.#fragments.push(payload);
    if (fin || this.#has("fragments-apart")) this.#echo(this.#kind ?? text);
    if (fin) this.#kind = undefined;
  }

  #checkText(opcode: number, payload: Buffer, fin: boolean): void {
    if ((opcode === 0 ? this.#kind : opcode) !== text || this.#has("no-utf8-check")) return;
    if (this.#has("utf8-at-end") && !fin) return;
    const perFrame = this.#has("utf8-per-frame");
    const bytes = perFrame ? payload : Buffer.concat([...this.#fragments, payload]);
    const seen = utf8Progress(this.#has("surrogates") ? withoutSurrogates(bytes) : bytes);
    const isWhole = fin || perFrame;
    if (seen === "invalid" || (isWhole && seen === "cut")) throw new Violation(1007);
    if (this.#has("non-characters") && bytes.includes("\ufffe")) throw new Violation(1007);
  }

  #echo(kind: number): void {
    let message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    if (this.#has("length-of-16-bits")) message = message.subarray(0, 65_535);
    if (this.#has("first-byte-spoiled") && message.length > 1024) message[0]! ^= 1;
    if (this.#has("no-empty-messages") && message.length === 0) return;
    this.#send(this.#has("text-only") ? text : kind, message);
  }

  #answerPings(): void {
    if (this.#has("pings-at-message-end") && this.#kind !== undefined) return;
    const due = this.#has("last-pong-only") ? this.#pings.slice(-1) : this.#pings;
    this.#pings = [];
    for (const payload of due) this.#pong(payload);
  }

  #pong(payload: Buffer): void {
    if (this.#has("no-pong")) return;
    if (this.#has("empty-pong")) return this.#send(pong, Buffer.alloc(0));
    this.#send(pong, this.#has("text-pong") ? Buffer.from(payload.toString()) : payload);
  }

  #close(payload: Buffer): void {
    if (this.#over) return;
    if (payload.length === 1) {
      if (!this.#has("close-of-one-byte")) throw new Violation();
      return this.#endWith(Buffer.from([3, 232]));
    }
    const code = payload.length === 0 ? undefined : payload.readUInt16BE(0);
    if (code !== undefined && !this.#takesCode(code)) throw new Violation();
    const reason = utf8Progress(payload.subarray(2));
    if (reason !== "whole" && !this.#has("close-reason")) throw new Violation(1007);
    if (this.#has("no-close-answer")) {
      this.#over = true;
      return;
    }
    this.#endWith(this.#has("other-close-code") ? Buffer.from([3, 233]) : payload.subarray(0, 2));
  }

  #takesCode(code: number): boolean {
    if (this.#has("any-close-code") && code < 5000) return true;
    if (code >= 3000 && code < 5000) return !this.#has("few-close-codes");
    return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  }

  #endWith(closePayload: Buffer): void {
    this.#send(closeFrame, closePayload);
    this.#over = true;
    if (this.#has("echo-after-close")) return;
    this.#flush();
    if (!this.#has("no-tcp-close")) this.#socket.end();
  }

  #send(opcode: number, payload: Buffer): void {
    this.#out.push(encode(opcode, payload, this.#masks, this.#has("long-form-126")));
  }

  #flush(): void {
    if (this.#out.length > 0 && this.#socket.writable) this.#socket.write(Buffer.concat(this.#out));
    this.#out = [];
    if (this.#over && this.#has("echo-after-close")) this.#socket.end();
  }
}

/** The payload's length, and how many bytes say so beside the first. */
function frameLength(bytes: Buffer): [number, number] {
  const short = bytes[1]! & 127;
  if (short < 126) return [short, 0];
  const lengthBytes = short === 126 ? 2 : 8;
  if (bytes.length < 2 + lengthBytes) return [Infinity, lengthBytes];
  return [bytes.readUIntBE(short === 126 ? 2 : 4, short === 126 ? 2 : 6), lengthBytes];
}

function encode(opcode: number, payload: Buffer, masks: boolean, longForm126: boolean): Buffer {
  const long = payload.length > 65_535 || (longForm126 && payload.length === 126);
  const head = Buffer.alloc(long ? 10 : payload.length > 125 ? 4 : 2);
  head[0] = 128 | opcode;
  head[1] = long ? 127 : Math.min(payload.length, 126);
  if (head.length > 2) head.writeUIntBE(payload.length, long ? 4 : 2, long ? 6 : 2);
  if (!masks) return Buffer.concat([head, payload]);
  head[1] |= 128;
  const key = randomBytes(4);
  const body = payload.map((byte, i) => byte ^ key[i & 3]!);
  return Buffer.concat([head, key, body]);
}

/** The bytes with each surrogate replaced by a character, for a peer that does not know better. */
function withoutSurrogates(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.toString("hex").replaceAll(/(?<=^(?:..)*)ed[ab].(..)/g, "ee80$1"),
    "hex",
  );
}

/**
 * Puts a case's frames on the wire: steps that follow each other leave in one write, chopped ones in writes of a few bytes,
 * each followed by a turn of the event loop so that a peer in the same process reads them apart.
 */
import type { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { opcode } from "./conformance-case.ts";
import type { BytesStep, FrameStep, HeadStep, MessageStep } from "./conformance-case.ts";
import { encodeFrame, encodeHead, maskKeyFor, masked } from "./frame-codec.ts";
import type { TesterRole } from "./frame-codec.ts";
import type { MessageDeflate } from "./message-deflate.ts";
import { bytesOf } from "./payload.ts";

type WritableStep = FrameStep | MessageStep | HeadStep | BytesStep;

const never = () => false;
/** What may wait to be written before it is. */
const flushBytes = 1024 * 1024;

export interface StepWriterParts {
  readonly socket: Duplex;
  readonly role: TesterRole;
  readonly deflate: MessageDeflate | undefined;
  /** Called for each write. */
  readonly progress: () => void;
}

export class StepWriter {
  readonly #socket: Duplex;
  readonly #role: TesterRole;
  readonly #deflate: MessageDeflate | undefined;
  readonly #progress: () => void;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Of the frame whose payload is sent in `bytes` steps. */
  #key: Buffer | undefined;
  #offset = 0;
  /** Bytes that the frame under way still lacks; what is not its own has to wait for its end. */
  #lacking = 0;
  #waiting: Uint8Array[] = [];

  constructor({ socket, role, deflate, progress }: StepWriterParts) {
    this.#socket = socket;
    this.#role = role;
    this.#deflate = deflate;
    this.#progress = progress;
  }

  /** @param stopped says, between two writes of a chopped frame, that the rest is not wanted any more */
  async write(step: WritableStep, stopped: () => boolean = never): Promise<void> {
    if (step.do === "head") {
      this.#key = maskKeyFor(this.#role);
      this.#offset = 0;
      const head = { fin: true, rsv: 0, opcode: step.opcode };
      this.#add([encodeHead(head, step.byteLength, this.#key)]);
      this.#lacking = step.byteLength;
    } else if (step.do === "bytes") {
      this.#add([masked(step.bytes, this.#key, this.#offset)]);
      this.#offset += step.bytes.byteLength;
      await this.flush();
      this.#sent(step.bytes.byteLength);
    } else if (step.do === "message") {
      await this.#message(step, stopped);
    } else {
      await this.#frame(step, stopped);
    }
  }

  /** An answer of the tester's own: at once, or behind the frame that is under way. */
  answer(code: number, payload: Buffer): void {
    this.#waiting.push(...encodeFrame({ fin: true, rsv: 0, opcode: code, payload }, this.#role));
    this.#sent(0);
  }

  #sent(byteLength: number): void {
    this.#lacking -= byteLength;
    if (this.#lacking > 0 || this.#waiting.length === 0) return;
    this.#add(this.#waiting);
    this.#waiting = [];
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#put(bytes);
  }

  async #frame(step: FrameStep, stopped: () => boolean): Promise<void> {
    const { opcode: code, fin = true, rsv = 0, chop, alone } = step;
    const payload = bytesOf(step.payload ?? new Uint8Array(0));
    const parts = encodeFrame({ fin, rsv, opcode: code, payload }, this.#role);
    if (chop !== undefined) {
      await this.flush();
      const bytes = Buffer.concat(parts);
      this.#lacking = bytes.byteLength;
      for (let at = 0; at < bytes.byteLength && !stopped(); at += chop) {
        const piece = bytes.subarray(at, at + chop);
        await this.#put(piece);
        this.#sent(piece.byteLength);
        await turn();
      }
      return;
    }
    if (alone === true) await this.flush();
    this.#add(parts);
    if (alone === true) {
      await this.flush();
      await turn();
    }
  }

  async #message(
    { binary, payload, fragmentBytes, compressed }: MessageStep,
    stopped: () => boolean,
  ): Promise<void> {
    const deflate = compressed === true ? this.#deflate : undefined;
    const bytes = deflate?.compress(bytesOf(payload)) ?? bytesOf(payload);
    const kind = binary ? opcode.binary : opcode.text;
    for (let at = 0; at === 0 || (at < bytes.byteLength && !stopped()); at += fragmentBytes) {
      const end = at + fragmentBytes;
      const fragment = {
        fin: end >= bytes.byteLength,
        // RSV1 on the first frame says that the message is compressed (RFC 7692 §6).
        rsv: at === 0 && deflate !== undefined ? 4 : 0,
        opcode: at === 0 ? kind : opcode.continuation,
        payload: bytes.subarray(at, end),
      };
      this.#add(encodeFrame(fragment, this.#role));
      if (this.#pendingBytes >= flushBytes) await this.flush();
    }
  }

  #add(parts: readonly Uint8Array[]): void {
    this.#pending.push(...parts);
    for (const part of parts) this.#pendingBytes += part.byteLength;
  }

  /** Writes, and waits while the peer does not read. */
  async #put(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    this.#progress();
    if (!socket.writable || socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off("drain", done);
        socket.off("close", done);
        socket.off("error", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
      socket.on("error", done);
    });
    this.#progress();
  }
}

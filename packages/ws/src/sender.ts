/**
 * The class `Sender` of `ws`: frames what it is given and writes it to a stream. A connection's own sender is made from
 * it (see link-sender.ts); by itself it serves those who have a socket and no WebSocket.
 *
 * Here is what both have: what may be sent, and the line behind a Blob that is being read or a message that is being
 * compressed.
 */
import { isSendableCloseCode } from "@tautline/protocol";
import type { Blob } from "node:buffer";
import type { Duplex } from "node:stream";
import { frame } from "./frame.ts";
import type { FrameOptions } from "./frame.ts";
import { emptyBuffer, isBlob, toBuffer } from "./payload.ts";
import { extensionName } from "./per-message-deflate.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";

export type SendCallback = (error?: Error | null) => void;

export interface SenderSendOptions {
  readonly binary?: boolean | undefined;
  readonly compress?: boolean | undefined;
  readonly fin?: boolean | undefined;
  readonly mask?: boolean | undefined;
}

/** What is sent: with what stands in its header, and whether it is to be compressed. */
export interface Outgoing {
  readonly opcode: number;
  readonly fin: boolean;
  readonly mask: boolean;
  readonly compress: boolean;
  /** The first frame of its message. */
  readonly first: boolean;
  /** It is the caller's, and must not be changed. */
  readonly readOnly: boolean;
}

interface Task {
  readonly byteLength: number;
  readonly callback: SendCallback | undefined;
  run(): void;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const maxControlBytes = 125;
const maxReasonBytes = 123;

export class Sender {
  readonly _extensions: Record<string, PerMessageDeflate | undefined>;
  /** Payload bytes that wait in line. */
  _bufferedBytes = 0;
  onerror: (error: Error) => void = () => {};
  readonly #socket: Duplex;
  readonly #generateMask: ((mask: Buffer) => void) | undefined;
  readonly #maskBuffer: Buffer | undefined;
  #queue: Task[] = [];
  #busy = false;
  #firstFragment = true;
  /** Whether the message under way is compressed. */
  #compress = false;

  constructor(
    socket: Duplex,
    extensions?: Record<string, PerMessageDeflate | undefined>,
    generateMask?: (mask: Buffer) => void,
  ) {
    this.#socket = socket;
    this._extensions = extensions ?? {};
    this.#generateMask = generateMask;
    this.#maskBuffer = generateMask === undefined ? undefined : Buffer.alloc(4);
  }

  /** A frame as buffers to write, in order. */
  static frame(data: Buffer | string, options: FrameOptions): Buffer[] {
    return frame(data, options);
  }

  get _socket(): Duplex {
    return this.#socket;
  }

  /** Whether a message can go straight out: nothing waits, and none is under way. */
  protected get idle(): boolean {
    return !this.#busy && this.#firstFragment;
  }

  /**
   * @throws TypeError for a code that must not be sent, and for a reason that is no text and no bytes
   * @throws RangeError for a reason of more than 123 bytes
   */
  close(code?: number, data?: string | Uint8Array, mask?: boolean, cb?: SendCallback): void {
    const payload = closePayload(code, data);
    const form = { ...controlForm, opcode: opcodes.close, mask: Boolean(mask), readOnly: false };
    this.#do(payload.byteLength, cb, () => this.transmit(payload, form, cb));
  }

  /** @throws RangeError for more than 125 bytes */
  ping(data: unknown, mask?: boolean, cb?: SendCallback): void {
    this.#control(opcodes.ping, data, { mask, cb });
  }

  /** @throws RangeError for more than 125 bytes */
  pong(data: unknown, mask?: boolean, cb?: SendCallback): void {
    this.#control(opcodes.pong, data, { mask, cb });
  }

  /** @throws TypeError for what has no bytes */
  send(data: unknown, options: SenderSendOptions, cb?: SendCallback): void {
    const payload = typeof data === "string" || isBlob(data) ? data : toBuffer(data);
    const first = this.#firstFragment;
    const byteLength = byteLengthOf(payload);
    if (first) this.#compress = options.compress === true && this.#isWorthIt(byteLength);
    this.#firstFragment = options.fin === true;
    const form: Outgoing = {
      opcode: first ? (options.binary ? opcodes.binary : opcodes.text) : opcodes.continuation,
      fin: options.fin === true,
      mask: options.mask === true,
      compress: this.#compress,
      first,
      readOnly: isCallers(data),
    };
    this.#send(payload, form, cb);
  }

  /** Writes a frame that is made already. */
  sendFrame(list: readonly (Buffer | string)[], cb?: SendCallback): void {
    const socket = this.#socket;
    const [head = emptyBuffer, payload] = list;
    if (payload === undefined) {
      socket.write(head, cb);
      return;
    }
    socket.cork();
    socket.write(head);
    socket.write(payload, cb);
    socket.uncork();
  }

  /** Sends `payload` as one frame. Its turn has come. */
  protected transmit(payload: Buffer | string, form: Outgoing, cb: SendCallback | undefined): void {
    if (!form.compress) {
      this.#frameAndSend(payload, form, { rsv1: false, cb });
      return;
    }
    const end = this.#begin(byteLengthOf(payload));
    this._extensions[extensionName]?.compress(payload, form.fin, (_error, data) => {
      if (this.#socket.destroyed) {
        this.#fail(new Error("The socket was closed while data was being compressed"), cb);
        return;
      }
      end(() => {
        const own = { ...form, readOnly: false };
        this.#frameAndSend(data ?? emptyBuffer, own, { rsv1: form.first, cb });
      });
    });
  }

  #frameAndSend(
    payload: Buffer | string,
    { fin, opcode, mask, readOnly }: Outgoing,
    { rsv1, cb }: { readonly rsv1: boolean; readonly cb: SendCallback | undefined },
  ): void {
    const [generateMask, maskBuffer] = [this.#generateMask, this.#maskBuffer];
    this.sendFrame(
      frame(payload, { fin, opcode, mask, readOnly, rsv1, generateMask, maskBuffer }),
      cb,
    );
  }

  /** Without contexts to take over, short messages do not get shorter. */
  #isWorthIt(byteLength: number): boolean {
    const deflate = this._extensions[extensionName];
    if (deflate === undefined) return false;
    const { params, _isServer, _threshold } = deflate;
    const alone = params?.[_isServer ? "server_no_context_takeover" : "client_no_context_takeover"];
    return alone !== true || byteLength >= _threshold;
  }

  #control(
    opcode: number,
    data: unknown,
    { mask, cb }: { readonly mask: boolean | undefined; readonly cb: SendCallback | undefined },
  ): void {
    const payload = typeof data === "string" || isBlob(data) ? data : toBuffer(data);
    if (byteLengthOf(payload) > maxControlBytes) {
      throw new RangeError("The data size must not be greater than 125 bytes");
    }
    const form = { ...controlForm, opcode, mask: mask === true, readOnly: isCallers(data) };
    this.#send(payload, form, cb);
  }

  #send(payload: Buffer | string | Blob, form: Outgoing, cb: SendCallback | undefined): void {
    const byteLength = byteLengthOf(payload);
    this.#do(byteLength, cb, () => {
      if (typeof payload === "string" || Buffer.isBuffer(payload)) this.transmit(payload, form, cb);
      else this.#read(payload, form, cb);
    });
  }

  #read(blob: Blob, form: Outgoing, cb: SendCallback | undefined): void {
    const end = this.#begin(blob.size);
    const failed = (error: Error): void => {
      // Outside of the promise, so that what a callback throws is thrown.
      process.nextTick(() => {
        this.#fail(error, cb);
        this.onerror(error);
      });
    };
    blob.arrayBuffer().then((memory) => {
      if (this.#socket.destroyed) {
        const error = new Error("The socket was closed while the blob was being read");
        process.nextTick(() => this.#fail(error, cb));
        return;
      }
      end(() => this.transmit(Buffer.from(memory), form, cb));
    }, failed);
  }

  /** Something takes a while, and all that is sent from now on waits for the end of it. */
  #begin(byteLength: number): (last: () => void) => void {
    this.#busy = true;
    this._bufferedBytes += byteLength;
    return (last) => {
      this.#busy = false;
      this._bufferedBytes -= byteLength;
      last();
      this.#advance();
    };
  }

  #do(byteLength: number, callback: SendCallback | undefined, run: () => void): void {
    if (!this.#busy) {
      run();
      return;
    }
    this._bufferedBytes += byteLength;
    this.#queue.push({ byteLength, callback, run });
  }

  #advance(): void {
    while (!this.#busy) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      this._bufferedBytes -= task.byteLength;
      task.run();
    }
  }

  /** Nothing that waits will be sent any more. */
  #fail(error: Error, cb: SendCallback | undefined): void {
    if (typeof cb === "function") cb(error);
    for (const { callback } of this.#queue) {
      if (typeof callback === "function") callback(error);
    }
  }
}

const controlForm = { fin: true, compress: false, first: true };

function byteLengthOf(payload: Buffer | string | Blob): number {
  if (typeof payload === "string") return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.byteLength : payload.size;
}

/** Whether the bytes of `data` are in the caller's memory. */
function isCallers(data: unknown): boolean {
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer;
}

/** The payload of a Close frame. */
function closePayload(code?: number, data?: string | Uint8Array): Buffer {
  if (code === undefined) return emptyBuffer;
  if (typeof code !== "number" || !isSendableCloseCode(code)) {
    throw new TypeError("First argument must be a valid error code number");
  }
  const head = Buffer.from([code >> 8, code & 0xff]);
  if (data === undefined || data.length === 0) return head;
  if (Buffer.byteLength(data) > maxReasonBytes) {
    throw new RangeError("The message must not be greater than 123 bytes");
  }
  if (typeof data === "string") return Buffer.concat([head, Buffer.from(data)]);
  if (data instanceof Uint8Array) return Buffer.concat([head, data]);
  throw new TypeError("Second argument must be a string or a Uint8Array");
}

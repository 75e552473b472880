/**
 * Messages and control frames on their way into the output, in the order in which they have to leave.
 *
 * Without an extension each is framed at once. An extension may need a while for a large message, on another thread:
 * then later messages and the Close frame line up behind it, while pings and pongs pass (RFC 6455 §5.4: control frames
 * may come between others).
 */
import type { BlockPool } from "./block-pool.ts";
import { blockBytes } from "./block-pool.ts";
import { emptyList, withLast } from "./empty-list.ts";
import { type Fragment, FrameWriter } from "./frame-writer.ts";
import type { PartsOwner } from "./message-intake.ts";
import type { Encoded, MessageEncoder, MessageTransform } from "./message-transform.ts";
import { Opcode } from "./opcodes.ts";
import type { EngineSettings, Role } from "./options.ts";
import { OutputQueue } from "./output-queue.ts";
import { PendingPongs } from "./pending-pongs.ts";
import type { PassingText } from "./passing-text.ts";
import type { Platform } from "./platform.ts";
import type { PreparedMessage } from "./prepared-message.ts";

/** What a sender works with, whomever it serves. */
export interface SenderParts {
  readonly role: Role;
  readonly platform: Platform;
  readonly blocks: BlockPool;
  readonly passing: PassingText;
  readonly settings: Pick<EngineSettings, "highWaterMarkBytes" | "maxPendingPongs">;
}

/** What stands in line. */
interface Waiting {
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
  /** Whether it may be transformed. */
  readonly transformable: boolean;
  readonly prepared?: PreparedMessage;
  readonly fragment?: Fragment;
  /** It is frames already. */
  readonly framed?: true;
  /** It has no bytes: the output is marked where it stands. */
  readonly mark?: () => void;
}

/** What neither an opcode nor an extension concerns. */
const placeless = {
  opcode: Opcode.continuation,
  payload: new Uint8Array(0),
  transformable: false,
} as const;

export class MessageSender {
  readonly #role: Role;
  readonly #settings: SenderParts["settings"];
  readonly #blocks: BlockPool;
  /** Where frames are written to. */
  readonly output: OutputQueue;
  readonly #platform: Platform;
  readonly #writer: FrameWriter;
  #owner: PartsOwner | undefined;
  #encoder: MessageEncoder | undefined;
  #reserved = 0;
  /** What is being transformed elsewhere. */
  #working: Waiting | undefined;
  /** That work is back; with what came of it, unless it is kept elsewhere. */
  #back: { readonly encoded: Encoded } | undefined;
  #line: Waiting[] = emptyList;
  /** A message is being sent in fragments, and its last one has not come. */
  #fragmented = false;
  /** Whole messages that were sent meanwhile: fragments of two messages must not mix (RFC 6455 §5.4). */
  #behind: Waiting[] = emptyList;
  #waitingBytes = 0;
  /** Of pings that are answered with the next batch. */
  #pongs: PendingPongs | undefined;

  constructor(parts: SenderParts) {
    const { role, platform, blocks, settings } = parts;
    this.#role = role;
    this.#settings = settings;
    this.#blocks = blocks;
    this.#platform = platform;
    this.output = new OutputQueue(blocks);
    this.#writer = new FrameWriter(parts, this.output);
  }

  /** Works for `owner` from now on; for the first time, or when it is at rest. */
  serve(owner: PartsOwner, transform: MessageTransform | undefined): void {
    this.#owner = owner;
    this.#encoder = transform?.encoder;
    this.#reserved = transform?.reservedBits ?? 0;
  }

  /** Whether it knows nothing of any message and may serve another owner. */
  get resting(): boolean {
    return this.output.resting && !this.#fragmented && !this.waiting && !this.#owesPongs;
  }

  /** Whether there is something for the transport. */
  get hasOutput(): boolean {
    return this.output.waitingBytes > 0 || this.#owesPongs;
  }

  get #owesPongs(): boolean {
    return this.#pongs?.waiting === true;
  }

  /** Bytes that wait or are in flight; what is not framed yet counts as it was given. */
  get bufferedBytes(): number {
    return this.output.bufferedBytes + this.#waitingBytes;
  }

  /** Whether something stands in line. */
  get waiting(): boolean {
    return this.#working !== undefined;
  }

  text(text: string, transformable: boolean): void {
    const encoder = this.#encoder;
    if (encoder === undefined && !this.#fragmented) {
      this.#writer.text(text);
      return;
    }
    const byteLength = this.#platform.textByteLength(text);
    const wanting = transformable && encoder?.wants(byteLength) === true ? encoder : undefined;
    if (this.#fragmented || this.waiting || wanting?.isQuick(byteLength) === false) {
      const payload = this.#encoded(text, byteLength);
      this.#lineUp({ opcode: Opcode.text, payload, transformable });
    } else if (wanting === undefined || !this.#quickText(wanting, text, byteLength)) {
      this.#writer.text(text);
    }
  }

  /** A message of `opcode` that is given as bytes. */
  bytes(opcode: Opcode, bytes: Uint8Array, transformable: boolean): void {
    const encoder = this.#encoder;
    const wanted = transformable && encoder?.wants(bytes.byteLength) === true;
    if (this.#fragmented) {
      this.#lineUp({ opcode, payload: this.#kept(bytes), transformable });
    } else if (encoder === undefined || (!wanted && !this.waiting)) {
      this.#writer.frame(opcode, bytes);
    } else if (!this.waiting && encoder.isQuick(bytes.byteLength)) {
      this.#write(opcode, bytes, encoder.encode(bytes));
    } else {
      this.#lineUp({ opcode, payload: this.#kept(bytes), transformable });
    }
  }

  /** A message that goes to many. A client masks every frame afresh (RFC 6455 §5.3), so it frames the data again. */
  prepared(message: PreparedMessage, transformable: boolean): void {
    if (this.#role === "client") {
      if (typeof message.data === "string") this.text(message.data, transformable);
      else this.bytes(Opcode.binary, message.data, transformable);
    } else if (this.waiting || this.#fragmented || (transformable && this.#encoder !== undefined)) {
      const { opcode, payload } = message;
      this.#lineUp({ opcode, payload, transformable, prepared: message });
    } else {
      this.#writer.shared(message.frame);
    }
  }

  /** A part of a message that is sent as it comes, and as it is. Whole messages line up behind the last part. */
  fragment(fragment: Fragment): void {
    const { opcode, payload } = fragment;
    // Parts pass what lines up behind them, and line up behind what came before the first.
    this.#fragmented = false;
    if (this.waiting) {
      const kept = { ...fragment, payload: this.#kept(payload) };
      this.#lineUp({ opcode, payload: kept.payload, transformable: false, fragment: kept });
    } else {
      this.#writer.fragment(fragment);
    }
    this.#fragmented = !fragment.fin;
    if (!fragment.fin) return;
    const behind = this.#behind;
    this.#behind = emptyList;
    for (const waiting of behind) {
      this.#waitingBytes -= waiting.payload.byteLength;
      this.#lineUp(waiting);
    }
  }

  /** Bytes that are frames already, and their sender's to answer for. */
  framed(bytes: Uint8Array): void {
    if (!this.waiting) this.#writer.framed(bytes);
    else this.#standInLine({ ...placeless, payload: this.#kept(bytes), framed: true });
  }

  /** Calls `written` when all that was sent so far has been written. */
  mark(written: () => void): void {
    if (this.waiting) this.#standInLine({ ...placeless, mark: written });
    else this.output.mark(written);
  }

  /** A ping or pong, which passes what stands in line. */
  control(opcode: Opcode, payload: Uint8Array): void {
    this.#writer.frame(opcode, payload);
  }

  /** Answers a ping: with the next batch where the peer does not keep up. */
  answer(payload: Uint8Array): void {
    const { inFlight, waitingBytes } = this.output;
    const { highWaterMarkBytes, maxPendingPongs } = this.#settings;
    if (!inFlight && waitingBytes < highWaterMarkBytes) this.control(Opcode.pong, payload);
    else (this.#pongs ??= new PendingPongs(maxPendingPongs)).add(payload);
  }

  /** Queues what pings are still to be answered with. */
  answerPings(): void {
    for (const payload of this.#pongs?.take() ?? emptyList) this.control(Opcode.pong, payload);
  }

  /** Leaves pings unanswered. */
  forgetPings(): void {
    this.#pongs = undefined;
  }

  /**
   * A Close frame, behind everything (RFC 6455 §5.5.1: no data after it), except that it cuts a message short whose
   * last fragment has not come, and with it what is behind that.
   */
  close(payload: Uint8Array): void {
    this.#dropBehind();
    if (this.waiting) this.#lineUp({ opcode: Opcode.close, payload, transformable: false });
    else this.#writer.frame(Opcode.close, payload);
  }

  /** Goes on where work done elsewhere is back. */
  proceed(): void {
    const working = this.#working;
    const back = this.#back;
    if (working === undefined || back === undefined) return;
    this.#working = undefined;
    this.#back = undefined;
    if (working.prepared === undefined) this.#leave(working, back.encoded);
    else this.#begin(working);
    this.#advance();
  }

  /** Drops what stands in line. */
  discard(): void {
    this.#encoder?.close();
    this.#working = undefined;
    this.#back = undefined;
    this.#line = emptyList;
    this.#dropBehind();
    this.#waitingBytes = 0;
  }

  #dropBehind(): void {
    for (const { payload } of this.#behind) this.#waitingBytes -= payload.byteLength;
    this.#behind = emptyList;
    this.#fragmented = false;
  }

  #encoded(text: string, byteLength: number): Uint8Array {
    const payload = this.#platform.allocate(byteLength);
    this.#platform.encodeText(text, payload, 0);
    return payload;
  }

  /** Sends `text` transformed; false when it is better sent as it is. */
  #quickText(encoder: MessageEncoder, text: string, byteLength: number): boolean {
    const blocks = this.#blocks;
    const block = byteLength > blockBytes ? blocks.allocate(byteLength) : blocks.acquire();
    this.#platform.encodeText(text, block, 0);
    const encoded = encoder.encode(block.subarray(0, byteLength));
    blocks.release(block);
    if (encoded === undefined) return false;
    this.#writer.copied(Opcode.text, encoded, this.#reserved);
    return true;
  }

  /** A copy of what has to wait: its owner may do with it what it likes, and another thread may be at work on it. */
  #kept(bytes: Uint8Array): Uint8Array {
    const copy = this.#platform.allocate(bytes.byteLength);
    copy.set(bytes);
    return copy;
  }

  #lineUp(waiting: Waiting): void {
    if (this.#fragmented) {
      this.#waitingBytes += waiting.payload.byteLength;
      this.#behind = withLast(this.#behind, waiting);
      return;
    }
    this.#standInLine(waiting);
  }

  #standInLine(waiting: Waiting): void {
    this.#waitingBytes += waiting.payload.byteLength;
    this.#line = withLast(this.#line, waiting);
    this.#advance();
  }

  #advance(): void {
    while (this.#working === undefined) {
      const next = this.#line.shift();
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  #begin(next: Waiting): void {
    const { payload, prepared } = next;
    const encoder = next.transformable ? this.#encoder : undefined;
    if (next.mark !== undefined) this.output.mark(next.mark);
    else if (next.framed) this.#leaveFramed(payload);
    else if (next.fragment !== undefined) this.#leaveFragment(next.fragment);
    else if (prepared !== undefined) this.#beginPrepared(next, prepared, encoder);
    else if (encoder?.wants(payload.byteLength) !== true) this.#leave(next, undefined);
    else if (encoder.isQuick(payload.byteLength)) this.#leave(next, encoder.encode(payload));
    else if (encoder.encodeLater(payload, (encoded) => this.#onBack(encoded))) this.#working = next;
    else this.#leave(next, undefined);
  }

  #beginPrepared(
    next: Waiting,
    message: PreparedMessage,
    encoder: MessageEncoder | undefined,
  ): void {
    const frame =
      encoder === undefined
        ? message.frame
        : encoder.prepared(message, () => this.#onBack(undefined));
    if (frame === undefined) {
      this.#working = next;
      return;
    }
    this.#waitingBytes -= next.payload.byteLength;
    this.#writer.shared(frame);
  }

  #onBack(encoded: Encoded): void {
    this.#back = { encoded };
    this.#owner?.ready?.();
  }

  #leaveFragment(fragment: Fragment): void {
    this.#waitingBytes -= fragment.payload.byteLength;
    this.#writer.fragment(fragment);
  }

  #leaveFramed(payload: Uint8Array): void {
    this.#waitingBytes -= payload.byteLength;
    this.#writer.framed(payload);
  }

  #leave({ opcode, payload }: Waiting, encoded: Encoded): void {
    this.#waitingBytes -= payload.byteLength;
    this.#write(opcode, payload, encoded);
  }

  #write(opcode: Opcode, payload: Uint8Array, encoded: Encoded): void {
    if (encoded === undefined) this.#writer.frame(opcode, payload);
    else this.#writer.copied(opcode, encoded, this.#reserved);
  }
}

/**
 * A WebSocket connection after its handshake, without input or output (RFC 6455 §5–§7).
 *
 * Bytes and times come in, messages and bytes go out; an adapter owns the socket and one timer and no rule. What a
 * peer sends never makes the engine throw: it becomes a failure with a close code. This file joins the parts and
 * moves the state on; syntax, messages, memory and deadlines are each decided in their own file.
 *
 *     chunk → MessageReceiver (FrameReader → MessageReader) → Engine → events
 *                                                               ↓
 *     batch ← OutputQueue ← FrameWriter ←——————————————— MessageSender
 */
import { connectionEnd } from "./connection-end.ts";
import type { CloseStatus } from "./close-frame.ts";
import { decodeClosePayload, encodeClosePayload, encodeFailure } from "./close-frame.ts";
import { emptyList } from "./empty-list.ts";
import type { EngineEvents, EngineOptions, TransportAction } from "./engine-options.ts";
import { EngineStock } from "./engine-stock.ts";
import type { TautlineError } from "./errors.ts";
import { ConnectionFailed, LimitExceeded, UsageError } from "./errors.ts";
import type { FrameError } from "./frame-reader.ts";
import type { Fragment } from "./frame-writer.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { MessageReceiver } from "./message-receiver.ts";
import type { MessageSender } from "./message-sender.ts";
import type { MessageTransform } from "./message-transform.ts";
import { maxControlBytes, Opcode } from "./opcodes.ts";
import type { Role } from "./options.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import { fits, type QueuedPayload } from "./queue-limit.ts";
import { type EngineEvent, type EngineState, engineStates, nextState } from "./states.ts";

export class Engine {
  readonly role: Role;
  readonly #stock: EngineStock;
  readonly #events: EngineEvents;
  readonly #transform: MessageTransform | undefined;
  /** @internal to be called when work that was done elsewhere is back */
  readonly ready: (() => void) | undefined;
  readonly #heartbeat: Heartbeat;
  /** While a message is under way to here, and in the middle of a read. */
  #receiver: MessageReceiver | undefined;
  /** While something is to be written, or being written. */
  #sender: MessageSender | undefined;
  #state: EngineState = "open";
  /** The application does not read. */
  #suspended = false;
  #transportAction: TransportAction = "keep";
  /** What the peer's Close frame said. */
  #received: CloseStatus | undefined;
  #failure: TautlineError | undefined;
  /** -Infinity: runs from the next {@link tick}, for what began at no known time. None: there is nothing to wait for. */
  #closeDeadline: number | undefined;
  #droppedMessages = 0;
  /** The latest time that came in. */
  #now: number;

  /** @throws UsageError `USAGE_OPTION` for a setting out of range */
  constructor(options: EngineOptions) {
    const { events, now, transform, ready, parts } = options;
    const stock = EngineStock.of(options);
    this.role = stock.role;
    this.#stock = stock;
    this.#events = events;
    this.#now = now;
    this.#transform = transform;
    this.ready = ready;
    this.#heartbeat = new Heartbeat(stock, now);
    if (stock.settings.receive === "messages") return;
    this.#receiver = stock.openPartReceiver(parts, () => this.#suspended);
    this.#receiver.serve(events, this, transform);
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Bytes queued that the transport has not reported written; a message that is not framed yet counts as it was given. */
  get bufferedBytes(): number {
    return this.#sender === undefined ? 0 : this.#sender.bufferedBytes;
  }

  /**
   * A message waits, for work that is done elsewhere or for an application that takes it in parts, and nothing is read
   * before that. The adapter should stop reading; what it gives nevertheless is kept.
   */
  get holdsBack(): boolean {
    return this.#receiver?.waiting === true;
  }

  /** Messages that found no room in the queue and were dropped, as `whenQueueFull` says. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  /** Whether {@link takeOutput} has something to give. */
  get hasOutput(): boolean {
    return this.#sender?.hasOutput === true;
  }

  get transportAction(): TransportAction {
    // The Close frame may stand behind a message that is being worked on.
    if (this.#transportAction === "end" && this.#sender?.waiting === true) return "keep";
    return this.#transportAction;
  }

  /** When {@link tick} is to be called, on the clock of the times that came in; Infinity when there is nothing to wait for. */
  get nextDeadline(): number {
    if (this.#state === "open") return this.#heartbeat.deadline;
    return Math.max(this.#closeDeadline ?? Infinity, this.#now);
  }

  /** Memory of the message under way, if there is any to read the next bytes into: they are given to {@link receive} as ever. */
  get room(): Uint8Array | undefined {
    return this.#receiver?.room;
  }

  /** Takes bytes from the peer. Payloads are unmasked where they lie in `chunk`; nothing of it is kept. */
  receive(chunk: Uint8Array, now: number): void {
    if (!engineStates[this.#state].receives) return;
    this.#now = now;
    this.#heartbeat.heard();
    this.#receiver ??= this.#stock.lendReceiver(this.#events, this, this.#transform);
    const receiver = this.#receiver;
    const error = receiver.receive(chunk);
    if (error !== undefined) this.#fail(error);
    else if (receiver.resting || receiver.restart())
      this.#receiver = this.#stock.takeReceiver(receiver);
    else if (receiver.waiting) this.#heartbeat.suspend();
  }

  /** Goes on where work that an extension has done elsewhere is back ({@link EngineOptions.ready}). */
  proceed(now: number): void {
    this.#now = now;
    this.#sender?.proceed();
    const receiver = this.#receiver;
    if (receiver?.waiting !== true) return;
    const error = receiver.proceed();
    if (error !== undefined) this.#fail(error);
    if (receiver.waiting) return;
    if (!this.#suspended) this.#heartbeat.resume(now);
    receiver.takeEnd()?.();
  }

  /** The transport has ended, in order or with `cause`. What came before it still counts. */
  receiveEnd(now: number, cause?: Error): void {
    this.#now = now;
    const end = (): void => {
      this.#finish(() => new ConnectionFailed("CONNECTION_LOST", cause?.message, { cause }), "end");
    };
    if (this.#receiver === undefined) end();
    else this.#receiver.receiveEnd(end);
  }

  /**
   * Queues a text message; a lone surrogate is sent as U+FFFD.
   *
   * @param transformable whether an extension may transform it (compress it)
   * @returns whether the peer keeps up: false from `highWaterMarkBytes` on, and when the message is not queued because
   *   the connection is not open or, by `whenQueueFull`, because the queue is full
   * @throws UsageError `USAGE_QUEUE_FULL` when the queue is full and `whenQueueFull` is "refuse"
   */
  sendText(text: string, transformable = true): boolean {
    if (!this.#admits(text)) return false;
    this.#sending.text(text, transformable);
    return this.#keepsUp();
  }

  /** As {@link sendText}. A server sends 16 KiB and more from where they lie: they must not change until written. */
  sendBinary(bytes: Uint8Array, transformable = true): boolean {
    if (!this.#admits(bytes)) return false;
    this.#sending.bytes(Opcode.binary, bytes, transformable);
    return this.#keepsUp();
  }

  /** A text message as UTF-8, which the caller answers for; otherwise as {@link sendBinary}. */
  sendUtf8(text: Uint8Array, transformable = true): boolean {
    if (!this.#admits(text)) return false;
    this.#sending.bytes(Opcode.text, text, transformable);
    return this.#keepsUp();
  }

  /** Queues bytes that are frames already: nothing about them is checked. Otherwise as {@link sendBinary}. */
  sendUncheckedFrames(frames: Uint8Array): boolean {
    if (!this.#admits(frames)) return false;
    this.#sending.framed(frames);
    return this.#keepsUp();
  }

  /** Calls `written` when the transport has taken all sent so far; never when the connection ends first. Must not throw. */
  whenWritten(written: () => void): void {
    if (this.#sender === undefined) written();
    else this.#sender.mark(written);
  }

  /** A message that was framed before; a client, which masks each frame afresh, frames its data again. As {@link sendText}. */
  sendPrepared(message: PreparedMessage, transformable = true): boolean {
    if (!this.#admits(message)) return false;
    this.#sending.prepared(message, transformable);
    return this.#keepsUp();
  }

  /**
   * Queues a part of a message, whatever `maxQueuedBytes` says; returns as {@link sendText}. Whole messages line up
   * behind the last part, and a Close frame cuts them off.
   */
  sendFragment(fragment: Fragment): boolean {
    if (!engineStates[this.#state].sends) return false;
    this.#sending.fragment(fragment);
    return this.#keepsUp();
  }

  /** Queues a ping. Does nothing once the connection is closing. @throws UsageError `USAGE_CONTROL_PAYLOAD` above 125 bytes */
  ping(payload?: Uint8Array): void {
    this.#sendControl(Opcode.ping, payload);
  }

  /** Queues a pong that answers no ping (RFC 6455 §5.5.3); otherwise as {@link ping}. */
  pong(payload?: Uint8Array): void {
    this.#sendControl(Opcode.pong, payload);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). Does nothing when it has started already.
   *
   * @param code without it the Close frame is empty, and the peer sees 1005
   * @throws UsageError `USAGE_CLOSE_CODE`, `USAGE_CLOSE_REASON`
   */
  close(code: number | undefined, reason: string | undefined, now: number): void {
    const payload = encodeClosePayload(code, reason ?? "", this.#stock.platform);
    this.#now = now;
    if (this.#state !== "open") return;
    this.#sending.close(payload);
    this.#enter("closeSent");
  }

  /** Gives the connection up at once, because of `error`, without a closing handshake. */
  abort(error: TautlineError, now: number): void {
    this.#now = now;
    this.#finish(() => error, "destroy");
  }

  /** The application stops reading: the peer's silence then means nothing. Pings go on. */
  suspendReceiving(): void {
    this.#suspended = true;
    this.#heartbeat.suspend();
  }

  /** The application reads again, and gets what has waited for that. */
  resumeReceiving(now: number): void {
    this.#suspended = false;
    if (this.#receiver?.waiting === true) this.proceed(now);
    else this.#heartbeat.resume(now);
  }

  /**
   * All output, in order. It belongs to the adapter until it calls {@link outputWritten}, which it must before it
   * takes more. There may be none in spite of {@link hasOutput}: bytes that were sent from where they lay, and detached
   * before they were taken, fail the connection with 1011 (`USAGE_PAYLOAD_DETACHED`).
   *
   * @throws UsageError `USAGE_OUTPUT_IN_FLIGHT` when the last batch has not been reported written
   */
  takeOutput(): readonly Uint8Array[] {
    const sender = this.#sender;
    if (sender === undefined) return emptyList;
    sender.answerPings();
    if (sender.output.broken) {
      // Nothing of the batch is out, so the peer can be told in a frame that is whole.
      sender.output.clear();
      if (this.#state !== "closed") this.#giveUp(new UsageError("USAGE_PAYLOAD_DETACHED"));
    }
    return sender.output.take();
  }

  /** The transport has taken the last batch; its memory is used again. */
  outputWritten(): void {
    const sender = this.#sender;
    if (sender === undefined) return;
    sender.output.written();
    // Whoever waited for this may have sent more, and that may have been written too.
    if (sender.resting && sender === this.#sender) this.#sender = this.#stock.takeSender(sender);
  }

  /** Does what is due at `now`: pings, and gives up on a peer that is silent or does not close. */
  tick(now: number): void {
    this.#now = now;
    if (this.#state !== "open") {
      if (this.#closeDeadline === -Infinity) {
        this.#closeDeadline = now + this.#stock.settings.closeTimeoutMs;
      } else if (this.#closeDeadline !== undefined && now >= this.#closeDeadline) {
        this.#finish(() => new ConnectionFailed("CONNECTION_CLOSE_TIMEOUT"), "destroy");
      }
      return;
    }
    const action = this.#heartbeat.tick(now);
    if (action === "gone") this.abort(new ConnectionFailed("CONNECTION_PONG_TIMEOUT"), now);
    else if (action === "ping") this.ping();
  }

  /** What messages are sent by. */
  get #sending(): MessageSender {
    return (this.#sender ??= this.#stock.lendSender(this, this.#transform));
  }

  #sendControl(opcode: Opcode, payload: Uint8Array = new Uint8Array(0)): void {
    if (payload.byteLength > maxControlBytes) {
      throw new UsageError("USAGE_CONTROL_PAYLOAD", `${payload.byteLength} bytes`);
    }
    if (this.#admits(payload, true)) this.#sending.control(opcode, payload);
  }

  #keepsUp(): boolean {
    return this.bufferedBytes < this.#stock.settings.highWaterMarkBytes;
  }

  /** Whether a frame may be queued; sees to what is to happen when the queue is full. */
  #admits(payload: QueuedPayload, control = false): boolean {
    if (!engineStates[this.#state].sends) return false;
    const { whenQueueFull, maxQueuedBytes } = this.#stock.settings;
    const room = maxQueuedBytes - this.bufferedBytes;
    if (fits(payload, room, this.#stock)) return true;
    if (whenQueueFull === "close") {
      this.#sender?.output.clear();
      this.#fail(new LimitExceeded("LIMIT_QUEUED_BYTES", `${maxQueuedBytes}`));
      this.#closeDeadline = -Infinity;
    } else if (!control) {
      if (whenQueueFull === "refuse") throw new UsageError("USAGE_QUEUE_FULL");
      this.#droppedMessages += 1;
    }
    return false;
  }

  /** @internal a control frame has come, whose payload is this side's to keep */
  control(opcode: Opcode, payload: Uint8Array): FrameError | undefined {
    if (opcode === Opcode.close) return this.#receiveClose(payload);
    if (opcode === Opcode.pong) {
      this.#events.pong(payload);
    } else {
      // A ping is answered even after this side's Close, until the peer's has come (RFC 6455 §5.5.2).
      if (!this.#stock.leniency.leavePingsUnanswered) this.#sending.answer(payload);
      this.#events.ping(payload);
    }
    return undefined;
  }

  #receiveClose(payload: Uint8Array): FrameError | undefined {
    const status = decodeClosePayload(payload, this.#stock.platform);
    if (status instanceof Error) return status;
    this.#received = status;
    // §5.5.1: a Close frame is answered with one that echoes its code. The reason goes back with it, for the peer's
    // application is told what comes back (WHATWG `CloseEvent`), and expects its own words there.
    if (this.#state === "open") this.#sending.close(payload);
    this.#enter("closeReceived");
    this.#events.closeReceived?.(status);
    return undefined;
  }

  /** _Fail the WebSocket Connection_ (RFC 6455 §7.1.7): tell the peer why, unless this side's Close is out already. */
  #fail(error: FrameError): void {
    this.#giveUp(error);
    this.#events.failed?.(error);
  }

  #giveUp(error: FrameError | UsageError): void {
    this.#failure = error;
    if (this.#state === "open") {
      this.#stopSending();
      this.#sending.close(encodeFailure(error, this.#stock));
    }
    this.#enter("failed");
  }

  /** The one place where the state changes. */
  #enter(event: EngineEvent): void {
    this.#state = nextState(this.#state, event);
    this.#closeDeadline = this.#now + this.#stock.settings.closeTimeoutMs;
    if (engineStates[this.#state].receives) return;
    if (this.#receiver === undefined) this.#transform?.decoder.close();
    else this.#receiver.stop();
    this.#sender?.forgetPings();
    if (this.#state === "closed") this.#stopSending();
    // §7.1.1: the server ends the transport first; so does who fails the connection (§7.1.7).
    if (this.role === "server" || this.#failure !== undefined) this.#transportAction = "end";
  }

  /** Drops what stands in line to be transformed. */
  #stopSending(): void {
    if (this.#sender === undefined) this.#transform?.encoder.close();
    else this.#sender.discard();
  }

  #finish(error: () => TautlineError, action: TransportAction): void {
    if (this.#state === "closed") return;
    const end = connectionEnd(this.#received, () => this.#failure ?? error());
    this.#enter("ended");
    this.#transportAction = action;
    this.#closeDeadline = undefined;
    if (action === "destroy") this.#sender?.output.clear();
    this.#events.closed(end);
  }
}

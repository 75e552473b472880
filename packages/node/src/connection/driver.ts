/**
 * Drives one engine over one transport: what is read goes in, what comes out is written, deadlines are kept.
 *
 * It decides when: at the end of a read, or once per turn for sends outside of one; never while a batch is in flight,
 * so that output gathers in the engine, which counts it. What the bytes mean is the engine's business.
 */
import { Buffer } from "node:buffer";
import { BlockPool, Engine } from "@tautline/protocol";
import type {
  EngineEvents,
  EngineSettings,
  EngineState,
  Fragment,
  Leniency,
  MessageParts,
  MessageTransform,
  Platform,
  PreparedMessage,
  Role,
  TautlineError,
} from "@tautline/protocol";
import { byteWatches } from "./byte-watches.ts";
import { monotonicClock, sharedDeadlines } from "./deadline-queue.ts";
import type { Deadline, Sleeper } from "./deadline-queue.ts";
import { sharedFlushBatch } from "./flush-batch.ts";
import type { Flushable } from "./flush-batch.ts";
import type { ReadFlow } from "./inbox.ts";
import { nodePlatform } from "../platform.ts";
import type { Transport, TransportEvents, TransportOpener } from "./transport.ts";

/** What the driver tells beside the engine's events. Must not throw. */
export interface DriverEvents extends EngineEvents {
  /** After a send has said false: the peer keeps up again. Never from within a send. */
  drained(): void;
  /** The transport is gone, after `closed`: once, and last of all. */
  gone?(): void;
}

export interface DriverOptions {
  readonly role: Role;
  readonly settings: EngineSettings;
  readonly events: DriverEvents;
  /** Takes messages that are received as streams. */
  readonly parts?: MessageParts | undefined;
  readonly openTransport: TransportOpener;
  /** What the extension in force does to messages. */
  readonly transform: MessageTransform | undefined;
  /** What is taken beyond the standard. Default: nothing. */
  readonly leniency?: Partial<Leniency> | undefined;
  /** What stands in for the platform where memory, randomness or text is to come from elsewhere. */
  readonly platform?: Platform | undefined;
}

/** Output memory of all connections of this process. Text is written into Buffers without another object. */
const sharedBlocks = new BlockPool({
  allocate: (byteLength) => Buffer.allocUnsafeSlow(byteLength),
});

/** Buffered output that does not wait for the end of the turn: memory is worth more than a write. */
const earlyFlushBytes = 64 * 1024;

export class Driver implements TransportEvents, Sleeper, Flushable, ReadFlow {
  readonly #engine: Engine;
  readonly #events: DriverEvents;
  readonly #settings: EngineSettings;
  readonly #transport: Transport;
  readonly #deadline: Deadline;
  /** The engine is at work and what it puts out is flushed when it is done. */
  #busy = false;
  #flushQueued = false;
  /** The application reads. */
  #reading = true;
  /** The engine takes nothing more for the moment. */
  #held = false;
  /** A send has said false, and `drained` is owed. */
  #clogged = false;
  #ending = false;
  /** When a transport that has been asked to end is given up; the engine waits for nothing then. */
  #lingerUntil: number | undefined;
  #gone = false;

  constructor(options: DriverOptions) {
    const { role, settings, events, parts, openTransport, transform, leniency } = options;
    this.#events = events;
    this.#settings = settings;
    this.#engine = new Engine({
      settings,
      role,
      events,
      parts,
      platform: options.platform ?? nodePlatform,
      blocks: sharedBlocks,
      transform,
      leniency,
      // A closure that most connections can do without.
      ready: transform === undefined ? undefined : proceedOf(this),
      now: monotonicClock.now(),
    });
    this.#deadline = sharedDeadlines.open(this);
    this.#transport = openTransport(this);
  }

  get state(): EngineState {
    return this.#engine.state;
  }

  get bufferedBytes(): number {
    return this.#engine.bufferedBytes;
  }

  get droppedMessages(): number {
    return this.#engine.droppedMessages;
  }

  /** Whether a send has said false and the peer does not keep up yet. */
  get clogged(): boolean {
    return this.#clogged;
  }

  get transport(): Transport {
    return this.#transport;
  }

  /** Begins, with the bytes that came behind the handshake. */
  start(rest: Uint8Array): void {
    if (rest.byteLength > 0) this.received(rest);
    this.#transport.start();
    if (!this.#reading || this.#held) this.#transport.pause();
    this.#settle();
  }

  sendText(text: string, compress: boolean): boolean {
    return this.#sent(this.#engine.sendText(text, compress));
  }

  sendBinary(bytes: Uint8Array, compress: boolean): boolean {
    return this.#sent(this.#engine.sendBinary(bytes, compress));
  }

  /** Text as UTF-8, which the caller answers for. */
  sendUtf8(text: Uint8Array, compress: boolean): boolean {
    return this.#sent(this.#engine.sendUtf8(text, compress));
  }

  /** Bytes that are frames already, unchecked. */
  sendUncheckedFrames(frames: Uint8Array): boolean {
    return this.#sent(this.#engine.sendUncheckedFrames(frames));
  }

  sendPrepared(message: PreparedMessage, compress: boolean): boolean {
    return this.#sent(this.#engine.sendPrepared(message, compress));
  }

  sendFragment(fragment: Fragment): boolean {
    return this.#sent(this.#engine.sendFragment(fragment));
  }

  ping(payload: Uint8Array | undefined): void {
    this.#engine.ping(payload);
    this.#flushSoon();
  }

  pong(payload: Uint8Array | undefined): void {
    this.#engine.pong(payload);
    this.#flushSoon();
  }

  /** Calls `written` when the transport has taken all that was sent so far. Not at all when it ends before that. */
  whenWritten(written: () => void): void {
    this.#engine.whenWritten(written);
  }

  /** Writes what has gathered, instead of at the end of the read or of the turn. */
  writeNow(): void {
    if (this.#gone) return;
    const busy = this.#busy;
    this.#write();
    this.#busy = busy;
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#engine.close(code, reason, monotonicClock.now());
    this.#flushSoon();
    this.#keepReading();
  }

  abort(error: TautlineError): void {
    this.#engine.abort(error, monotonicClock.now());
    if (!this.#busy) this.#settle();
  }

  get canPause(): boolean {
    return this.#engine.state === "open";
  }

  pauseReading(): void {
    if (!this.#reading || !this.canPause) return;
    this.#reading = false;
    this.#engine.suspendReceiving();
    this.#transport.pause();
  }

  resumeReading(): void {
    if (this.#reading) return;
    this.#reading = true;
    const wasBusy = this.#busy;
    this.#busy = true;
    const outer = sharedFlushBatch.beginRead(this);
    this.#engine.resumeReceiving(monotonicClock.now());
    sharedFlushBatch.endRead(outer);
    this.#busy = wasBusy;
    // What has waited may have made the application stop again.
    if (this.#reading && !this.#held) this.#transport.resume();
    if (wasBusy) this.#deadline.move(this.#engine.nextDeadline);
    else this.#settle();
  }

  get room(): Uint8Array | undefined {
    return this.#engine.room;
  }

  received(chunk: Uint8Array): void {
    // Before the engine has it, which unmasks payloads where they lie.
    if (byteWatches.any) byteWatches.received(this, chunk);
    this.#busy = true;
    const outer = sharedFlushBatch.beginRead(this);
    this.#engine.receive(chunk, monotonicClock.now());
    sharedFlushBatch.endRead(outer);
    this.#busy = false;
    if (this.#transport.readsInPieces && this.#engine.hasOutput) this.#flushSoon();
    else this.#settle();
  }

  receivedEnd(): void {
    this.#finish(undefined);
  }

  closed(error: Error | undefined): void {
    this.#gone = true;
    this.#finish(error);
    this.#deadline.move(Infinity);
    if (byteWatches.any) byteWatches.forget(this);
    this.#events.gone?.();
  }

  written(): void {
    this.#engine.outputWritten();
    if (!this.#busy) this.#settle();
  }

  flush(): void {
    this.#flushQueued = false;
    this.#settle();
  }

  wake(now: number): void {
    this.#busy = true;
    if (this.#lingerUntil === undefined || now < this.#lingerUntil) {
      this.#engine.tick(now);
    } else {
      this.#lingerUntil = undefined;
      this.#transport.destroy();
    }
    this.#busy = false;
    this.#settle();
  }

  /** @internal work that was done on another thread is back */
  proceed(): void {
    this.#busy = true;
    const outer = sharedFlushBatch.beginRead(this);
    this.#engine.proceed(monotonicClock.now());
    sharedFlushBatch.endRead(outer);
    this.#busy = false;
    this.#settle();
  }

  #sent(keepsUp: boolean): boolean {
    if (!keepsUp) this.#clogged = true;
    this.#flushSoon();
    return keepsUp;
  }

  #flushSoon(): void {
    if (this.#busy) return;
    if (this.#engine.bufferedBytes >= earlyFlushBytes) this.#write();
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    sharedFlushBatch.add(this);
  }

  /** The transport has no more for the engine. */
  #finish(error: Error | undefined): void {
    const now = monotonicClock.now();
    this.#busy = true;
    this.#engine.receiveEnd(now, error);
    this.#busy = false;
    // The engine waits for nothing any more, but a peer that does not read could keep the last bytes here for ever.
    if (!this.#gone) this.#lingerUntil = now + this.#settings.closeTimeoutMs;
    this.#settle();
  }

  /** Brings the outside in line with the engine: output, the transport's end, the next deadline, the drain. */
  #settle(): void {
    if (this.#gone) {
      this.#clogged = false;
      return;
    }
    this.#write();
    this.#endTransport();
    this.#keepReading();
    this.#followHold();
    this.#deadline.move(Math.min(this.#engine.nextDeadline, this.#lingerUntil ?? Infinity));
    if (this.#clogged && this.#engine.bufferedBytes <= this.#settings.highWaterMarkBytes / 2) {
      this.#clogged = false;
      if (this.#engine.state === "open") this.#events.drained();
    }
  }

  #write(): void {
    if (this.#ending) return;
    this.#busy = true;
    while (this.#engine.hasOutput && !this.#transport.congested) {
      const chunks = this.#engine.takeOutput();
      let byteLength = 0;
      for (const chunk of chunks) byteLength += chunk.byteLength;
      // What was to be written has been detached, and the engine has nothing to say in its place.
      if (byteLength === 0) {
        this.#engine.outputWritten();
        continue;
      }
      if (byteWatches.any) byteWatches.sent(this, chunks);
      this.#transport.write(chunks, byteLength);
    }
    this.#busy = false;
  }

  #endTransport(): void {
    const action = this.#engine.transportAction;
    if (action === "destroy") {
      this.#transport.destroy();
    } else if (action === "end" && !this.#ending && !this.#engine.hasOutput) {
      this.#ending = true;
      this.#transport.end();
    }
  }

  /** Holds the peer back as long as the engine takes nothing. */
  #followHold(): void {
    const held = this.#engine.holdsBack;
    if (held === this.#held) return;
    this.#held = held;
    if (!this.#reading) return;
    if (held) this.#transport.pause();
    else this.#transport.resume();
  }

  #keepReading(): void {
    if (!this.#reading && !this.canPause) this.resumeReading();
  }
}

function proceedOf(driver: Driver): () => void {
  return () => driver.proceed();
}

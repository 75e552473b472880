/**
 * Bytes from the peer on their way to messages, in the order in which they came.
 *
 * A message may have to wait, for work that an extension does elsewhere or for the application: then what comes behind it
 * is held, and the end of the transport too. What frames and messages are is decided by the readers.
 */
import type { FrameError } from "./frame-reader.ts";
import { FrameReader } from "./frame-reader.ts";
import { HeldInput } from "./held-input.ts";
import type { Leniency } from "./leniency.ts";
import type { MessageIntake, MessageSink, PartsOwner } from "./message-intake.ts";
import type { MessageTransform } from "./message-transform.ts";
import type { Role } from "./options.ts";
import type { Platform } from "./platform.ts";

/** What a receiver is made of. */
interface ReceiverParts {
  readonly role: Role;
  readonly platform: Platform;
  readonly leniency: Leniency;
}

export class MessageReceiver {
  readonly #messages: MessageIntake;
  readonly #frames: FrameReader;
  /** What arrives while a message waits. */
  #held: HeldInput | undefined;
  readonly #platform: Platform;
  /** In the middle of a read. */
  #busy = false;

  constructor({ role, platform, leniency }: ReceiverParts, messages: MessageIntake) {
    this.#messages = messages;
    this.#frames = new FrameReader(role, messages, leniency.allowLongLengthForms);
    this.#platform = platform;
  }

  /** Works for `owner` from now on; for the first time, or when it is at rest. */
  serve(sink: MessageSink, owner: PartsOwner, transform: MessageTransform | undefined): void {
    this.#messages.serve(sink, owner, transform);
  }

  /** Whether it knows nothing of any message and may serve another owner. */
  get resting(): boolean {
    return (
      !this.#busy &&
      this.#held === undefined &&
      this.#frames.betweenFrames &&
      this.#messages.resting
    );
  }

  /** Gets ready for another owner, where it has been stopped and nothing was under way: whether it has been. */
  restart(): boolean {
    const idle = !this.#busy && this.#held === undefined && this.#messages.resting;
    return idle && this.#frames.restart();
  }

  /** A message waits, and nothing is read before {@link proceed} has delivered it. */
  get waiting(): boolean {
    return this.#messages.waiting;
  }

  /** Memory into which the next bytes are best read, if there is any. */
  get room(): Uint8Array | undefined {
    return this.#frames.room;
  }

  /** Reads `chunk`, in which payloads are unmasked in place, or holds a copy. Answers with the first thing wrong. */
  receive(chunk: Uint8Array): FrameError | undefined {
    if (!this.#messages.waiting) return this.#read(chunk);
    this.#opened().add(chunk);
    return undefined;
  }

  /** Delivers the message that waits, if it can be, and reads what is held behind it. */
  proceed(): FrameError | undefined {
    let error = this.#messages.proceed();
    while (error === undefined && !this.#messages.waiting) {
      const chunk = this.#held?.take();
      if (chunk === undefined) return undefined;
      error = this.#read(chunk);
    }
    return error;
  }

  /** The transport has ended: `end` is done when all that came before is read. */
  receiveEnd(end: () => void): void {
    if (this.#messages.waiting) this.#opened().end = end;
    else end();
  }

  /** What is to be done at the end of the transport, if that has come while a message waited. */
  takeEnd(): (() => void) | undefined {
    return this.#held?.takeEnd();
  }

  /** Drops what is left of the current read, what is held, and all that follows. */
  stop(): void {
    this.#frames.stop();
    this.#messages.discard();
    this.#held?.clear();
  }

  #read(chunk: Uint8Array): FrameError | undefined {
    const wasBusy = this.#busy;
    this.#busy = true;
    const error = this.#frames.read(chunk);
    this.#busy = wasBusy;
    if (this.#messages.waiting) this.#opened().addFirst(chunk.subarray(this.#frames.consumed));
    return error;
  }

  #opened(): HeldInput {
    this.#held ??= new HeldInput(this.#platform);
    return this.#held;
  }
}

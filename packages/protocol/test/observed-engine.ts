/**
 * An engine with everything around it in the open: its events and its output as lines, its clock in the test's hand.
 */
import type { EngineEvents, EngineOptions, Role } from "@tautline/protocol";
import { Engine } from "@tautline/protocol";
import type { CountingPlatform } from "./deterministic-platform.ts";
import { deterministicPlatform } from "./deterministic-platform.ts";
import type { ReadFrame, Wire } from "./frame-bytes.ts";
import { decode, encode, joined } from "./frame-bytes.ts";
import { frameLine, joiningParts, recordingEvents } from "./frame-text.ts";

/** Everything that an engine can be given, except what the observation needs for itself. */
export type ObservedOptions = Omit<
  EngineOptions,
  "role" | "platform" | "events" | "parts" | "now"
> & {
  /** In place of the platform's randomness for jitter. */
  readonly random?: () => number;
  /** Takes texts as bytes, in place of the event `text`. */
  readonly utf8?: (message: Uint8Array) => void;
};

export class ObservedEngine {
  readonly engine: Engine;
  readonly platform: CountingPlatform;
  readonly events: string[] = [];
  readonly #role: Role;
  #handlers: Partial<EngineEvents> = {};
  /** The time at which everything happens, in milliseconds. */
  now: number;

  constructor(role: Role, options: ObservedOptions = {}, now = 0) {
    this.#role = role;
    this.now = now;
    this.platform = deterministicPlatform();
    if (options.random !== undefined) this.platform.random = options.random;
    const events = recordingEvents(this.events, () => this.#handlers);
    if (options.utf8 !== undefined) events.utf8 = options.utf8;
    const parts = joiningParts(events);
    this.engine = new Engine({ ...options, role, platform: this.platform, events, parts, now });
  }

  /** Does something more on events, after they are written down. */
  handle(handlers: Partial<EngineEvents>): this {
    this.#handlers = handlers;
    return this;
  }

  /** The peer's frames arrive in one piece, whose memory is used for something else afterwards. */
  receive(...wire: Wire[]): this {
    return this.receiveBytes(encode(wire, this.#role));
  }

  receiveBytes(bytes: Uint8Array): this {
    const chunk = bytes.slice();
    this.engine.receive(chunk, this.now);
    chunk.fill(0xee);
    return this;
  }

  /** Takes the output and reports it written. */
  written(): Uint8Array {
    const bytes = joined(this.engine.takeOutput());
    this.engine.outputWritten();
    return bytes;
  }

  /** The output's frames. Throws when one is masked and should not be, or the reverse (RFC 6455 §5.1). */
  frames(): ReadFrame[] {
    return this.engine.hasOutput ? framesFrom(this.#role, this.written()) : [];
  }

  /** The output as lines. */
  output(): string[] {
    return this.frames().map(frameLine);
  }

  /** Time passes, and a deadline that has come is kept. */
  pass(milliseconds: number): this {
    this.now += milliseconds;
    if (this.now >= this.engine.nextDeadline) this.engine.tick(this.now);
    return this;
  }

  close(code?: number, reason?: string): this {
    this.engine.close(code, reason, this.now);
    return this;
  }

  receiveEnd(cause?: Error): this {
    this.engine.receiveEnd(this.now, cause);
    return this;
  }
}

/** Reads what an engine of `role` sent. */
function framesFrom(role: Role, bytes: Uint8Array): ReadFrame[] {
  const frames = decode(bytes);
  const wrong = frames.find((frame) => (frame.key !== undefined) !== (role === "client"));
  if (wrong !== undefined) throw new Error(`a ${role} must not send: ${frameLine(wrong)}`);
  return frames;
}

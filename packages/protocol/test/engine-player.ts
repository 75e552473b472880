/**
 * Plays bytes to an engine as an adapter would, in the pieces asked for, and writes down all that is seen.
 *
 * It also breaks what must not be relied on: a chunk is overwritten once the engine has had it, and output is copied
 * before it is reported written.
 */
import type { EngineOptions, Role } from "@tautline/protocol";
import { Engine } from "@tautline/protocol";
import { deterministicPlatform } from "./deterministic-platform.ts";
import { decode, encode, joined } from "./frame-bytes.ts";
import type { Wire } from "./frame-bytes.ts";
import type { Seen } from "./frame-text.ts";
import { frameLine, recordingEvents } from "./frame-text.ts";

/** One row of a vector table. */
export interface Row extends Seen {
  readonly name: string;
  /** Ids from tests/requirements that the row shows to be kept. */
  readonly rfc: readonly string[];
  /** The role of the engine that is tested; the bytes come from its peer. */
  readonly role: Role | "both";
  readonly bytes: readonly Wire[];
  readonly options?: PlayOptions;
  /** What this side does before the bytes arrive. */
  readonly first?: (engine: Engine) => void;
}

export type PlayOptions = Omit<EngineOptions, "role" | "platform" | "events" | "now">;

export interface Play {
  readonly role: Role;
  readonly bytes: readonly Wire[];
  readonly options?: PlayOptions | undefined;
  readonly first?: ((engine: Engine) => void) | undefined;
  /** Cuts the bytes into the chunks in which they arrive. */
  readonly cut: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** Cuts behind every `byteLength`th byte. */
export function every(byteLength: number): Play["cut"] {
  return (bytes) =>
    Array.from({ length: Math.ceil(bytes.byteLength / byteLength) }, (_, index) =>
      bytes.subarray(index * byteLength, (index + 1) * byteLength),
    );
}

/** Cuts into pieces of at most `longest` bytes, by the given randomness. */
export function scattered(random: () => number, longest: number): Play["cut"] {
  return (bytes) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.byteLength;) {
      const end = at + 1 + Math.floor(random() * longest);
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
    return pieces;
  };
}

export function play({ role, bytes, options, first, cut }: Play): Seen {
  const events: string[] = [];
  const output: Uint8Array[] = [];
  const platform = deterministicPlatform();
  const engine = new Engine({
    ...options,
    role,
    platform,
    events: recordingEvents(events),
    now: 0,
  });
  first?.(engine);
  drain(engine, output);
  for (const piece of cut(encode(bytes, role))) {
    const chunk = piece.slice();
    engine.receive(chunk, 0);
    chunk.fill(0xee);
    drain(engine, output);
  }
  // The peer, too, ends the transport when the closing handshake is done or this side ends it.
  if (engine.state === "draining" || engine.transportAction !== "keep") engine.receiveEnd(0);
  return { events, output: lines(joined(output), role) };
}

function drain(engine: Engine, output: Uint8Array[]): void {
  if (!engine.hasOutput) return;
  output.push(...engine.takeOutput().map((piece) => piece.slice()));
  engine.outputWritten();
}

/** What `role` sent, frame by frame; throws when a frame is masked and should not be, or the reverse (§5.1). */
function lines(bytes: Uint8Array, role: Role): string[] {
  return decode(bytes).map((frame) => {
    if ((frame.key !== undefined) !== (role === "client"))
      throw new Error(`mask of ${frameLine(frame)}`);
    return frameLine(frame);
  });
}

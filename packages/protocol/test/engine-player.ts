/**
 * Plays bytes to an engine as an adapter would, in the pieces asked for, and writes down all that is seen.
 */
import type { Engine, ReceiveForm, Role } from "@tautline/protocol";
import { encode } from "./frame-bytes.ts";
import type { Wire } from "./frame-bytes.ts";
import type { Seen } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";
import type { ObservedOptions } from "./observed-engine.ts";

/** One row of a vector table. */
export interface Row extends Seen {
  readonly name: string;
  /** Ids from tests/requirements that the row shows to be kept. */
  readonly rfc: readonly string[];
  /** The role of the engine that is tested; the bytes come from its peer. */
  readonly role: Role | "both";
  readonly bytes: readonly Wire[];
  readonly options?: ObservedOptions;
  /** The only form in which messages are received so. Default: both are. */
  readonly receive?: ReceiveForm;
  /** What this side does before the bytes arrive. */
  readonly first?: (engine: Engine) => void;
}

export interface Play {
  readonly role: Role;
  readonly bytes: readonly Wire[];
  readonly options?: ObservedOptions | undefined;
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
  const observed = new ObservedEngine(role, options);
  const { engine, events } = observed;
  first?.(engine);
  const output = observed.output();
  for (const piece of cut(encode(bytes, role)))
    output.push(...observed.receiveBytes(piece).output());
  // The peer, too, ends the transport when the closing handshake is done or this side ends it.
  if (engine.state === "draining" || engine.transportAction !== "keep") observed.receiveEnd();
  return { events, output };
}

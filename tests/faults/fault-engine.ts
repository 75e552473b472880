/** An engine between servers, and what can happen to it. */

import type { Broker } from "@tautline/hub";

/** Something that goes wrong for a while. */
export interface Fault {
  /** Whether publications fail until it ends; one that passes by itself need not hurt any. */
  readonly hurts: boolean;
  begin(): Promise<void>;
  /** Resolves when nothing is in the way any more; that servers have noticed is not meant. */
  end(): Promise<void>;
}

/** One that runs, for one table of faults. */
export interface FaultEngine {
  makeBroker(): Broker;
  readonly faults: Readonly<Record<string, Fault>>;
  remove(): Promise<void>;
}

export interface EngineKind {
  readonly name: string;
  /** The names of its faults, for rows of the table. */
  readonly faults: readonly string[];
  start(): Promise<FaultEngine>;
}

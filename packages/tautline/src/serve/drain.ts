/**
 * The order in which a server ends so that nobody notices, and how long each part takes. What the parts do is the
 * server's.
 */
import type { Cancel, Clock } from "@tautline/hub";

import type { DrainSettings } from "./drain-options.ts";

export interface DrainParts {
  /** Says that the server wants nobody new, and goes on as before. */
  announce(): void;
  /** Takes nothing new. */
  refuse(): void;
  /** Tells clients to come back elsewhere, one after the other. Resolves when all were told. */
  tell(overMs: number): Promise<void>;
  /** Tells those at once who were not told yet. */
  hurry(): void;
  /** Waits for those who were told, and ends everything. */
  finish(): Promise<void>;
}

export class Drain {
  readonly #parts: DrainParts;
  readonly #clock: Clock;
  #endGrace: (() => void) | undefined;
  #run: Promise<void> | undefined;
  #forced = false;

  constructor(parts: DrainParts, clock: Clock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  /** Ends the server in order. A second call waits for the first. */
  run(times: Pick<DrainSettings, "drainGraceMs" | "drainSpreadMs">): Promise<void> {
    this.#run ??= this.#go(times);
    return this.#run;
  }

  /** Leaves no more time to anybody; `run` still ends in order. */
  force(): void {
    this.#forced = true;
    this.#endGrace?.();
    this.#parts.hurry();
  }

  async #go({
    drainGraceMs,
    drainSpreadMs,
  }: Pick<DrainSettings, "drainGraceMs" | "drainSpreadMs">): Promise<void> {
    const parts = this.#parts;
    parts.announce();
    if (drainGraceMs > 0 && !this.#forced) await this.#grace(drainGraceMs);
    parts.refuse();
    await parts.tell(this.#forced ? 0 : drainSpreadMs);
    await parts.finish();
  }

  #grace(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.#clock.schedule(resolve, ms);
      this.#endGrace = () => {
        cancel();
        resolve();
      };
    });
  }
}

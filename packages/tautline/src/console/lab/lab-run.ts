/**
 * One run of the lab: a stream of updates, made at an even rate for a while, and the lines that carry it, one for each transport at
 * most. It knows when updates are made and what has been counted; how a line carries them is the line's.
 */
import type { Cancel, Clock } from "@tautline/hub";

import { CpuWatch } from "./cpu-watch.ts";
import type { CpuFigures } from "./cpu-watch.ts";
import { DelayedPath } from "./delayed-path.ts";
import type { LabTerms, Transport } from "./lab-terms.ts";
import { UpdateLog } from "./update-log.ts";
import type { Update } from "./update-text.ts";
import { makeUpdate } from "./update-text.ts";
import { WireCount } from "./wire-count.ts";
import type { WireFigures } from "./wire-count.ts";

/** What carries updates to the browser for now: a connection, a response without end, a request that is held. */
export interface LabLine {
  push(update: Update): void;
  /** Ends it: the run is over. */
  end(): void;
}

export interface RunReport {
  /** Updates that were made so far. */
  readonly created: number;
  /** Since the first update. */
  readonly cpu: CpuFigures;
  readonly wire: Readonly<Record<Transport, WireFigures>>;
}

/** Milliseconds since 1970 with fractions, the clock that updates are stamped with. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

export class LabRun {
  readonly id: string;
  readonly terms: LabTerms;
  readonly path: DelayedPath;
  readonly log = new UpdateLog();
  readonly wire: Readonly<Record<Transport, WireCount>>;
  readonly #clock: Clock;
  readonly #lines = new Map<Transport, LabLine>();
  #cancelNext: Cancel = () => undefined;
  #cpu = new CpuWatch();
  #stoppedCpu: CpuFigures | undefined;

  constructor(id: string, terms: LabTerms, clock: Clock) {
    this.id = id;
    this.terms = terms;
    this.#clock = clock;
    this.path = new DelayedPath(clock, terms.delayMs);
    this.wire = forEachTransport(() => new WireCount());
  }

  /** Gives the transport its line; false when it has one that is not over. */
  join(transport: Transport, line: LabLine): boolean {
    if (this.#lines.has(transport)) return false;
    this.#lines.set(transport, line);
    return true;
  }

  /** The line is over. */
  leave(transport: Transport, line: LabLine): void {
    if (this.#lines.get(transport) === line) this.#lines.delete(transport);
  }

  /** Makes updates from now on, the first at once, until their time is over. */
  begin(over: () => void): void {
    const { rate, seconds } = this.terms;
    const total = Math.max(1, Math.floor(rate * seconds));
    const startedAt = this.#clock.now();
    this.#cpu = new CpuWatch();
    const next = (): void => {
      this.#create();
      // By the plan and not by the last one, so that late timers do not add up.
      const inMs = startedAt + (this.log.last * 1000) / rate - this.#clock.now();
      const isLast = this.log.last >= total;
      this.#cancelNext = this.#clock.schedule(isLast ? stop : next, Math.max(0, inMs));
    };
    const stop = (): void => {
      this.#stoppedCpu = this.#cpu.figures;
      over();
    };
    next();
  }

  /** What was counted so far. */
  get report(): RunReport {
    const cpu = this.#stoppedCpu ?? this.#cpu.figures;
    const wire = forEachTransport((transport) => this.wire[transport].figures);
    return { created: this.log.last, cpu, wire };
  }

  /** Ends it and all its lines, whatever is under way. */
  end(): void {
    this.#cancelNext();
    this.path.cut();
    for (const line of this.#lines.values()) line.end();
    this.#lines.clear();
  }

  #create(): void {
    const update = makeUpdate(this.log.last + 1, preciseNow(), this.terms.payloadBytes);
    this.log.add(update);
    for (const line of this.#lines.values()) line.push(update);
  }
}

function forEachTransport<Value>(
  value: (transport: Transport) => Value,
): Readonly<Record<Transport, Value>> {
  return {
    "short-polling": value("short-polling"),
    "long-polling": value("long-polling"),
    sse: value("sse"),
    "http-stream": value("http-stream"),
    websocket: value("websocket"),
    "websocket-deflate": value("websocket-deflate"),
  };
}

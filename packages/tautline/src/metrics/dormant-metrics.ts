/**
 * Metrics of a server that was not asked to keep any, but may be asked later: nothing is counted, and nothing is there that could
 * count, until somebody wakes them. Keeping metrics costs about a microsecond for each command of a client; asking whether anybody
 * keeps them costs next to nothing.
 */
import type { CommandEnd, Meter } from "@tautline/hub";

import type { HookEnd, HookMeter } from "../hooks/meter.ts";
import { PrometheusMetrics } from "./prometheus-metrics.ts";

const ignore = (): void => undefined;

export class DormantMetrics implements Meter, HookMeter {
  #awake: PrometheusMetrics | undefined;

  /** The metrics, which count from the first call on. */
  wake(): PrometheusMetrics {
    this.#awake ??= new PrometheusMetrics();
    return this.#awake;
  }

  limitReached(...reached: Parameters<Meter["limitReached"]>): void {
    this.#awake?.limitReached(...reached);
  }

  tokenRefused(...refused: Parameters<Meter["tokenRefused"]>): void {
    this.#awake?.tokenRefused(...refused);
  }

  connectionOpened(transport: string): void {
    this.#awake?.connectionOpened(transport);
  }

  connectionClosed(...closed: Parameters<Meter["connectionClosed"]>): void {
    this.#awake?.connectionClosed(...closed);
  }

  commandStarted(method: string): CommandEnd {
    return this.#awake?.commandStarted(method) ?? ignore;
  }

  published(publisher: string): void {
    this.#awake?.published(publisher);
  }

  delivered(subscribers: number): void {
    this.#awake?.delivered(subscribers);
  }

  recovered(complete: boolean): void {
    this.#awake?.recovered(complete);
  }

  hookStarted(hook: string): HookEnd {
    return this.#awake?.hookStarted(hook) ?? ignore;
  }
}

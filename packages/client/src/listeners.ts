/**
 * Listeners of one kind of event. What they throw is reported and stops neither the other listeners nor the client.
 * Events arrive at every listener in the order in which they happened, even when a listener causes the next one: that
 * one waits until all have heard the first.
 */

import type { Cancel, Environment } from "./environment.ts";

export type Listener<Event> = (event: Event) => void;

export class Listeners<Event extends object> {
  readonly #environment: Pick<Environment, "reportError">;
  readonly #entries = new Set<{ readonly listener: Listener<Event> }>();
  readonly #waiting: Event[] = [];
  #emitting = false;

  constructor(environment: Pick<Environment, "reportError">) {
    this.#environment = environment;
  }

  /** Adds `listener`; each call adds one more, which its own `Cancel` removes. */
  add(listener: Listener<Event>): Cancel {
    const entry = { listener };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  emit(event: Event): void {
    this.#waiting.push(event);
    if (this.#emitting) return;
    this.#emitting = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#deliver(next);
      }
    } finally {
      this.#emitting = false;
    }
  }

  #deliver(event: Event): void {
    // A copy: a listener added by a listener hears the next event, one removed by a listener is not called any more.
    const present = [...this.#entries];
    for (const entry of present) {
      if (!this.#entries.has(entry)) continue;
      try {
        entry.listener(event);
      } catch (error) {
        this.#environment.reportError(error);
      }
    }
  }
}

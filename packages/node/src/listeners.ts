/**
 * Listeners of one kind of event, called in the order in which they came.
 *
 * What a listener throws is the application's own bug. It must not stop the other listeners, the connection or the
 * engine that is in the middle of a read, and it must not vanish: it surfaces as an uncaught exception, as it would
 * from an EventEmitter, only after the present work is done (docs/decisions/listener-exceptions.md).
 */

/** Removes the listener it was given for. Calling it again does nothing. */
export type Unsubscribe = () => void;

export type Listener<First, Second> = (first: First, second: Second) => void;

/** One registration: removing one of two equal listeners removes that one. */
interface Entry<First, Second> {
  readonly listener: Listener<First, Second>;
}

export class Listeners<First = void, Second = void> {
  /** Replaced, never changed: a listener that adds or removes others does not disturb the round that is running. */
  #entries: readonly Entry<First, Second>[] = [];

  /** How many listen. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds `listener`; a function that is added twice is called twice. */
  add(listener: Listener<First, Second>): Unsubscribe {
    const entry: Entry<First, Second> = { listener };
    this.#entries = [...this.#entries, entry];
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** Calls all listeners. Returns what the first one that threw has thrown, when one did; it surfaces all the same. */
  emit(first: First, second: Second): Thrown | undefined {
    let thrown: Thrown | undefined;
    for (const { listener } of this.#entries) {
      try {
        listener(first, second);
      } catch (error) {
        thrown ??= { error };
        surface(error);
      }
    }
    return thrown;
  }
}

/** Something that was thrown, which may be any value, `undefined` included. */
export interface Thrown {
  readonly error: unknown;
}

/** Throws `error` where nothing of ours can catch it: it becomes the process's `uncaughtException`. */
export function surface(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

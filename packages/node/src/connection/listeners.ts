/**
 * Listeners of one kind of event, called in the order in which they came.
 *
 * What a listener throws is the application's own bug. It must not stop the other listeners, the connection or the
 * engine that is in the middle of a read, and it must not vanish: it surfaces as an uncaught exception, as it would
 * from an EventEmitter, only after the present work is done (docs/decisions/listener-exceptions.md). The same goes for
 * what an asynchronous listener rejects with.
 */
import { isEndedError } from "./ended-error.ts";

/** Removes the listener it was given for. Calling it again does nothing. */
export type Unsubscribe = () => void;

/** What it returns matters only when it is a promise: then its rejection is taken care of. */
export type Listener<First, Second> = (first: First, second: Second) => unknown;

/** One registration: removing one of two equal listeners removes that one. */
class Entry<First, Second> {
  readonly listener: Listener<First, Second>;

  constructor(listener: Listener<First, Second>) {
    this.listener = listener;
  }
}

/** Most kinds of events have no listener on most connections. */
const noEntries: readonly never[] = [];

export class Listeners<First = void, Second = void> {
  readonly #onFault: ((first: First) => void) | undefined;
  /**
   * One as itself, for there is seldom another and a list costs memory. A list is replaced, never changed: a listener that
   * adds or removes others does not disturb the round that is running.
   */
  #entries: Entry<First, Second> | readonly Entry<First, Second>[] = noEntries;

  /** @param onFault called when a listener has thrown or rejected, with what it was called with */
  constructor(onFault?: (first: First) => void) {
    this.#onFault = onFault;
  }

  /** How many listen. */
  get size(): number {
    return this.#entries instanceof Entry ? 1 : this.#entries.length;
  }

  /** Adds `listener`; a function that is added twice is called twice. */
  add(listener: Listener<First, Second>): Unsubscribe {
    const entry = new Entry(listener);
    this.#replace([...this.#list, entry]);
    return () => this.#replace(this.#list.filter((other) => other !== entry));
  }

  /** Calls all listeners. Never throws. */
  emit(first: First, second: Second): void {
    const entries = this.#entries;
    if (entries instanceof Entry) this.#call(entries, first, second);
    else for (const entry of entries) this.#call(entry, first, second);
  }

  get #list(): readonly Entry<First, Second>[] {
    return this.#entries instanceof Entry ? [this.#entries] : this.#entries;
  }

  #replace(entries: readonly Entry<First, Second>[]): void {
    const [first] = entries;
    this.#entries = first !== undefined && entries.length === 1 ? first : entries;
  }

  #call({ listener }: Entry<First, Second>, first: First, second: Second): void {
    try {
      const result = listener(first, second);
      if (result instanceof Promise) this.#watch(result, first);
    } catch (error) {
      this.#fault(error, first);
    }
  }

  #watch(result: Promise<unknown>, first: First): void {
    result.catch((error: unknown) => {
      this.#fault(error, first);
    });
  }

  #fault(error: unknown, first: First): void {
    if (!isEndedError(error)) surface(error);
    this.#onFault?.(first);
  }
}

/** Throws `error` where nothing of ours can catch it: it becomes the process's `uncaughtException`. */
export function surface(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

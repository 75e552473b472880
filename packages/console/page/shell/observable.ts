/**
 * State that lives outside components and tells them when it changed. Values are replaced, never mutated, so a
 * component compares by identity.
 */
import { useEffect, useState } from "preact/hooks";

import { Pace } from "./pace.ts";

export class Observable<Value> {
  #value: Value;
  readonly #listeners = new Set<(value: Value) => void>();

  constructor(initial: Value) {
    this.#value = initial;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls `listener` at each change from now on; returns the way to stop it. */
  onChange(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The observable's value, followed by the component that calls this. */
export function useValue<Value>(observable: Observable<Value>): Value {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    // The value may have changed between the first rendering and this effect.
    setValue(observable.value);
    return observable.onChange((next) => setValue(next));
  }, [observable]);
  return value;
}

/** The same for what may change faster than it can be drawn: followed at most once in `everyMs`. */
export function usePacedValue<Value>(observable: Observable<Value>, everyMs: number): Value {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    const pace = new Pace(() => setValue(observable.value), everyMs);
    pace.ask();
    const release = observable.onChange(() => pace.ask());
    return () => {
      release();
      pace.stop();
    };
  }, [observable, everyMs]);
  return value;
}

/**
 * An event handler attribute (`onopen` and the like) as the HTML standard §8.1.8 has it: a handler is a listener whose
 * place in the order is that of its first setting. Setting another one keeps the place, setting `null` gives it up.
 */
import { isObject } from "./idl-conversion.ts";

export class EventHandler<Callback extends object> {
  readonly #target: EventTarget;
  readonly #type: string;
  #value: Callback | null = null;

  constructor(target: EventTarget, type: string) {
    this.#target = target;
    this.#type = type;
  }

  get value(): Callback | null {
    return this.#value;
  }

  /** What is no object counts as null; an object that cannot be called is kept and ignored. */
  set value(value: Callback | null) {
    const next = isObject(value) ? value : null;
    if (next === null) {
      EventTarget.prototype.removeEventListener.call(this.#target, this.#type, this.#listener);
    } else {
      // A listener that is there already is not added again, and so keeps its place.
      EventTarget.prototype.addEventListener.call(this.#target, this.#type, this.#listener);
    }
    this.#value = next;
  }

  readonly #listener = (event: Event): void => {
    const handler = this.#value;
    if (typeof handler !== "function") return;
    const result: unknown = Reflect.apply(handler, this.#target, [event]);
    // "The event handler processing algorithm", step 5.
    if (result === false) event.preventDefault();
  };
}

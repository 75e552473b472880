/**
 * A value that changes faster than is worth telling: it is told at even times, only the latest, only when it is another one, and never
 * while the one before is still on its way. Who owns it beats the time.
 */
export class LatestValue<Value> {
  readonly #tell: (value: Value) => Promise<unknown>;
  readonly #same: (one: Value, other: Value) => boolean;
  #waiting: { readonly value: Value } | undefined;
  #told: { readonly value: Value } | undefined;
  #busy = false;

  constructor(
    tell: (value: Value) => Promise<unknown>,
    same: (one: Value, other: Value) => boolean,
  ) {
    this.#tell = tell;
    this.#same = same;
  }

  offer(value: Value): void {
    this.#waiting = { value };
  }

  /** Tells again what was told: the listener is another one. */
  forget(): void {
    this.#waiting ??= this.#told;
    this.#told = undefined;
  }

  /** Called at even times: tells what there is to tell. Resolves when it was told; never rejects. */
  async beat(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#busy) return;
    this.#waiting = undefined;
    if (this.#told !== undefined && this.#same(this.#told.value, waiting.value)) return;
    this.#busy = true;
    this.#told = waiting;
    try {
      await this.#tell(waiting.value);
    } catch {
      // The line is down; `forget` is called when it is back.
      this.#told = undefined;
      this.#waiting ??= waiting;
    } finally {
      this.#busy = false;
    }
  }
}

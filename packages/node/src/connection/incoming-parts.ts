/**
 * One message between its arrival and whoever takes it: what has come of it, how it stands, and who waits for more.
 *
 * It decides nothing about how much may be kept; it tells what becomes free.
 */
import { PartBuffer } from "./part-buffer.ts";

/** Is told what becomes free. */
export interface PartKeeper {
  /** So many bytes are not kept any more. */
  released(byteLength: number): void;
  /** Nothing more will be taken of a message that is complete. */
  finished(): void;
}

interface Waiter {
  resolve(bytes: Uint8Array | undefined): void;
  reject(error: Error): void;
}

export class IncomingParts {
  readonly #keeper: PartKeeper;
  readonly #buffer = new PartBuffer();
  #waiters: Waiter[] = [];
  #complete = false;
  #error: Error | undefined;
  /** Nobody wants it, or all of it has been taken. */
  #over = false;

  constructor(keeper: PartKeeper) {
    this.#keeper = keeper;
  }

  /**
   * The next bytes when they come, which belong to the caller; `undefined` behind the last, and once nobody wants any.
   * Rejects where the message is cut off, behind what came of it.
   */
  next(): Promise<Uint8Array | undefined> {
    const bytes = this.#buffer.take();
    if (bytes !== undefined) {
      this.#keeper.released(bytes.byteLength);
      return Promise.resolve(bytes);
    }
    if (this.#over || this.#complete) {
      this.#finish();
      return Promise.resolve(undefined);
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Nobody wants the rest. */
  cancel(): void {
    if (this.#over) return;
    const { byteLength } = this.#buffer;
    this.#buffer.clear();
    this.#finish();
    for (const waiter of this.#takeWaiters()) waiter.resolve(undefined);
    this.#keeper.released(byteLength);
  }

  /** More has come. Answers with how many bytes of it are kept. */
  add(bytes: Uint8Array): number {
    if (this.#over || this.#error !== undefined) return 0;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(new Uint8Array(bytes));
      return 0;
    }
    this.#buffer.append(bytes);
    return bytes.byteLength;
  }

  /** All has come. Answers with whether somebody has still to take some of it. */
  complete(): boolean {
    if (this.#over || this.#error !== undefined) return false;
    this.#complete = true;
    const waiters = this.#takeWaiters();
    if (waiters.length > 0) this.#over = true;
    for (const waiter of waiters) waiter.resolve(undefined);
    return !this.#over;
  }

  /** The rest will not come. */
  fail(error: Error): void {
    this.#error ??= error;
    for (const waiter of this.#takeWaiters()) waiter.reject(error);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#complete) this.#keeper.finished();
  }

  #takeWaiters(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }
}

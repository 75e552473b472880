/**
 * The headers of one HTTP message, in the order they came.
 *
 * This file does not judge: which header must be there, or only once, is decided where the handshake is.
 */
import { listElements } from "./grammar.ts";

const noValues: readonly string[] = Object.freeze([]);

/**
 * Headers by name. Names are found whatever their case (RFC 9110 §5.1), and repeated headers stay apart until they are asked for as one.
 * Names that JavaScript gives a meaning to, such as `__proto__`, are names like all others.
 */
export class HeaderList implements Iterable<readonly [name: string, value: string]> {
  readonly #rawHeaders: readonly string[];
  readonly #valuesByName = new Map<string, string[]>();

  /**
   * @param rawHeaders name, value, name, value…, the shape of `rawHeaders` in Node.js. It is kept, not copied, and must
   *   not change any more. A name without a value at the end is dropped.
   */
  constructor(rawHeaders: readonly string[]) {
    this.#rawHeaders = rawHeaders;
    let name: string | undefined;
    for (const part of rawHeaders) {
      if (name === undefined) {
        // Heads are read as Latin-1, where no character outside ASCII has a small form inside it.
        name = part.toLowerCase();
      } else {
        this.#add(name, part);
        name = undefined;
      }
    }
  }

  #add(name: string, value: string): void {
    const values = this.#valuesByName.get(name);
    if (values === undefined) {
      this.#valuesByName.set(name, [value]);
    } else {
      values.push(value);
    }
  }

  /** How many headers there are, repeated ones counted each. */
  get size(): number {
    return Math.floor(this.#rawHeaders.length / 2);
  }

  /** How often the header `name` stands in the head. */
  count(name: string): number {
    return this.values(name).length;
  }

  has(name: string): boolean {
    return this.values(name).length > 0;
  }

  /** The values of every header of this name, in order; empty when there is none. */
  values(name: string): readonly string[] {
    const byName = this.#valuesByName;
    // Most names are asked for in small letters.
    return byName.get(name) ?? byName.get(name.toLowerCase()) ?? noValues;
  }

  /** All values of this name as one list, joined by commas (RFC 9110 §5.3); `undefined` when the header is absent. */
  combined(name: string): string | undefined {
    const values = this.values(name);
    return values.length > 1 ? values.join(", ") : values[0];
  }

  /**
   * The elements of a list of case-insensitive tokens such as `Connection` or `Upgrade`, over all headers of this name,
   * in lower case. Elements that are no tokens are given as they are: they equal none.
   */
  tokens(name: string): string[] {
    const elements: string[] = [];
    for (const value of this.values(name)) elements.push(...listElements(value.toLowerCase()));
    return elements;
  }

  /** Whether `token`, in lower case, is one of {@link tokens}. */
  hasToken(name: string, token: string): boolean {
    const values = this.values(name);
    // Most lists have one element.
    if (values.length === 1 && values[0]!.toLowerCase() === token) return true;
    return this.tokens(name).includes(token);
  }

  /** Names and values in the order and in the case they were sent. */
  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    let name: string | undefined;
    for (const part of this.#rawHeaders) {
      if (name === undefined) {
        name = part;
      } else {
        yield [name, part];
        name = undefined;
      }
    }
  }
}

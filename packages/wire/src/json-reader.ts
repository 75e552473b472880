/**
 * A strict JSON scanner (RFC 8259) over one line of text. It reads what the caller asks for and steps over the rest
 * without building it; payloads come out as the text they are. It knows the grammar and the depth limit, and nothing of
 * messages.
 */

import { FrameFault } from "./frame-fault.ts";
import type { JsonText } from "./json-text.ts";
import { trustedText } from "./json-text.ts";

/** The types of JSON values, told from their first character. */
export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

const numberGrammar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

// Backslashes and the control characters that must not stand in a string unescaped (RFC 8259 §7).
// oxlint-disable-next-line no-control-regex
const needsCare = /[\\\u0000-\u001f]/;

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const nine = 0x39;
const zero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const escapes = 'bfnrt"/\\';
const hexGrammar = /[0-9a-fA-F]{4}/y;

/** Reads one text from start to end. */
export class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  /** The type of the value that comes next. */
  peek(): JsonType {
    this.#skipSpace();
    const unit = this.#text.charCodeAt(this.#at);
    if (unit === quote) return "string";
    if (unit === openBrace) return "object";
    if (unit === openBracket) return "array";
    if (unit === minus || (unit >= zero && unit <= nine)) return "number";
    if (this.#text.startsWith("true", this.#at)) return "boolean";
    if (this.#text.startsWith("false", this.#at)) return "boolean";
    if (this.#text.startsWith("null", this.#at)) return "null";
    throw this.#malformed("a value was expected");
  }

  /** Reads the object that comes next; `member` is called at each value and has to read or skip it. */
  readObject(member: (name: string) => void): void {
    this.#enter();
    if (this.#take(closeBrace)) return this.#leave();
    do {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== quote) throw this.#malformed("a name was expected");
      const name = this.readString();
      if (!this.#take(colon)) throw this.#malformed("a colon was expected");
      member(name);
    } while (this.#take(comma));
    if (!this.#take(closeBrace)) throw this.#malformed("the end of an object was expected");
    this.#leave();
  }

  /** Reads the list that comes next; `element` is called at each value and has to read or skip it. */
  readArray(element: () => void): void {
    this.#enter();
    if (this.#take(closeBracket)) return this.#leave();
    do {
      element();
    } while (this.#take(comma));
    if (!this.#take(closeBracket)) throw this.#malformed("the end of a list was expected");
    this.#leave();
  }

  /** Reads the string that `peek` has announced. */
  readString(): string {
    const start = this.#at;
    const contents = this.#text.slice(start + 1, this.#stringEnd());
    // Valid by the scan just done, so the language's own parser resolves the escapes.
    return contents.includes("\\")
      ? String(JSON.parse(this.#text.slice(start, this.#at)))
      : contents;
  }

  /** Reads the number that `peek` has announced. */
  readNumber(): number {
    numberGrammar.lastIndex = this.#at;
    const digits = numberGrammar.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#malformed("a digit was expected");
    this.#at += digits.length;
    return Number(digits);
  }

  /** Reads the truth value that `peek` has announced. */
  readBoolean(): boolean {
    const value = this.#text.startsWith("true", this.#at);
    this.#at += value ? 4 : 5;
    return value;
  }

  /** Steps over the value that comes next, checking its grammar and depth. */
  skip(): void {
    switch (this.peek()) {
      case "object":
        return this.readObject(() => this.skip());
      case "array":
        return this.readArray(() => this.skip());
      case "string":
        this.#stringEnd();
        return;
      case "number":
        this.readNumber();
        return;
      case "boolean":
        this.readBoolean();
        return;
      case "null":
        this.#at += 4;
    }
  }

  /** The text of the value that comes next, as it stands. */
  readPayload(): JsonText {
    this.#skipSpace();
    const start = this.#at;
    this.skip();
    return trustedText(this.#text.slice(start, this.#at));
  }

  /** Checks that nothing but space is left. */
  finish(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#malformed("text after the end of a message");
  }

  /** Moves from a string's first quote behind its last and returns the place of the last. */
  #stringEnd(): number {
    const start = this.#at + 1;
    let end = this.#text.indexOf('"', start);
    if (end < 0) throw this.#malformed("a string has no end");
    if (needsCare.test(this.#text.slice(start, end))) end = this.#carefulStringEnd(start);
    this.#at = end + 1;
    return end;
  }

  #carefulStringEnd(start: number): number {
    for (let at = start; at < this.#text.length; at += 1) {
      const unit = this.#text.charCodeAt(at);
      if (unit === quote) return at;
      if (unit < 0x20) throw this.#malformed("a control character stands in a string");
      if (unit !== backslash) continue;
      at += 1;
      const escaped = this.#text.charAt(at);
      if (escaped === "u") {
        hexGrammar.lastIndex = at + 1;
        if (!hexGrammar.test(this.#text)) throw this.#malformed("an escape is incomplete");
        at += 4;
      } else if (escaped === "" || !escapes.includes(escaped)) {
        throw this.#malformed("an escape is unknown");
      }
    }
    throw this.#malformed("a string has no end");
  }

  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > this.#maxDepth) {
      throw new FrameFault("limit", `nested deeper than ${this.#maxDepth} levels`);
    }
  }

  #leave(): void {
    this.#depth -= 1;
  }

  /** Steps over space and over `unit`, if it comes next. */
  #take(unit: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== unit) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return;
      this.#at += 1;
    }
  }

  #malformed(what: string): FrameFault {
    return new FrameFault("malformed", `${what} at character ${this.#at}`);
  }
}

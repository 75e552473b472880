/**
 * The small grammar that header values are made of: tokens, quoted strings, lists (RFC 9110 §5.5, §5.6; RFC 6455 §9.1
 * takes it from RFC 2616 with its "implied *LWS").
 *
 * Everything here reads each character at most a fixed number of times, whatever the peer sends: no regular expression
 * touches unbounded input. This file does not know the name of any header.
 */

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

const TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";
const LETTERS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const isTokenCode = new Uint8Array(0x80);
for (const character of TOKEN_SYMBOLS + LETTERS_AND_DIGITS) {
  isTokenCode[character.charCodeAt(0)] = 1;
}

/** What tells where a token ends: no code above ASCII is in the table, and `undefined` is not 1. */
function isTokenAt(text: string, index: number): boolean {
  return isTokenCode[text.charCodeAt(index)] === 1;
}

function isWhitespaceAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === SPACE || code === TAB;
}

/** Whether `text` is a token: one or more of the characters that RFC 9110 §5.6.2 lists. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** Where the token that begins at `start` ends: at `start` when there is none. */
export function tokenEnd(text: string, start: number): number {
  let index = start;
  while (index < text.length && isTokenAt(text, index)) {
    index += 1;
  }
  return index;
}

/**
 * Whether `code` may stand in a header's value: visible ASCII, space, tab, and the octets above ASCII that RFC 9110 §5.5
 * calls obs-text. CR, LF, NUL and the other controls may not, nor anything that is no octet.
 */
export function isFieldValueCode(code: number): boolean {
  return (code >= SPACE && code <= 0xff && code !== DELETE) || code === TAB;
}

const isFieldValueOctet = Uint8Array.from({ length: 0x100 }, (_, code) =>
  isFieldValueCode(code) ? 1 : 0,
);

/** Where the first octet of `bytes[start, end)` stands that {@link isFieldValueCode} does not allow; `end` without one. */
export function fieldValueEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isFieldValueOctet[bytes[at]!] === 1) {
    at += 1;
  }
  return at;
}

/** Whether every character of `text` satisfies {@link isFieldValueCode}. */
export function isFieldValue(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isFieldValueCode(text.charCodeAt(index))) {
      return false;
    }
  }
  return true;
}

/** Whether `text` is one or more visible ASCII characters, as a request target must be (RFC 9112 §3.2). */
export function isVisibleAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= SPACE || code >= DELETE) {
      return false;
    }
  }
  return text.length > 0;
}

/** `text[start, end)` without the spaces and tabs around it: "optional white space", which is less than `trim` takes. */
export function trimWhitespace(text: string, start = 0, end = text.length): string {
  let first = start;
  let last = end;
  while (first < last && isWhitespaceAt(text, first)) {
    first += 1;
  }
  while (last > first && isWhitespaceAt(text, last - 1)) {
    last -= 1;
  }
  return text.slice(first, last);
}

/** The elements of a comma-separated list, trimmed. Empty elements are skipped, as RFC 9110 §5.6.1.2 asks. */
export function listElements(text: string): string[] {
  const elements: string[] = [];
  let start = 0;
  while (start <= text.length) {
    const comma = text.indexOf(",", start);
    const end = comma === -1 ? text.length : comma;
    const element = trimWhitespace(text, start, end);
    if (element !== "") {
      elements.push(element);
    }
    start = end + 1;
  }
  return elements;
}

/** Reads one header value from left to right. Each method takes what it names and leaves the position behind it. */
export class GrammarScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** Takes spaces and tabs, if there are any. */
  skipWhitespace(): void {
    while (isWhitespaceAt(this.#text, this.#position)) {
      this.#position += 1;
    }
  }

  /** Takes white space and the commas of empty list elements. */
  skipEmptyElements(): void {
    this.skipWhitespace();
    while (this.#text.charCodeAt(this.#position) === COMMA) {
      this.#position += 1;
      this.skipWhitespace();
    }
  }

  /** Takes `character` with the white space around it, if it is next. */
  takeSeparator(character: "," | ";" | "="): boolean {
    this.skipWhitespace();
    if (this.#text.charAt(this.#position) !== character) {
      return false;
    }
    this.#position += 1;
    this.skipWhitespace();
    return true;
  }

  /** Takes a token; `undefined` when none is next. */
  takeToken(): string | undefined {
    const start = this.#position;
    this.#position = tokenEnd(this.#text, start);
    return this.#position === start ? undefined : this.#text.slice(start, this.#position);
  }

  /** Takes a token or a quoted string and gives its meaning, without quotes and backslashes; `undefined` when neither is next. */
  takeValue(): string | undefined {
    return this.#text.charCodeAt(this.#position) === QUOTE
      ? this.#takeQuotedString()
      : this.takeToken();
  }

  /** RFC 9110 §5.6.4. A backslash stands for the character behind it, and a string that does not end is none. */
  #takeQuotedString(): string | undefined {
    const text = this.#text;
    let value = "";
    let copied = this.#position + 1;
    for (let index = copied; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === QUOTE) {
        this.#position = index + 1;
        return value + text.slice(copied, index);
      }
      if (code === BACKSLASH) {
        value += text.slice(copied, index);
        index += 1;
        copied = index;
      }
    }
    return undefined;
  }
}

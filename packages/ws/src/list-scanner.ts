/**
 * Reads a header's list from left to right. What does not belong there is a `SyntaxError` that names its place, as `ws`
 * has it; the engine's own reader answers without one.
 */
const tokenPattern = /[!#$%&'*+\-.0-9A-Z^_`a-z|~]+/y;
const spacePattern = /[ \t]*/y;

export class ListScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Takes one or more characters of a token. */
  token(): string {
    tokenPattern.lastIndex = this.#at;
    const [token] = tokenPattern.exec(this.#text) ?? [];
    if (token === undefined) throw this.#fault();
    this.#at += token.length;
    return token;
  }

  /** Takes spaces and tabs, behind which something has to come. */
  space(): void {
    spacePattern.lastIndex = this.#at;
    const [space = ""] = spacePattern.exec(this.#text) ?? [];
    this.#at += space.length;
    if (space !== "" && this.atEnd) throw this.#fault();
  }

  /** Takes `character`, if it is the next one. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Takes a quoted string whose content is a token; its opening quote has been taken. */
  quoted(): string {
    let content = "";
    for (;;) {
      if (content !== "" && this.take('"')) return content;
      content += this.take("\\") ? this.#tokenCharacter() : this.token();
    }
  }

  /** Ends an element: true when another one follows behind a comma. */
  next(): boolean {
    this.space();
    if (this.atEnd) return false;
    if (!this.take(",")) throw this.#fault();
    this.space();
    if (this.atEnd) throw this.#fault();
    return true;
  }

  #tokenCharacter(): string {
    const at = this.#at;
    const [first = ""] = this.token();
    this.#at = at + 1;
    return first;
  }

  #fault(): SyntaxError {
    return new SyntaxError(
      this.atEnd ? "Unexpected end of input" : `Unexpected character at index ${this.#at}`,
    );
  }
}

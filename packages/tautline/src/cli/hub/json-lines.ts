/** Prints a line of JSON for each value, as fast as whoever reads them takes them. */
import type { Terminal } from "../terminal.ts";

export class JsonLines {
  readonly #stdout: Terminal["stdout"];
  #gone = false;

  /** @param onGone called when the reader of a pipe has gone, as in `| head -1` */
  constructor(stdout: Terminal["stdout"], onGone: () => void = () => undefined) {
    this.#stdout = stdout;
    stdout.on("error", () => {
      this.#gone = true;
      onGone();
    });
  }

  print(value: object): void {
    if (this.#gone) return;
    // What JSON leaves as it is may still mean something to a terminal.
    this.#stdout.write(`${JSON.stringify(value).replaceAll(unsafe, escaped)}\n`);
  }
}

/** DEL, the controls of ECMA-48 beyond ASCII, and those that reorder what is read (UAX #9 §2). */
const unsafe = /[\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

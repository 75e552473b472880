/** A line on a terminal that tells how far something is, drawn over itself. It draws nothing into a pipe. */
import { printable } from "./printable.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";

const width = 30;
/** More often than this nobody can read it. */
const redrawMs = 80;

export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #shown: boolean;
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#shown = terminal.stderr.isTTY === true && terminal.env["TERM"] !== "dumb";
  }

  /** @param share from 0 to 1 */
  draw(share: number, text: string): void {
    const now = performance.now();
    if (!this.#shown || (now - this.#drawnAt < redrawMs && share < 1)) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const { stderr, env } = this.#terminal;
    const style = styleFor(stderr, env);
    const full = Math.round(Math.min(1, Math.max(0, share)) * width);
    const bar = style.cyan("█".repeat(full)) + style.dim("░".repeat(width - full));
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    const room = Math.max(10, (stderr.columns ?? 80) - width - percent.length - 3);
    stderr.write(`\r\u001b[K${bar}${percent} ${printable(text).slice(0, room)}`);
  }

  /** Wipes it, so that what is printed next stands on a line of its own. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#drawnAt = -Infinity;
    this.#terminal.stderr.write("\r\u001b[K");
  }
}

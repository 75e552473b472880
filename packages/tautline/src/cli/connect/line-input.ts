/**
 * Where the lines to send come from and where messages go, in two forms: a prompt on a terminal, with messages printed
 * above what is being typed, and a pipe. It knows nothing of WebSocket.
 */
import type { Interface } from "node:readline";
import { clearScreenDown, createInterface, cursorTo, moveCursor } from "node:readline";

import { Readable } from "node:stream";

import type { Style } from "../style.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";
import type { LineHistory } from "./line-history.ts";

export interface LineInput {
  /** Whether a person types. */
  readonly interactive: boolean;
  /** The lines, without their ends. Ends at the end of the input, or when `close` is called. */
  readonly lines: AsyncIterable<string>;
  /** Prints a message. Returns false when whoever reads is slow: wait for `onDrain` before printing much more. */
  print(line: string): boolean;
  /** Prints a remark about the connection, kept apart from messages. */
  remark(line: string): void;
  /** Ctrl-C at the prompt. A pipe has none; there the signal comes to the process. */
  onInterrupt(listener: () => void): void;
  onDrain(listener: () => void): void;
  close(): void;
}

/** An input with nothing in it, for a conversation that has its lines from elsewhere. */
export function openEmptyInput(terminal: Terminal): LineInput {
  return new PipedInput({ ...terminal, stdin: Readable.from([]) });
}

/** @param history what the arrow keys bring back besides, and where lines that are typed are kept */
export function openLineInput(terminal: Terminal, history?: LineHistory): LineInput {
  const prompted = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true;
  return prompted ? new PromptInput(terminal, history) : new PipedInput(terminal);
}

class PromptInput implements LineInput {
  readonly interactive = true;
  readonly lines: AsyncIterable<string>;
  readonly #terminal: Terminal;
  readonly #readline: Interface;
  readonly #style: Style;
  readonly #history: LineHistory | undefined;
  #closed = false;

  constructor(terminal: Terminal, history: LineHistory | undefined) {
    this.#terminal = terminal;
    this.#style = styleFor(terminal.stdout, terminal.env);
    this.#readline = createInterface({
      input: terminal.stdin,
      output: terminal.stdout,
      terminal: true,
      prompt: this.#style.cyan("> "),
      // Newest first.
      history: history?.lines().toReversed() ?? [],
      historySize: 1000,
      removeHistoryDuplicates: true,
    });
    this.#history = history;
    this.#readline.once("close", () => (this.#closed = true));
    this.lines = this.#prompted();
  }

  async *#prompted(): AsyncGenerator<string> {
    if (this.#closed) return;
    this.#readline.prompt();
    let earlier = "";
    for await (const line of this.#readline) {
      // What goes on from a line that is not to be kept is not either.
      if (!earlier.startsWith(" ")) this.#history?.add(line);
      const goesOn = /(?<!\\)(?:\\\\)*\\$/.test(line);
      earlier += goesOn ? `${line.slice(0, -1)}\n` : line;
      if (!goesOn) {
        yield earlier;
        earlier = "";
      }
      this.#readline.setPrompt(this.#style.cyan(goesOn ? "… " : "> "));
      if (!this.#closed) this.#readline.prompt();
    }
  }

  print(line: string): boolean {
    return this.#above(`${this.#style.green("<")} ${line}`);
  }

  remark(line: string): void {
    this.#above(this.#style.dim(line));
  }

  /** Wipes the prompt with what is typed so far, however many rows it takes, writes, and puts it back below. */
  #above(line: string): boolean {
    const { stdout } = this.#terminal;
    if (this.#closed) return stdout.write(`${line}\n`);
    const { rows } = this.#readline.getCursorPos();
    if (rows > 0) moveCursor(stdout, 0, -rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    const kept = stdout.write(`${line}\n`);
    this.#readline.prompt(true);
    return kept;
  }

  onInterrupt(listener: () => void): void {
    this.#readline.on("SIGINT", listener);
  }

  onDrain(listener: () => void): void {
    this.#terminal.stdout.on("drain", listener);
  }

  close(): void {
    if (this.#closed) return;
    // The last prompt would stand there as if it still took a line.
    cursorTo(this.#terminal.stdout, 0);
    clearScreenDown(this.#terminal.stdout);
    this.#readline.close();
  }
}

class PipedInput implements LineInput {
  readonly interactive = false;
  readonly lines: AsyncIterable<string>;
  readonly #terminal: Terminal;
  readonly #readline: Interface;
  readonly #style: Style;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#style = styleFor(terminal.stderr, terminal.env);
    this.#readline = createInterface({ input: terminal.stdin, crlfDelay: Infinity });
    // The iterator is made now, not when the loop begins: readline keeps no line for later listeners.
    const iterator = this.#readline[Symbol.asyncIterator]();
    this.lines = { [Symbol.asyncIterator]: () => iterator };
  }

  print(line: string): boolean {
    return this.#terminal.stdout.write(`${line}\n`);
  }

  remark(line: string): void {
    this.#terminal.stderr.write(`${this.#style.dim(line)}\n`);
  }

  onInterrupt(): void {
    // The process gets the signal itself.
  }

  onDrain(listener: () => void): void {
    this.#terminal.stdout.on("drain", listener);
  }

  close(): void {
    this.#readline.close();
    // An input that never ends would keep the process.
    this.#terminal.stdin.destroy();
  }
}

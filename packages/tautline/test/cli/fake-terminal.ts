/** A terminal made of streams, for running commands inside a test. */
import { PassThrough } from "node:stream";

import type { StopSignal, Terminal } from "../../src/cli/terminal.ts";

export class FakeTerminal implements Terminal {
  readonly stdin = Object.assign(new PassThrough(), { isTTY: false });
  readonly stdout = Object.assign(new PassThrough(), { isTTY: false, columns: 80 });
  readonly stderr = Object.assign(new PassThrough(), { isTTY: false });
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All that was printed to standard output, and to standard error. */
  out = "";
  err = "";
  readonly #signals = new Map<StopSignal, Set<() => void>>();
  readonly #watchers = new Set<() => void>();

  constructor({ tty = false, env = {} }: { tty?: boolean; env?: Record<string, string> } = {}) {
    this.env = env;
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.isTTY = tty;
    this.stdout.on("data", (chunk) => {
      this.out += String(chunk);
      this.#tell();
    });
    this.stderr.on("data", (chunk) => {
      this.err += String(chunk);
      this.#tell();
    });
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves once standard output contains the text. */
  printed(text: string): Promise<void> {
    return this.#until(() => this.out.includes(text));
  }

  /** Resolves once standard error contains the text. */
  complained(text: string): Promise<void> {
    return this.#until(() => this.err.includes(text));
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  onSignal(signal: StopSignal, listener: () => void): () => void {
    const listeners = this.#signals.get(signal) ?? new Set();
    this.#signals.set(signal, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  signal(signal: StopSignal): void {
    for (const listener of this.#signals.get(signal) ?? []) listener();
  }
}

/**
 * What a command has of the process that runs it: three streams, the environment and signals. Commands take it as a
 * parameter, so a test runs them with streams of its own.
 */
import type { Readable, Writable } from "node:stream";

type OutputStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};
type InputStream = Readable & { readonly isTTY?: boolean | undefined };

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface Terminal {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `listener` at each such signal until the returned function is called; then the default holds again. */
  onSignal(signal: StopSignal, listener: () => void): () => void;
}

/** The terminal of this very process. */
export function processTerminal(): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => void process.off(signal, listener);
    },
  };
}

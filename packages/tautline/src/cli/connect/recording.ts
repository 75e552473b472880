/**
 * A session as JSON lines: one when it opens, one for each message, one when it closes. What was recorded can be replayed:
 * the client's messages are sent again, with the pauses that were between them.
 */
import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What is read at most. */
const mostBytes = 256 * 1024 * 1024;

type Data = string | Uint8Array;

export class Recorder {
  readonly #file: number;
  readonly #began = performance.now();

  /** @throws Error when the file cannot be written */
  constructor(path: string) {
    this.#file = opened(path);
  }

  open(facts: { readonly url: string; readonly subprotocol: string }): void {
    this.#write({ kind: "open", startedAt: new Date().toISOString(), ...facts });
  }

  message(from: "client" | "server", data: Data): void {
    const content =
      typeof data === "string" ? { text: data } : { base64: Buffer.from(data).toString("base64") };
    this.#write({ kind: "message", from, ...content });
  }

  close(end: { readonly code: number; readonly reason: string }): void {
    this.#write({ kind: "close", code: end.code, reason: end.reason });
    closeSync(this.#file);
  }

  /** At once, so that nothing is lost with the process and nothing waits in memory. */
  #write(entry: object): void {
    const atMs = Math.round((performance.now() - this.#began) * 1000) / 1000;
    writeSync(this.#file, `${JSON.stringify({ atMs, ...entry })}\n`);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw new Error(`cannot record to '${path}' (${codeOf(error)})`, { cause: error });
  }
}

export interface RecordedMessage {
  /** Since the beginning of the recording, in milliseconds. */
  readonly atMs: number;
  readonly data: Data;
}

/**
 * What the client sent in a recording.
 *
 * @throws Error that says which line is wrong
 */
export function readRecording(path: string): readonly RecordedMessage[] {
  const lines = textOf(path).split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const entry = entryOf(line);
    if (entry === undefined) {
      throw new Error(`cannot replay '${path}': line ${index + 1} is no line of a recording`);
    }
    return entry === "other" ? [] : [entry];
  });
}

function textOf(path: string): string {
  try {
    if (statSync(path).size <= mostBytes) return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cannot replay '${path}' (${codeOf(error)})`, { cause: error });
  }
  throw new Error(`cannot replay '${path}': it is larger than 256 MiB`);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown";

function entryOf(line: string): RecordedMessage | "other" | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null || !("kind" in entry)) return undefined;
  if (entry.kind === "open" || entry.kind === "close") return "other";
  if (entry.kind !== "message" || !("from" in entry)) return undefined;
  if (entry.from === "server") return "other";
  const atMs = "atMs" in entry && typeof entry.atMs === "number" ? entry.atMs : 0;
  if ("text" in entry && typeof entry.text === "string") return { atMs, data: entry.text };
  if (!("base64" in entry) || typeof entry.base64 !== "string") return undefined;
  return { atMs, data: Buffer.from(entry.base64, "base64") };
}

/**
 * The messages, each when its time has come.
 *
 * @param speed how many times as fast as they were sent; 0 is without waiting
 */
export async function* replayed(
  messages: readonly RecordedMessage[],
  speed: number,
  signal: AbortSignal,
): AsyncGenerator<Data> {
  const began = performance.now();
  const first = messages[0]?.atMs ?? 0;
  for (const { atMs, data } of messages) {
    const wait = speed === 0 ? 0 : (atMs - first) / speed - (performance.now() - began);
    if (wait > 0) await delay(wait, undefined, { signal });
    yield data;
  }
}

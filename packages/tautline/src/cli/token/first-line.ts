/** The first line of an input. A token in a pipe is in no list of processes, and in no history of a shell. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** "" when there is none. */
export async function firstLine(input: Readable): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    input.destroy();
  }
}

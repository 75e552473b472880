/** `tautline inspect`: shows the WebSocket traffic in a file. */
import { open } from "node:fs/promises";

import { MalformedFile } from "../../inspect/finding.ts";
import type { Finding } from "../../inspect/finding.ts";
import { inspectBytes } from "../../inspect/inspect-bytes.ts";
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { findingJson } from "../inspect/finding-json.ts";
import { findingText } from "../inspect/finding-text.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";

/** What is read at most: a capture of more is better cut first. */
const mostBytes = 512 * 1024 * 1024;

const options = {
  json: { type: "boolean", text: "print a JSON object per line and nothing else" },
} as const satisfies OptionTable;

export const inspectCommand: Command = {
  name: "inspect",
  summary: "Shows handshakes and frames in a capture (pcap, pcapng), a HAR file or a hex dump",
  operands: "<file> | -",
  options,
  examples: [
    ["tautline inspect capture.pcap", "what tcpdump or Wireshark saved"],
    ["tcpdump -i lo -s 0 -w - port 8080 | tautline inspect -", "until Ctrl-C ends tcpdump"],
    ["tautline inspect browser.har --json", "what Chromium's developer tools saved"],
    ["echo 81 85 37 fa 21 3d 7f 9f 4d 51 58 | tautline inspect -", "a frame by its bytes"],
  ],
  notes: [
    "→ is sent by the client, ← by the server. Compressed messages are inflated at their last frame. Times are\nin UTC. Connections over TLS and HTTP/2 cannot be read.",
  ],
  exitCodes: [
    [exitCodes.ok, "handshakes, frames or messages were found"],
    [exitCodes.failure, "nothing was found, or the file cannot be read"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  const [file, ...more] = operands;
  if (file === undefined) throw new UsageMistake("inspect needs a file, or - for standard input");
  if (more.length > 0) throw new UsageMistake(`inspect takes one file, not also '${more[0]}'`);
  const bytes = await (file === "-" ? readInput(terminal) : readWhole(file));
  const { stdout, env } = terminal;
  const style = styleFor(stdout, env);
  let found = 0;
  const report = (finding: Finding): void => {
    if (finding.kind !== "note" && finding.kind !== "connection") found += 1;
    stdout.write(values.json === true ? findingJson(finding) : findingText(finding, style));
  };
  try {
    inspectBytes(bytes, report);
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw error;
    throw new Error(`cannot read ${nameOf(file)}: ${error.message}`, { cause: error });
  }
  if (found > 0) return exitCodes.ok;
  throw new Error(`there is no WebSocket traffic in ${nameOf(file)}`);
}

const nameOf = (file: string): string => (file === "-" ? "standard input" : `'${file}'`);

/**
 * Standard input to its end. Ctrl-C goes to all programs of a pipe: the first is meant for the one that captures, whose end is waited
 * for; the second ends this one.
 */
async function readInput(terminal: Terminal): Promise<Buffer> {
  const { stdin } = terminal;
  if (stdin.isTTY === true) return gather(stdin);
  const release = terminal.onSignal("SIGINT", () => release());
  try {
    return await gather(stdin);
  } finally {
    release();
  }
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    return await gather(handle.createReadStream());
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new Error(`cannot read '${file}' (${code})`, { cause: error });
  }
}

async function gather(source: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let byteLength = 0;
  for await (const part of source) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    byteLength += bytes.byteLength;
    if (byteLength > mostBytes) {
      throw new Error("more than 512 MiB: cut the capture first, such as with editcap or a filter");
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

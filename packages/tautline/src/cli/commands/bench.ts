/** `tautline bench`: loads a WebSocket server that echoes, and measures. */
import { setMaxListeners } from "node:events";
import { writeFile } from "node:fs/promises";

import { webSocketAddress } from "../address.ts";
import { benchReport } from "../bench/html-report.ts";
import { Load } from "../bench/load.ts";
import { resultText } from "../bench/result-text.ts";
import { wentWell } from "../bench/result.ts";
import type { BenchPlan, BenchResult } from "../bench/result.ts";
import type { Command, OptionTable, ParsedArguments } from "../command.ts";
import { exitCodes, parseArguments, secondsInMs, UsageMistake, wholeNumber } from "../command.ts";
import { ProgressBar } from "../progress-bar.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";

const mostDurationMs = 24 * 60 * 60 * 1000;

const options = {
  connections: { type: "string", short: "c", value: "count", text: "connections at a time (10)" },
  rate: {
    type: "string",
    short: "r",
    value: "count",
    text: "messages a second, of all connections together (as fast as echoes come)",
  },
  size: { type: "string", short: "s", value: "bytes", text: "bytes of a message (32)" },
  duration: { type: "string", short: "d", value: "seconds", text: "how long to load it (10)" },
  ramp: { type: "string", value: "seconds", text: "open the connections over so long (1)" },
  binary: { type: "boolean", short: "b", text: "send binary messages and not text" },
  timeout: { type: "string", value: "seconds", text: "give up connecting after so long (30)" },
  json: { type: "boolean", text: "print the result as JSON" },
  report: { type: "string", value: "file", text: "write a page with charts" },
} as const satisfies OptionTable;

export const benchCommand: Command = {
  name: "bench",
  summary: "Loads a WebSocket server that echoes and measures throughput and latency",
  operands: "<url>",
  options,
  examples: [
    ["tautline bench ws://localhost:8080/echo", "as fast as it goes, for 10 seconds"],
    [
      "tautline bench ws://localhost:8080/echo -c 1000 -r 5000 --ramp 5",
      "latency at 5000 messages a second over 1000 connections",
    ],
    ["tautline bench ws://localhost:8080/echo -r 1000 --report load.html", "with charts"],
  ],
  notes: [
    "With --rate, a message's latency counts from when it was due, not from when it could be sent: a server\nthat stalls does not hide it (coordinated omission). Load and server on one machine share its processors.",
  ],
  exitCodes: [
    [exitCodes.ok, "all connections opened and stayed, and all messages were answered"],
    [exitCodes.failure, "some did not, or there was nothing that echoes"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  const plan = planOf(webSocketAddress(benchCommand.name, operands), values);
  const timeoutMs = secondsInMs(values.timeout ?? "30", "--timeout");
  const stopping = new AbortController();
  // Every connection that is being opened listens to it.
  setMaxListeners(0, stopping.signal);
  const releases = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, () => stopping.abort()),
  );
  const bar = new ProgressBar(terminal);
  try {
    const load = new Load({
      plan,
      binary: values.binary === true,
      connectTimeoutMs: Math.max(1, timeoutMs),
      signal: stopping.signal,
      onProgress: (share, text) => bar.draw(share, text),
    });
    const result = await load.run();
    bar.clear();
    await publish(result, values, terminal);
    return wentWell(result) ? exitCodes.ok : exitCodes.failure;
  } finally {
    bar.clear();
    for (const release of releases) release();
  }
}

type Values = ParsedArguments<typeof options>["values"];

function planOf(url: URL, values: Values): BenchPlan {
  const number = (name: "connections" | "rate" | "size", most: number, fallback: string) =>
    wholeNumber(values[name] ?? fallback, `--${name}`, { least: name === "size" ? 0 : 1, most });
  return {
    url,
    connections: number("connections", 50_000, "10"),
    rate: values.rate === undefined ? undefined : number("rate", 10_000_000, "1"),
    size: number("size", 16 * 1024 * 1024, "32"),
    durationMs: spanOf(values.duration ?? "10", "--duration", 100),
    rampMs: spanOf(values.ramp ?? "1", "--ramp", 0),
  };
}

function spanOf(text: string, option: string, leastMs: number): number {
  const ms = secondsInMs(text, option);
  if (ms < leastMs) throw new UsageMistake(`${option} takes at least ${leastMs / 1000} seconds`);
  if (ms > mostDurationMs) throw new UsageMistake(`${option} takes at most a day`);
  return ms;
}

async function publish(result: BenchResult, values: Values, terminal: Terminal): Promise<void> {
  const { stdout, env } = terminal;
  if (values.json === true) stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else stdout.write(resultText(result, styleFor(stdout, env)));
  if (values.report === undefined) return;
  try {
    await writeFile(values.report, benchReport(result));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Error(`cannot write '${values.report}' (${code})`, { cause: error });
  }
}

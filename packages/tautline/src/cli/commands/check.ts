/** `tautline check`: plays the cases to anybody's WebSocket server or client, and reports. */
import { writeFile } from "node:fs/promises";

import { reportOn } from "../../conformance/case-report.ts";
import type { CaseReport, Report } from "../../conformance/case-report.ts";
import type { ClientOpeningCase } from "../../conformance/client-opening/client-opening-case.ts";
import { clientOpeningReport } from "../../conformance/client-opening/client-opening-report.ts";
import type { ConformanceCase } from "../../conformance/conformance-case.ts";
import type { OpeningCase } from "../../conformance/opening/opening-case.ts";
import { openingReport } from "../../conformance/opening/opening-report.ts";
import { testerTimes } from "../../conformance/tester.ts";
import type { TesterTimes } from "../../conformance/tester.ts";
import { webSocketAddress } from "../address.ts";
import { selectCases } from "../check/case-selection.ts";
import { runClient } from "../check/client-run.ts";
import { htmlReport } from "../check/html-report.ts";
import { jsonReport } from "../check/json-report.ts";
import { Run } from "../check/run.ts";
import { runServer } from "../check/server-run.ts";
import { isGood, summaryText } from "../check/summary.ts";
import type { Command, OptionTable, ParsedArguments } from "../command.ts";
import { exitCodes, parseArguments, secondsInMs, UsageMistake, wholeNumber } from "../command.ts";
import { handshakeOptions, handshakeWishes } from "../handshake-options.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";

const options = {
  client: { type: "boolean", text: "check a client: listen, and play a case to each connection" },
  only: {
    type: "string",
    multiple: true,
    value: "cases",
    text: "play these cases alone: numbers of sections or cases, such as 7 or 6.4.1,5",
  },
  list: { type: "boolean", text: "show the cases and play none" },
  full: {
    type: "boolean",
    text: "play sections 9, 12 and 13 in full: up to 16 MiB, 1000 messages; takes minutes",
  },
  timeout: {
    type: "string",
    value: "seconds",
    text: "give a connection up after so much silence (10)",
  },
  "at-once": {
    type: "string",
    value: "count",
    text: "so many connections at a time, to a server (8)",
  },
  ...handshakeOptions,
  http2: { type: "boolean", text: "open WebSockets over HTTP/2 (RFC 8441), to a server" },
  host: { type: "string", value: "address", text: "with --client: listen on this (127.0.0.1)" },
  port: { type: "string", value: "port", text: "with --client: and on this port (9001)" },
  idle: {
    type: "string",
    value: "seconds",
    text: "with --client: end when no client has come for so long (60)",
  },
  json: { type: "string", value: "file", text: "write the report as JSON; - is standard output" },
  html: { type: "string", value: "file", text: "write the report as an HTML file" },
} as const satisfies OptionTable;

type Values = ParsedArguments<typeof options>["values"];

export const checkCommand: Command = {
  name: "check",
  summary: "Checks any WebSocket server or client that echoes against RFC 6455 and RFC 7692",
  operands: "<url> | --client",
  options,
  examples: [
    ["tautline check ws://localhost:8080/echo", "all cases, to a server"],
    ["tautline check ws://localhost:8080/echo --html report.html", "and a report to look at"],
    ["tautline check ws://localhost:8080/echo --only 7,6.4", "closing, and failing fast"],
    [
      "tautline check wss://example.com/ -p chat -H 'Authorization: Bearer …'",
      "a server that wants a subprotocol and a token",
    ],
    ["tautline check --client --port 9001", "wait for a client"],
    ["tautline check --list --only 14", "what the cases about the opening handshake do"],
    ["tautline check --client --list --only 15", "and those for clients"],
  ],
  notes: [
    "A fail is a broken MUST. A notice is what the specifications allow, merely recommend or do not say;\nit does not spoil the run. The server has to send back each message as it came; messages that it\nsends by itself when a client connects are skipped.",
  ],
  exitCodes: [
    [exitCodes.ok, "no case failed"],
    [exitCodes.failure, "a case failed or was not played, or there was nothing to check"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

/** What the command line asks for. */
interface Choice {
  readonly cases: readonly ConformanceCase[];
  readonly openings: readonly OpeningCase[];
  readonly clientOpenings: readonly ClientOpeningCase[];
  readonly times: TesterTimes;
  readonly sectionTitles: ReadonlyMap<string, string>;
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  const { sectionTitles, ...selected } = await selection(values);
  if (values.list === true) {
    if (operands.length > 0) throw new UsageMistake("--list plays nothing, and takes no address");
    const listed = [...selected.cases, ...selected.openings, ...selected.clientOpenings];
    terminal.stdout.write(listed.map(({ id, title }) => `${id.padEnd(8)} ${title}\n`).join(""));
    return exitCodes.ok;
  }
  const silenceMs =
    values.timeout === undefined ? testerTimes.silenceMs : timeoutOf(values.timeout);
  const caseMs = testerTimes.caseMs * (values.full === true ? 5 : 1);
  const times = { ...testerTimes, silenceMs, caseMs: Math.max(caseMs, 2 * silenceMs) };
  const choice = { ...selected, times, sectionTitles };
  const stopping = new AbortController();
  const releases = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, () => stopping.abort()),
  );
  try {
    const check = values.client === true ? checkClient : checkServer;
    const report = await check(choice, { values, operands }, { terminal, signal: stopping.signal });
    await publish(report, choice, { values, terminal });
    return isGood(report) ? exitCodes.ok : exitCodes.failure;
  } finally {
    for (const release of releases) release();
  }
}

/** The cases that are wanted. Those about the opening handshake are for HTTP/1.1, and others for servers than for clients. */
async function selection(values: Values): Promise<Omit<Choice, "times">> {
  const { casesAt, full, quick, sectionTitles } = await import("../../conformance/cases/cases.ts");
  const { openingCases, openingTitles } =
    await import("../../conformance/opening/opening-cases.ts");
  const { clientOpeningCases, clientOpeningTitles } =
    await import("../../conformance/client-opening/client-opening-cases.ts");
  const isClient = values.client === true;
  const all = {
    cases: casesAt(values.full === true ? full : quick),
    openings: isClient || values.http2 === true ? [] : openingCases,
    clientOpenings: isClient ? clientOpeningCases : [],
  };
  const rows = [...all.cases, ...all.openings, ...all.clientOpenings];
  const ids = new Set(selectCases<{ id: string }>(rows, values.only ?? []).map(({ id }) => id));
  const isWanted = ({ id }: { readonly id: string }): boolean => ids.has(id);
  return {
    cases: all.cases.filter(isWanted),
    openings: all.openings.filter(isWanted),
    clientOpenings: all.clientOpenings.filter(isWanted),
    sectionTitles: new Map([...sectionTitles, ...openingTitles, ...clientOpeningTitles]),
  };
}

interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

type Line = ParsedArguments<typeof options>;

const onlyForClients = ["host", "port", "idle"] as const;
const onlyForServers = ["at-once", "http2", "subprotocol", "header", "origin"] as const;

async function checkServer(
  { cases, openings, times }: Choice,
  { values, operands }: Line,
  { terminal, signal }: Surroundings,
): Promise<Report> {
  const misplaced = onlyForClients.find((name) => values[name] !== undefined);
  if (misplaced !== undefined) throw new UsageMistake(`--${misplaced} needs --client beside it`);
  const url = webSocketAddress(checkCommand.name, operands);
  const atOnce = values["at-once"] ?? "8";
  const unplayed = [
    ...cases.map((row) => reportOn(row, undefined)),
    ...openings.map((row) => openingReport(row, undefined)),
  ];
  const found = new Run(unplayed, terminal);
  const how = {
    url,
    cases,
    openings,
    times,
    http2: values.http2 === true,
    extras: handshakeWishes(values),
    atOnce: wholeNumber(atOnce, "--at-once", { least: 1, most: 64 }),
    signal,
  };
  return reported(values, "server", async () => {
    await runServer(how, found);
    return { address: url.href, cases: found.end() };
  });
}

async function checkClient(
  { cases, clientOpenings: openings, times }: Choice,
  { values, operands }: Line,
  { terminal, signal }: Surroundings,
): Promise<Report> {
  const misplaced = onlyForServers.find((name) => values[name] !== undefined);
  if (misplaced !== undefined) throw new UsageMistake(`--${misplaced} is for checking a server`);
  if (operands.length > 0) {
    throw new UsageMistake(
      `--client waits for a client and takes no address, not '${operands[0]}'`,
    );
  }
  const unplayed = [
    ...cases.map((row) => reportOn(row, undefined)),
    ...openings.map((row) => clientOpeningReport(row, undefined)),
  ];
  const found = new Run(unplayed, terminal);
  const how = {
    cases,
    openings,
    times,
    host: values.host ?? "127.0.0.1",
    port: wholeNumber(values.port ?? "9001", "--port", { least: 0, most: 65_535 }),
    idleMs: secondsInMs(values.idle ?? "60", "--idle"),
    signal,
  };
  return reported(values, "client", async () => {
    const address = await runClient(how, found, terminal);
    return { address: `at ${address}`, cases: found.end() };
  });
}

async function reported(
  values: Values,
  role: Report["subject"]["role"],
  play: () => Promise<{ readonly address: string; readonly cases: readonly CaseReport[] }>,
): Promise<Report> {
  const startedAt = new Date();
  const began = performance.now();
  const { address, cases } = await play();
  const durationMs = performance.now() - began;
  return { subject: { role, address }, full: values.full === true, startedAt, durationMs, cases };
}

async function publish(
  report: Report,
  { sectionTitles }: Choice,
  { values, terminal }: { readonly values: Values; readonly terminal: Terminal },
): Promise<void> {
  // Where the JSON goes to standard output, nothing else may.
  const { stdout, stderr, env } = terminal;
  const stream = values.json === "-" ? stderr : stdout;
  stream.write(summaryText(report, styleFor(stream, env)));
  if (values.json === "-") stdout.write(jsonReport(report));
  else if (values.json !== undefined) await save(values.json, jsonReport(report));
  if (values.html !== undefined) await save(values.html, htmlReport(report, sectionTitles));
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Error(`cannot write '${file}' (${code})`, { cause: error });
  }
}

function timeoutOf(text: string): number {
  const ms = secondsInMs(text, "--timeout");
  if (ms < 100) throw new UsageMistake("--timeout takes at least 0.1 seconds");
  return ms;
}

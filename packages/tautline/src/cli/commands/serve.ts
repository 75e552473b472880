/** `tautline serve`: runs a server until a signal ends it. */
import { serve } from "../../serve/serve.ts";
import type { DrainOptions } from "../../serve/drain-options.ts";
import { serveDefaults } from "../../serve/options.ts";
import type { TautlineServer } from "../../serve/server.ts";
import { paths } from "../../serve/server.ts";
import type { TokenOptions } from "../../tokens/token-options.ts";
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake, wholeNumber } from "../command.ts";
import { drainChoice, drainOptions } from "../drain-options.ts";
import type { HistoryChoice } from "../history-options.ts";
import { historyChoice, historyOptions } from "../history-options.ts";
import { tokenKeyOptions, tokenKeys } from "../token-keys.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";
import { textLogger } from "../text-logger.ts";

const options = {
  port: {
    type: "string",
    short: "p",
    value: "port",
    text: `listen on this port; 0 takes a free one (PORT, or ${serveDefaults.port})`,
  },
  host: {
    type: "string",
    value: "address",
    text: `listen on this address; 0.0.0.0 for all (${serveDefaults.host}, this machine only)`,
  },
  ...tokenKeyOptions,
  open: {
    type: "boolean",
    text: "with tokens: whoever has a good one may use every channel",
  },
  ...historyOptions,
  ...drainOptions,
} as const satisfies OptionTable;

export const serveCommand: Command = {
  name: "serve",
  summary: "Serves the chat page, the hub, /echo and /broadcast",
  operands: "",
  options,
  examples: [
    ["tautline serve", "on http://localhost:8080, for this machine only"],
    ["tautline serve --port 9000", "on another port"],
    ["tautline serve --host 0.0.0.0", "for the whole network"],
    ["tautline serve --data-dir ./data", "with history that survives a crash and a restart"],
    ["tautline serve --token-hmac-secret-file secret.txt --open", "for those who have a token"],
  ],
  notes: [
    'Without keys of tokens the server is open: whoever reaches it may connect, subscribe and publish. Rules are set in code:\nimport { serve } from "tautline", and give it hooks.',
  ],
  exitCodes: [
    [exitCodes.ok, "ended by Ctrl-C, SIGTERM or SIGHUP, all clients told"],
    [exitCodes.failure, "could not start, or forced by a second Ctrl-C"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  if (operands.length > 0) throw new UsageMistake(`serve takes no operand, not '${operands[0]}'`);
  const port = portFrom(values.port, terminal.env["PORT"]);
  const host = values.host ?? serveDefaults.host;
  if (host === "") throw new UsageMistake("--host takes an address such as 0.0.0.0");
  const tokens = await tokenKeys(values, terminal.env);
  if (values.open === true && tokens === undefined)
    throw new UsageMistake("--open needs keys of tokens beside it");
  const history = historyChoice(values, terminal.env);
  const open = values.open === true;
  const drain = drainChoice(values, terminal.env);
  const server = await start({ port, host, tokens, open, history, drain, terminal });
  terminal.stdout.write(banner(server, terminal, reachOf(server, tokens !== undefined)));
  return untilStopped(server, terminal);
}

function portFrom(flag: string | undefined, variable: string | undefined): number {
  const range = { least: 0, most: 65_535 };
  if (flag !== undefined) return wholeNumber(flag, "--port", range);
  if (variable !== undefined && variable !== "") return wholeNumber(variable, "PORT", range);
  return serveDefaults.port;
}

interface Start {
  readonly port: number;
  readonly host: string;
  readonly tokens: TokenOptions | undefined;
  /** With tokens: whether they open every channel. */
  readonly open: boolean;
  readonly history: HistoryChoice;
  readonly drain: DrainOptions;
  readonly terminal: Terminal;
}

async function start({ port, host, tokens, open, ...rest }: Start): Promise<TautlineServer> {
  const { history, drain, terminal } = rest;
  const hub = { channels: history.channels, ...(tokens && { open }) };
  try {
    const { broker, dataDir } = history;
    const logger = textLogger(terminal);
    return await serve({ port, host, tokens, hub, broker, dataDir, ...drain, logger });
  } catch (error) {
    // Keys that make no sense; the text says nothing of a secret.
    if (error instanceof RangeError && tokens !== undefined) throw new UsageMistake(error.message);
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const advice = adviceFor(String(code), port, host);
    if (advice === undefined) throw error;
    throw new Error(advice, { cause: error });
  }
}

/** What to do when the port cannot be had. */
function adviceFor(code: string, port: number, host: string): string | undefined {
  const other = port < 1024 || port > 65_000 ? serveDefaults.port : port + 1;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is taken. Stop the program that has it, or choose another: --port ${other}`;
    case "EACCES":
      return `port ${port} needs more rights than this user has. Choose another: --port ${other}`;
    case "EADDRNOTAVAIL":
      return `${host} is no address of this machine. For all of its addresses: --host 0.0.0.0`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host named ${host}. For all addresses of this machine: --host 0.0.0.0`;
    default:
      return undefined;
  }
}

/** Who may do what, as a label and a sentence. */
function reachOf(server: TautlineServer, tokens: boolean): readonly [label: string, text: string] {
  const here = server.networkUrls.length === 0;
  const reach = here ? "every program on this machine" : "everybody who reaches these addresses";
  if (!tokens) return ["Open:", `${reach} may connect, subscribe and publish.`];
  return server.open
    ? ["Tokens:", "whoever has a good one may connect, subscribe and publish."]
    : ["Tokens:", "whoever has a good one may connect, and do what it allows."];
}

function banner(
  server: TautlineServer,
  terminal: Terminal,
  [label, reach]: readonly [string, string],
): string {
  const style = styleFor(terminal.stdout, terminal.env);
  const webSocketUrl = server.url.replace(/^http/u, "ws");
  const rows = [
    ["Page", style.cyan(server.url)],
    ...server.networkUrls.map((url) => ["", style.cyan(url)]),
    ["Echo", `${webSocketUrl}${paths.echo}`],
    ["Broadcast", `${webSocketUrl}${paths.broadcast}`],
    ["Hub", `${webSocketUrl}${paths.hub}`],
  ];
  return [
    style.bold("Tautline is running."),
    "",
    ...rows.map(([label = "", text = ""]) => `  ${style.dim(label.padEnd(10))} ${text}`),
    "",
    `${style.yellow(label)} ${reach}`,
    style.dim("Ctrl-C stops."),
    "",
  ].join("\n");
}

/**
 * npm and npx pass on a Ctrl-C that the terminal has given to everybody already, so one key may arrive twice: what comes
 * within this time of the first, in milliseconds, is the same key.
 */
const sameKeyMs = 300;

/** Resolves to the exit code once a signal has ended the server: in order, or at once at the second. */
function untilStopped(server: TautlineServer, terminal: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    let stage: "serving" | "stopping" | "waiting" | "forced" = "serving";
    let waiting: NodeJS.Timeout | undefined;
    const settle = (ended: Promise<void>): void => {
      ended.then(() => {
        clearTimeout(waiting);
        for (const release of releases) release();
        resolve(stage === "forced" ? exitCodes.failure : exitCodes.ok);
      }, reject);
    };
    const stop = (): void => {
      if (stage === "serving") {
        stage = "stopping";
        terminal.stderr.write("Stopping: telling the clients.\n");
        waiting = setTimeout(() => {
          stage = "waiting";
          terminal.stderr.write("Waiting for clients to answer. Once more forces.\n");
        }, sameKeyMs);
        settle(server.close());
      } else if (stage === "waiting") {
        stage = "forced";
        settle(server.terminate());
      }
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const releases = signals.map((signal) => terminal.onSignal(signal, stop));
  });
}

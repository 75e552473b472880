/** `tautline serve`: runs a server until a signal ends it. */
import { serve } from "../../serve/serve.ts";
import type { ServeOptions } from "../../serve/options.ts";
import type { RunningServer } from "../../workers/crew-server.ts";
import { startCrew } from "../../workers/crew-server.ts";
import { work, workerTerms } from "../../workers/worker.ts";
import type { Command } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { openServerLog } from "../log/server-log.ts";
import { adviceFor } from "../serve/advice.ts";
import { banner } from "../serve/banner.ts";
import type { ServeChoices } from "../serve/options-from.ts";
import { optionsFrom } from "../serve/options-from.ts";
import { serveSettings } from "../serve/serve-settings.ts";
import { choose } from "../settings/choose.ts";
import { readConfigFile } from "../settings/config-file.ts";
import { flagsOf, secretsNote } from "../settings/flags.ts";
import { printedSettings } from "../settings/print.ts";
import type { Terminal } from "../terminal.ts";
import { workerCount } from "../worker-count.ts";

const ownOptions = {
  config: {
    type: "string",
    short: "c",
    value: "file",
    text: "read settings from this file, in JSON (TAUTLINE_CONFIG)",
  },
  "print-config": {
    type: "boolean",
    text: "print every setting and where it comes from, and end",
  },
} as const;

export const serveCommand: Command = {
  name: "serve",
  summary: "Serves the chat page, the hub, /echo and /broadcast",
  operands: "",
  options: { ...flagsOf(serveSettings), ...ownOptions },
  examples: [
    ["tautline serve", "on http://localhost:8080, for this machine only"],
    ["tautline serve --port 9000", "on another port"],
    ["tautline serve --host 0.0.0.0", "for the whole network"],
    ["tautline serve --data-dir ./data", "with history that survives a crash and a restart"],
    ["tautline serve --token-hmac-secret-file secret.txt --open", "for those who have a token"],
    ["tautline serve --api-key-file keys.txt --internal-port 9000", "with an API for backends"],
    ["tautline serve --workers auto", "with a process for each core"],
    ["tautline serve --config tautline.json --print-config", "what a file comes to"],
  ],
  notes: [
    'Without keys of tokens the server is open: whoever reaches it may connect, subscribe and publish. Rules are set in code:\nimport { serve } from "tautline", and give it hooks; or by a backend of yours: --hook.',
    "A flag comes before a variable, and that before the file. The name of a key in the file is the flag's in camel case:\n--api-prefix is apiPrefix. Names of files in it are meant from where it is.",
    ...secretsNote(serveSettings, true),
  ],
  exitCodes: [
    [exitCodes.ok, "ended by Ctrl-C, SIGTERM or SIGHUP, all clients told"],
    [exitCodes.failure, "could not start, or forced by a second Ctrl-C"],
    [exitCodes.usage, "wrong command line, environment or configuration file"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...flagsOf(serveSettings), ...ownOptions });
  if (operands.length > 0) throw new UsageMistake(`serve takes no operand, not '${operands[0]}'`);
  const { env } = terminal;
  const path = values.config ?? (env["TAUTLINE_CONFIG"] || undefined);
  const file = path === undefined ? undefined : await readConfigFile(serveSettings, path);
  const choices = choose(serveSettings, { flags: values, env, file });
  const options = await optionsFrom(choices);
  if (values["print-config"] === true) {
    terminal.stdout.write(printedSettings(serveSettings, choices));
    return exitCodes.ok;
  }
  const { logger, say } = await openServerLog(choices, options, terminal);
  const complete = { ...options, logger };
  const workers = workerCount(choices);
  const terms = workerTerms(env);
  if (terms !== undefined) {
    const explain = (error: unknown): string => adviceFor(error, choices) ?? messageOf(error);
    return runWorker(() => work(complete, terms, explain), terminal);
  }
  const server = await start(complete, choices, workers);
  const { url, internalPort } = server;
  logger.info({ url, internalPort }, "listening");
  if (choices.banner.value) terminal.stdout.write(banner(server, terminal, choices, options));
  return untilStopped(server, terminal, say);
}

/** Signals come to all processes of a terminal, and the primary tells its workers what to do: they wait for that. */
async function runWorker(serving: () => Promise<boolean>, terminal: Terminal): Promise<number> {
  const releases = stopSignals.map((signal) => terminal.onSignal(signal, () => undefined));
  const started = await serving();
  for (const release of releases) release();
  return started ? exitCodes.ok : exitCodes.failure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function start(
  options: ServeOptions,
  choices: ServeChoices,
  workers: number,
): Promise<RunningServer> {
  try {
    return await (workers === 1 ? serve(options) : startCrew(options, workers));
  } catch (error) {
    // Settings that make no sense; the texts say nothing of a secret.
    if (error instanceof RangeError) throw new UsageMistake(error.message);
    const advice = adviceFor(error, choices);
    if (advice === undefined) throw error;
    throw new Error(advice, { cause: error });
  }
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * npm and npx pass on a Ctrl-C that the terminal has given to everybody already, so one key may arrive twice: what comes
 * within this time of the first, in milliseconds, is the same key.
 */
const sameKeyMs = 300;

/** Resolves to the exit code once a signal has ended the server: in order, or at once at the second. */
function untilStopped(
  server: RunningServer,
  terminal: Terminal,
  say: (text: string) => void,
): Promise<number> {
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
        say("Stopping: telling the clients.");
        waiting = setTimeout(() => {
          stage = "waiting";
          say("Waiting for clients to answer. Once more forces.");
        }, sameKeyMs);
        settle(server.close());
      } else if (stage === "waiting") {
        stage = "forced";
        settle(server.terminate());
      }
    };
    const releases = stopSignals.map((signal) => terminal.onSignal(signal, stop));
  });
}

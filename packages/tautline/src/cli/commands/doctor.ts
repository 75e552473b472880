/** `tautline doctor`: looks at what a server with many connections trips over, and says what to change. */
import type { Command, OptionTable, ParsedArguments } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake, wholeNumber } from "../command.ts";
import { lookAtBroker } from "../doctor/broker.ts";
import type { Finding } from "../doctor/finding.ts";
import { judgeNode } from "../doctor/node-version.ts";
import { judgePings } from "../doctor/proxies.ts";
import { systemFacts } from "../doctor/system-facts.ts";
import { judgeSystem } from "../doctor/system.ts";
import { printable } from "../printable.ts";
import { serveSettings } from "../serve/serve-settings.ts";
import { choose } from "../settings/choose.ts";
import { readConfigFile } from "../settings/config-file.ts";
import { styleFor } from "../style.ts";
import type { Style } from "../style.ts";
import type { Terminal } from "../terminal.ts";

const defaultConnections = 10_000;

/** How long a broker may take to answer. */
const brokerTimeoutMs = 5_000;

const options = {
  connections: {
    type: "string",
    short: "n",
    value: "count",
    text: `as many connections as the server is to have (${defaultConnections})`,
  },
  "ping-seconds": {
    type: "string",
    value: "seconds",
    text: `as often as the hub pings (TAUTLINE_PING_SECONDS, or ${serveSettings.pingSeconds.default})`,
  },
  broker: {
    type: "string",
    value: "address",
    text: "look at this Redis or NATS as well (TAUTLINE_BROKER)",
  },
  config: {
    type: "string",
    short: "c",
    value: "file",
    text: "take both from this configuration file (TAUTLINE_CONFIG)",
  },
  json: { type: "boolean", text: "print JSON" },
} as const satisfies OptionTable;

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Looks at limits, proxies' timeouts, Node.js, clock and broker, and says what to change",
  operands: "",
  options,
  examples: [
    ["tautline doctor", "for ten thousand connections"],
    ["tautline doctor -n 100000 --broker redis://localhost:6379", "for more, and with Redis"],
    ["tautline doctor --json | jq '.findings[] | select(.verdict == \"change\")'", "for programs"],
  ],
  exitCodes: [
    [exitCodes.ok, "nothing has to change"],
    [exitCodes.failure, "something has to change"],
    [exitCodes.usage, "wrong command line, environment or configuration file"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  if (operands.length > 0) throw new UsageMistake(`doctor takes no operand, not '${operands[0]}'`);
  const count = values.connections ?? String(defaultConnections);
  const connections = wholeNumber(count, "--connections", { least: 1, most: 100_000_000 });
  const { broker, pingSeconds } = await serverChoices(values, terminal);
  const findings = [
    judgeNode(process.versions.node, Date.now()),
    ...judgeSystem(await systemFacts(), connections),
    ...judgePings(pingSeconds.value),
    ...(await lookAtBroker({
      address: broker?.value,
      timeoutMs: brokerTimeoutMs,
      nowMs: Date.now,
    })),
  ];
  const ok = findings.every(({ verdict }) => verdict !== "change");
  const style = styleFor(terminal.stdout, terminal.env);
  terminal.stdout.write(
    values.json === true ? `${JSON.stringify({ ok, findings })}\n` : report(findings, style),
  );
  return ok ? exitCodes.ok : exitCodes.failure;
}

/** What `tautline serve` would be told by the same flags, environment and file. */
async function serverChoices(flags: ParsedArguments<typeof options>["values"], { env }: Terminal) {
  const path = flags.config ?? (env["TAUTLINE_CONFIG"] || undefined);
  const file = path === undefined ? undefined : await readConfigFile(serveSettings, path);
  const { broker, pingSeconds } = serveSettings;
  return choose({ broker, pingSeconds }, { flags, env, file });
}

function report(findings: readonly Finding[], style: Style): string {
  const marks = {
    good: style.green("good  "),
    note: style.yellow("note  "),
    change: style.red("change"),
  };
  const lines = findings.flatMap(({ name, verdict, found, advice, source }) => [
    `${marks[verdict]}  ${style.bold(name)}: ${printable(found)}`,
    ...(advice === undefined ? [] : [`        → ${advice}`]),
    ...(source === undefined || verdict === "good" ? [] : [`        ${style.dim(source)}`]),
  ]);
  const wrong = findings.filter(({ verdict }) => verdict === "change").length;
  const sum = wrong === 0 ? "Nothing has to change." : `To change: ${wrong}.`;
  return `${lines.join("\n")}\n\n${sum}\n`;
}

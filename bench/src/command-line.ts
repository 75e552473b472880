/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { cases, groups } from "./cases.ts";
import type { Case } from "./cases.ts";
import type { GeneratorKind } from "./generator.ts";
import { peers } from "./peers.ts";
import type { Peer } from "./peers.ts";
import type { Timing } from "./round.ts";

export interface Request {
  readonly cases: readonly Case[];
  readonly peers: readonly Peer[];
  /** Whether the peers were named: one that is missing is then a mistake. */
  readonly peersNamed: boolean;
  readonly rounds: number;
  /** After so many no further round is begun. */
  readonly minutes: number | undefined;
  readonly timing: Timing;
  readonly generator: GeneratorKind | undefined;
  readonly equalLoad: boolean;
  readonly output: string | undefined;
  readonly writeDocs: boolean;
}

const quickPeers = ["ws", "tautline", "net"];
const brokerPeers = peers.flatMap(({ name, broker }) => (broker === undefined ? [] : [name]));

export const help = `Usage: npm run bench -- [what ...] [options]

Measures WebSocket servers side by side: the server's CPU time per message, throughput, latency, memory.
Prints a table per case and writes everything as JSON to bench/results/.

What (default: everything):
${groups.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join("\n")}
  or the ids of single cases, as --list shows them

Options:
  --peers a,b        these servers alone: ${peers.map(({ name }) => name).join(", ")}
  --quick            a few cases, ${quickPeers.join(", ")}, two short rounds: under two minutes
  --rounds n         how often each server is measured, in turn with the others (default 5)
  --minutes n        goes round by round through all cases, as often as that time allows, once at least
  --seconds n        how long each measurement takes (default 0.6), after as long a warm-up, at most a second
  --no-equal-load    leave out latency at a rate that is the same for all
  --generator c|node the load generator: in C (where cc can build it), or on Node.js
  --output file      where to write the JSON
  --write-docs       write the tables into docs/explanation/performance.md as well, and with brokers and costs
                     what they found into docs/explanation/scaling.md
  --list             the cases
  --help             this text`;

export class UsageMistake extends Error {}

function list(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((name) => name !== "");
}

function chosenCases(names: readonly string[], quick: boolean): Case[] {
  for (const name of names) {
    if (groups.some((group) => group.name === name) || cases.some(({ id }) => id === name))
      continue;
    throw new UsageMistake(`There is no case ${name}.`);
  }
  return cases.filter((each) => {
    if (names.includes(each.id)) return true;
    if (names.length > 0 && !names.includes(each.group)) return false;
    return !quick || each.quick;
  });
}

function chosenPeers(names: readonly string[]): Peer[] {
  return names.map((name) => {
    const found = peers.find((peer) => peer.name === name);
    if (found === undefined) throw new UsageMistake(`There is no peer ${name}.`);
    return found;
  });
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new UsageMistake(`--${name} takes a positive number, not ${text}.`);
  return value;
}

/** A quick run stays quick on a machine that is busy. */
const quickMinutes = 1.5;

function minutesOf(text: string | undefined, quick: boolean): number | undefined {
  if (text === undefined) return quick ? quickMinutes : undefined;
  return positive("minutes", text, quickMinutes);
}

/** @throws UsageMistake with a sentence; and what parseArgs throws */
export function parseRequest(args: readonly string[]): Request | "help" | "list" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      peers: text,
      rounds: text,
      minutes: text,
      seconds: text,
      generator: text,
      output: text,
      quick: flag,
      "no-equal-load": flag,
      "write-docs": flag,
      list: flag,
      help: flag,
    },
  });
  if (values.help === true) return "help";
  if (values.list === true) return "list";
  const { quick = false, generator } = values;
  if (generator !== undefined && generator !== "c" && generator !== "node") {
    throw new UsageMistake(`--generator takes c or node, not ${generator}.`);
  }
  const ofPlan = ["brokers", "costs"].every((name) => positionals.includes(name));
  if (values["write-docs"] === true && (quick || !(ofPlan || positionals.length === 0))) {
    throw new UsageMistake(
      "--write-docs replaces all figures of a page: it wants every case, or brokers and costs.",
    );
  }
  const named = list(values.peers);
  const ofBrokers = positionals.some((name) => /^(?:brokers|costs)\b/u.test(name));
  const fewPeers = ofBrokers ? [...quickPeers, ...brokerPeers] : quickPeers;
  const names = quick && named.length === 0 ? fewPeers : named;
  const seconds = positive("seconds", values.seconds, quick ? 0.5 : 0.6);
  return {
    cases: chosenCases(positionals, quick),
    peers: names.length > 0 ? chosenPeers(names) : peers,
    peersNamed: named.length > 0,
    rounds: Math.ceil(positive("rounds", values.rounds, quick ? 2 : 5)),
    minutes: minutesOf(values.minutes, quick),
    timing: { seconds, warmup: Math.min(seconds, 1) },
    generator,
    equalLoad: values["no-equal-load"] !== true,
    output: values.output,
    writeDocs: values["write-docs"] === true,
  };
}

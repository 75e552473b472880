/** `npm run bench`: from the command line to the tables and the JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { cases } from "./cases.ts";
import { UsageMistake, help, parseRequest } from "./command-line.ts";
import type { Request } from "./command-line.ts";
import { findCores } from "./cores.ts";
import { installExtraPackages } from "./extra-packages.ts";
import { benchFolder } from "./folders.ts";
import { Generator } from "./generator.ts";
import { describeMachine } from "./machine.ts";
import type { MachineState } from "./machine.ts";
import type { CaseResult, RunResult } from "./result.ts";
import { writePage } from "./page.ts";
import { keepCosts, readCosts } from "./plan/costs.ts";
import { writePlan } from "./plan/plan-page.ts";
import { serves } from "./peers.ts";
import { CaseRun, fitConnections, runRounds } from "./run.ts";
import type { Plan, Runner } from "./run.ts";
import { spread } from "./statistics.ts";
import { caseTable } from "./table.ts";
import { dim, say } from "./terminal.ts";
import { findVersions } from "./versions.ts";

type LeftOut = RunResult["leftOut"][number];

/** The peers that can be measured, and why the others cannot. */
async function prepare(request: Request): Promise<{ runners: Runner[]; leftOut: LeftOut[] }> {
  const runners: Runner[] = [];
  const leftOut: LeftOut[] = [];
  const wanted = request.peers.filter((peer) => request.cases.some((each) => serves(peer, each)));
  const wantsExtra = wanted.some(({ extra }) => extra);
  const missing = wantsExtra ? await installExtraPackages() : undefined;
  for (const peer of wanted) {
    if (peer.extra && missing !== undefined) {
      leftOut.push({ peer: peer.name, reason: missing });
      continue;
    }
    const program = await peer.program();
    if ("leftOut" in program) leftOut.push({ peer: peer.name, reason: program.leftOut });
    else runners.push({ peer, program });
  }
  if (request.peersNamed && leftOut.length > 0) {
    throw new UsageMistake(leftOut.map(({ peer, reason }) => `${peer}: ${reason}`).join("\n"));
  }
  return { runners, leftOut };
}

function othersCpu(results: readonly CaseResult[]): Pick<MachineState, "othersCpu"> {
  const values = results.flatMap(({ unit, peers }) =>
    unit === "bytes/connection"
      ? []
      : peers.flatMap(({ samples }) => samples.map(({ load }) => load.othersCpu)),
  );
  if (values.length === 0) return {};
  const { median, max } = spread(values);
  return { othersCpu: { median, max } };
}

interface Progress {
  readonly rounds: number;
  readonly cases: CaseResult[];
  readonly notes: readonly string[];
}

/** Runs all that `plan` wants. `keep` is called with what there is whenever a round of a case is over. */
async function runAll(plan: Plan, keep: (progress: Progress) => void): Promise<Progress> {
  const { cases: wanted, rounds, minutes } = plan.request;
  const fitting = wanted.map(fitConnections);
  const notes = fitting.flatMap(({ note }) => note ?? []);
  const runs = fitting.map((each) => new CaseRun(each.case, plan)).filter((run) => run.isServed);
  const progressOf = (): Progress => {
    const begun = runs.filter((run) => run.roundsDone > 0);
    const roundsDone = begun.filter((run) => run.wantsMore).map((run) => run.roundsDone);
    return {
      rounds: Math.min(rounds, ...roundsDone),
      cases: begun.map((run) => run.result),
      notes,
    };
  };
  const endsAt = minutes === undefined ? undefined : performance.now() + minutes * 60_000;
  const over = endsAt === undefined ? undefined : () => performance.now() >= endsAt;
  await runRounds(runs, { rounds, ...(over && { over }) }, (run, last) => {
    keep(progressOf());
    if (last && over === undefined) say(caseTable(run.result));
  });
  if (over !== undefined) for (const run of runs) say(caseTable(run.result));
  return progressOf();
}

async function bench(request: Request): Promise<boolean> {
  const date = new Date().toISOString();
  const machine = describeMachine();
  const cores = findCores();
  const generator = await Generator.find(request.generator, cores);
  const { runners, leftOut } = await prepare(request);
  for (const { peer, reason } of leftOut) say(dim(`${peer} is left out: ${reason}`));
  if (generator.note !== undefined) {
    say(
      dim(
        `The load generator is the one on Node.js, ${generator.note}. Small messages are bound by it.`,
      ),
    );
  }
  say(dim(`${machine.processor}, ${cores.text}\n`));
  const resultOf = ({ rounds, cases: results, notes }: Progress): RunResult => ({
    version: 1,
    date,
    command: [
      "npm run bench",
      ...(process.argv.length > 2 ? ["--"] : []),
      ...process.argv.slice(2),
    ].join(" "),
    rounds,
    timing: request.timing,
    machine: { ...machine, ...othersCpu(results) },
    generator: {
      kind: generator.kind,
      ...(generator.note !== undefined && { note: generator.note }),
    },
    cores: cores.text,
    versions: findVersions(runners),
    leftOut,
    notes,
    cases: results,
  });
  const name = `${date.slice(0, 19).replaceAll(":", "-")}.json`;
  const path = request.output ?? join(benchFolder, "results", name);
  mkdirSync(dirname(path), { recursive: true });
  const plan = { request, runners, generator, cores };
  const progress = await runAll(plan, (soFar) => save(resultOf(soFar), path));
  for (const note of progress.notes) say(note);
  const result = resultOf(progress);
  say(`Written: ${relative(process.cwd(), path)}`);
  if (request.writeDocs) await writeDocs(result);
  return result.cases.every(({ peers }) => peers.every(({ problems }) => problems.length === 0));
}

/** The pages whose figures have been measured. */
async function writeDocs(result: RunResult): Promise<void> {
  const groups = new Set(result.cases.map(({ group }) => group));
  if (groups.has("echo")) await writePage(result);
  if (!groups.has("costs")) return;
  keepCosts(result);
  await writePlan(readCosts());
}

/** After each round of a case: a run that is cut loses nothing of what it has found. */
function save(result: RunResult, path: string): void {
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}

async function main(): Promise<void> {
  try {
    const request = parseRequest(process.argv.slice(2));
    if (request === "help") say(help);
    else if (request === "list")
      say(cases.map(({ id, title }) => `${id.padEnd(24)} ${title}`).join("\n"));
    else if (!(await bench(request))) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof UsageMistake || (error instanceof TypeError && "code" in error)))
      throw error;
    console.error(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  }
}

await main();

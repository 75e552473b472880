/**
 * The figures of a run as Markdown, between two marks in the pages about performance. The words around them are the
 * pages' own. What belongs to several servers that act as one has no place there.
 */
import { writeBetween } from "./marked-pages.ts";
import { peers } from "./peers.ts";
import { ratio } from "./result.ts";
import type { CaseResult, PeerResult, RunResult } from "./result.ts";
import type { Spread } from "./statistics.ts";
import { figure, median, ratioText } from "./table.ts";

const marks = {
  begin: "<!-- figures: written by `npm run bench -- --write-docs` -->",
  end: "<!-- end of figures -->",
};

type Cells = readonly (readonly string[])[];

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function markdown(head: readonly string[], rows: Cells): string {
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function named(result: CaseResult, name: string): PeerResult | undefined {
  return result.peers.find(({ peer }) => peer === name);
}

/** Peers that took part, in their order, with their columns' heads. */
function columns({ cases }: RunResult): { name: string; title: string }[] {
  return peers.filter(({ name }) => cases.some((each) => named(each, name)?.cost !== undefined));
}

/** One row per case, one column per peer. */
function byPeer(
  result: RunResult,
  cases: readonly CaseResult[],
  text: (peer: PeerResult) => string,
): string {
  const all = columns({ ...result, cases });
  const rows = cases.map((each) => [
    each.title,
    ...all.map(({ name }) => {
      const peer = named(each, name);
      return peer === undefined ? "–" : peer.problems.length > 0 ? "failed" : text(peer);
    }),
  ]);
  return markdown(["", ...all.map(({ title }) => title)], rows);
}

function withRange(spread: Spread | undefined): string {
  if (spread === undefined) return "–";
  if (spread.min === spread.max) return figure(spread.median);
  return `${figure(spread.median)} <sub>${figure(spread.min)}–${figure(spread.max)}</sub>`;
}

const ratioHead = ["", "to ws", "to uWebSockets.js", "to Bun", "p99 at equal load, to ws"];

function ratios(cases: readonly CaseResult[], of: string): string {
  const rows = cases
    .filter((each) => named(each, of)?.cost !== undefined)
    .map((each) => [
      each.title,
      ...["ws", "uws", "bun"].map((to) => ratioText(ratio(each, { of, to }))),
      ratioText(ratio(each, { of, to: "ws" }, (peer) => peer.p99UsAtEqualLoad)),
    ]);
  return markdown(ratioHead, rows);
}

/** Case by case, the ratios of each of our own that took part. */
function ratioTables(result: RunResult): string[] {
  return columns(result)
    .filter(({ name }) => name.startsWith("tautline") || name === "hub")
    .flatMap(({ name, title }) => [`#### ${title}`, ratios(result.cases, name)]);
}

/** Fewer rounds, or more use of the machine by others, in cores, make a run a rehearsal. */
const enoughRounds = 3;
const quietEnough = 0.2;

function warning({ rounds, machine }: RunResult): string[] {
  const busy = (machine.othersCpu?.median ?? 0) > quietEnough;
  if (rounds >= enoughRounds && !busy) return [];
  const reasons = [
    ...(rounds < enoughRounds ? ["too few rounds"] : []),
    ...(busy
      ? ["others kept the machine busy, so code ran cold and servers waited for their core"]
      : []),
  ];
  return [`**These figures are a rehearsal and no result**: ${reasons.join("; ")}.`];
}

function conditions(result: RunResult): string {
  const { machine, versions, cores, generator, rounds, timing } = result;
  const others = machine.othersCpu;
  const busy =
    others === undefined
      ? ""
      : ` Others used ${figure(others.median)} cores meanwhile (median; at most ${figure(others.max)}).`;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    `- When: ${result.date.slice(0, 10)}, with \`${result.command}\`, ${rounds === 1 ? "one round" : `${rounds} rounds`} of ${timing.seconds} s.`,
    `- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${cores}.${busy}`,
    `- Versions: ${names.join(", ")}; load generator: ${generator.kind === "c" ? "in C" : "on Node.js"}.`,
    ...result.leftOut.map(({ peer, reason }) => `- Left out: ${peer} (${reason}).`),
    ...result.notes.map((note) => `- ${note}`),
  ];
  return lines.join("\n");
}

function growth(cases: readonly CaseResult[]): string[] {
  const grown = cases.flatMap(({ peers }) => peers).filter((peer) => peer.growth !== undefined);
  if (grown.length === 0) return [];
  const rows = grown.map((peer) => [peer.title, withRange(peer.growth)]);
  return [
    "### A message beside 9,900 idle connections, to one without them",
    markdown(["", "ratio of CPU times"], rows),
  ];
}

/** What the generator could not load fully is its own figure. */
function throughput({ perSecond, generatorBound }: PeerResult): string {
  return `${median(perSecond)}${generatorBound ? " (generator)" : ""}`;
}

function figuresOf(run: RunResult): string {
  const cases = run.cases.filter(({ group }) => group !== "brokers" && group !== "costs");
  const result = { ...run, cases };
  const memory = result.cases.filter(({ unit }) => unit === "bytes/connection");
  const timed = result.cases.filter(({ unit }) => unit !== "bytes/connection");
  const equal = timed.filter(({ rate }) => rate !== undefined);
  const sections = [
    ...warning(result),
    conditions(result),
    "### CPU time of the server, in µs for each message, delivery or connection",
    byPeer(result, timed, (peer) => withRange(peer.cost)),
    "### In relation to others",
    ...ratioTables(result),
    ...growth(timed),
  ];
  if (memory.length > 0) {
    sections.push("### Bytes for each idle connection");
    sections.push(byPeer(result, memory, (peer) => withRange(peer.cost)));
  }
  sections.push("### Throughput, per second");
  sections.push(byPeer(result, timed, throughput));
  if (equal.length > 0) {
    sections.push("### Latency at equal load, in µs: p99");
    sections.push(byPeer(result, equal, (peer) => withRange(peer.p99UsAtEqualLoad)));
  }
  sections.push("### Latency at full load, in µs: p50 / p99");
  sections.push(byPeer(result, timed, (peer) => `${median(peer.p50Us)} / ${median(peer.p99Us)}`));
  return sections.join("\n\n");
}

/** The pages with the figures of this run. @throws Error when the marks are not there */
export async function writePage(result: RunResult): Promise<void> {
  await writeBetween("performance", marks, figuresOf(result));
}

/** The table of a case for the terminal. */
import { ratio } from "./result.ts";
import type { CaseResult, PeerResult } from "./result.ts";
import type { Spread } from "./statistics.ts";
import { bold, dim, green, red } from "./terminal.ts";

/** Whom others are set in relation to, where they took part. */
const bases = ["ws", "uws", "bun", "one-node"] as const;

/** Three figures, thousands with commas. */
export function figure(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

export function median(spread: Spread | undefined): string {
  return spread === undefined ? "–" : figure(spread.median);
}

function range(spread: Spread): string {
  return `${figure(spread.min)}–${figure(spread.max)}`;
}

export function ratioText(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}

function row(result: CaseResult, peer: PeerResult, columns: Columns): string[] {
  const { cost } = peer;
  const ratios = columns.bases.map((to) => ratioText(ratio(result, { of: peer.peer, to })));
  return [
    peer.title,
    median(cost),
    cost === undefined ? "–" : range(cost),
    ...ratios,
    ...(columns.growth ? [ratioText(peer.growth?.median)] : []),
    ...(columns.flow ? [median(peer.perSecond), median(peer.p50Us), median(peer.p99Us)] : []),
    ...(columns.equal ? [median(peer.p99UsAtEqualLoad)] : []),
    ...(columns.flow
      ? [peer.utilization === undefined ? "–" : `${Math.round(peer.utilization * 100)} %`]
      : []),
    remark(peer),
  ];
}

function remark(peer: PeerResult): string {
  const remarks = peer.problems.length > 0 ? [`FAILED: ${peer.problems[0]}`] : [];
  if (peer.generatorBound) remarks.push("generator-bound");
  return remarks.join("; ");
}

interface Columns {
  readonly bases: readonly string[];
  readonly flow: boolean;
  readonly equal: boolean;
  readonly growth: boolean;
}

/** The table of one case. */
export function caseTable(result: CaseResult): string {
  const columns: Columns = {
    bases: bases.filter((name) => result.peers.some(({ peer, cost }) => peer === name && cost)),
    flow: result.unit !== "bytes/connection",
    equal: result.rate !== undefined,
    growth: result.peers.some(({ growth }) => growth !== undefined),
  };
  const head = [
    "",
    result.unit,
    "min–max",
    ...columns.bases.map((name) => `to ${name}`),
    ...(columns.growth ? ["growth"] : []),
    ...(columns.flow ? ["per second", "p50 µs", "p99 µs"] : []),
    ...(columns.equal ? [`p99 µs at ${figure(result.rate ?? 0)}/s`] : []),
    ...(columns.flow ? ["server"] : []),
    "",
  ];
  const rows = [head, ...result.peers.map((peer) => row(result, peer, columns))];
  const widths = head.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells, index) => {
    const own = result.peers[index - 1]?.peer.startsWith("tautline") ?? false;
    const text = cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const left = column === 0 || column === cells.length - 1;
        return left ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
    if (index === 0) return dim(text);
    if (text.includes("FAILED")) return red(text);
    return own ? green(text) : text;
  });
  return `${bold(result.title)}\n${lines.join("\n")}\n`;
}

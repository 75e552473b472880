/** The result for a terminal: figures, and the histogram as bars. */
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";
import { durationText } from "./duration-text.ts";
import type { BenchResult } from "./result.ts";

const barWidth = 40;

export function resultText(result: BenchResult, style: Style): string {
  const { latency, echoed, durationMs, plan } = result;
  const perSecond = (echoed * 1000) / Math.max(1, durationMs);
  const mib = (perSecond * plan.size) / 2 ** 20;
  const figures = Object.entries({
    p50: latency.p50,
    p90: latency.p90,
    p99: latency.p99,
    "p99.9": latency.p999,
    max: latency.most,
  }).map(([name, us]) => `${name} ${style.bold(durationText(us))}`);
  return [
    `${style.bold(`${Math.round(perSecond)} echoes a second`)}, ${mib.toFixed(2)} MiB/s each way; ${echoed} in ${(durationMs / 1000).toFixed(1)} s over ${result.opened} connections`,
    `latency  ${figures.join("  ")}`,
    style.dim(methodText(result)),
    ...histogramLines(result, style),
    ...troubleLines(result).map((line) => `${style.red("trouble")} ${line}`),
    "",
  ].join("\n");
}

export function methodText({ plan }: BenchResult): string {
  return plan.rate === undefined
    ? "each connection sends when its last echo has come: latency leaves out what a slow server holds back (see --rate)"
    : `latency counts from when a message was due at ${plan.rate} a second, so a server that stalls does not hide it`;
}

function histogramLines({ bars }: BenchResult, style: Style): string[] {
  const most = Math.max(...bars.map(({ count }) => count));
  return bars.map(({ from, to, count }) => {
    const label = `${durationText(from)} – ${durationText(to)}`.padStart(20);
    // Whatever was counted is seen.
    const width = count === 0 ? 0 : Math.max(1, Math.round((count / most) * barWidth));
    return `${label} ${style.cyan("█".repeat(width))} ${style.dim(String(count))}`;
  });
}

export function troubleLines(result: BenchResult): string[] {
  const { plan, opened, failures, unanswered, unsent, echoed } = result;
  return [
    ...(opened < plan.connections ? [`${opened} of ${plan.connections} connections opened`] : []),
    ...Object.entries(failures).map(([why, count]) => `${count} × ${printable(why)}`),
    ...(unanswered > 0 ? [`${unanswered} messages were not answered`] : []),
    ...(unsent > 0
      ? [`${unsent} messages were due and not sent: the server does not keep up`]
      : []),
    ...(echoed === 0 ? ["nothing came back"] : []),
  ];
}

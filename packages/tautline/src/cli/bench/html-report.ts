/** The result as a page that stands by itself, with charts in SVG. */
import { packageVersion } from "../../version.ts";
import { escapeHtml, htmlPage } from "../html-page.ts";
import { lineChart } from "./line-chart.ts";
import { durationText } from "./duration-text.ts";
import { methodText, troubleLines } from "./result-text.ts";
import type { BenchResult } from "./result.ts";

const style = `
.chart text{font:12px system-ui,sans-serif;fill:currentColor}
.chart .grid{stroke:var(--line)}
.line0{stroke:var(--accent)}.line1{stroke:var(--mild)}
.key0{color:var(--accent)}.key1{color:var(--mild)}
.bar{fill:var(--accent)}
.trouble{color:var(--bad)}
`;

export function benchReport(result: BenchResult): string {
  const { plan, spans, quantiles } = result;
  const times = spans.map(({ atMs }) => atMs / 1000);
  const body = [
    `<h1>tautline bench <code>${escapeHtml(plan.url.href)}</code></h1>`,
    `<p>${escapeHtml(circumstances(result))}</p>`,
    ...troubleLines(result).map((line) => `<p class="trouble">${escapeHtml(line)}</p>`),
    table(result),
    `<p>${escapeHtml(methodText(result))}</p>`,
    "<h2>Latency by share of the messages</h2>",
    lineChart({
      x: quantiles.map((_, i) => i),
      xText: (i) => `${Number(((quantiles[i]?.[0] ?? 0) * 100).toFixed(2))}%`,
      yText: durationText,
      lines: [{ name: "latency", y: quantiles.map(([, us]) => us) }],
    }),
    "<h2>Latency: how many messages</h2>",
    histogram(result),
    "<h2>Echoes a second</h2>",
    lineChart({
      x: times,
      xText: secondsText,
      yText: (value) => String(Math.round(value)),
      lines: [{ name: "echoes a second", y: spans.map((span) => span.echoesPerSecond) }],
    }),
    "<h2>Latency over time</h2>",
    lineChart({
      x: times,
      xText: secondsText,
      yText: durationText,
      lines: [
        { name: "median", y: spans.map(({ p50 }) => p50) },
        { name: "99%", y: spans.map(({ p99 }) => p99) },
      ],
    }),
  ];
  return htmlPage({ title: `tautline bench: ${plan.url.href}`, style, body: body.join("\n") });
}

const secondsText = (seconds: number): string => `${Number(seconds.toFixed(1))} s`;

function circumstances({ plan, startedAt, durationMs }: BenchResult): string {
  const rate =
    plan.rate === undefined ? "as fast as echoes come" : `${plan.rate} messages a second`;
  return `${plan.connections} connections, ${rate}, ${plan.size} bytes each, ${(durationMs / 1000).toFixed(1)} s, ${startedAt.toISOString()}, tautline ${packageVersion()}`;
}

function table({ latency, echoed, sent, durationMs, opened }: BenchResult): string {
  const rows = [
    ["connections", String(opened)],
    ["sent", String(sent)],
    ["echoed", String(echoed)],
    ["echoes a second", String(Math.round((echoed * 1000) / Math.max(1, durationMs)))],
    ["latency, mean", durationText(latency.mean)],
    ["latency, median", durationText(latency.p50)],
    ["latency, 90%", durationText(latency.p90)],
    ["latency, 99%", durationText(latency.p99)],
    ["latency, 99.9%", durationText(latency.p999)],
    ["latency, longest", durationText(latency.most)],
  ];
  return `<table>${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join("")}</table>`;
}

function histogram({ bars }: BenchResult): string {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const rows = bars.map(({ from, to, count }, i) => {
    const y = i * 22;
    const label = `${durationText(from)} – ${durationText(to)}`;
    return `<text x="150" y="${y + 15}" text-anchor="end">${label}</text><rect class="bar" x="160" y="${y + 3}" width="${((count / most) * 480).toFixed(1)}" height="16"></rect><text x="${(166 + (count / most) * 480).toFixed(1)}" y="${y + 15}">${count}</text>`;
  });
  return `<svg class="chart" viewBox="0 0 720 ${Math.max(1, bars.length) * 22}" width="720" role="img" aria-label="histogram of latency">${rows.join("")}</svg>`;
}

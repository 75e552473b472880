/** The last minutes of a server, as charts. */
import { LineChart } from "../../charts/line-chart.tsx";
import type { Tone } from "../../charts/line-chart.tsx";
import { useUnits } from "../../language/units.ts";
import { useDashboardWords } from "./dashboard-words.ts";
import type { TrendName, Trends } from "./trends.ts";

interface ChartPlan {
  readonly label: string;
  readonly format: (value: number) => string;
  readonly lines: readonly (readonly [name: string, trend: TrendName, tone: Tone])[];
}

export function TrendCharts({ trends }: { trends: Trends }) {
  const words = useDashboardWords();
  const units = useUnits();
  const perSecond = (value: number): string => words.perSecond(units.number(value));
  const charts: readonly ChartPlan[] = [
    {
      label: words.people,
      format: units.number,
      lines: [
        [words.clients, "clients", "a"],
        [words.connections, "connections", "f"],
        [words.channels, "channels", "b"],
      ],
    },
    {
      label: words.traffic,
      format: perSecond,
      lines: [
        [words.commands, "commands", "c"],
        [words.publications, "publications", "e"],
        [words.deliveries, "deliveries", "a"],
      ],
    },
    { label: words.queues, format: units.bytes, lines: [[words.queued, "queued", "d"]] },
    {
      label: words.memory,
      format: units.bytes,
      lines: [
        [words.resident, "rss", "c"],
        [words.heap, "heap", "e"],
      ],
    },
    {
      label: words.loop,
      format: units.ms,
      lines: [
        [words.median, "loop", "a"],
        [words.worst, "loopP99", "b"],
      ],
    },
    {
      label: words.cpu,
      format: (value) => `${units.number(value)} %`,
      lines: [[words.cpuOfCore, "cpu", "f"]],
    },
  ];
  return (
    <section class="dashboard-charts" aria-label={words.charts}>
      {charts.map(({ label, format, lines }) => (
        <div key={label} class="panel">
          <LineChart
            label={label}
            format={format}
            height={140}
            series={lines.map(([name, trend, tone]) => ({ name, tone, points: trends[trend] }))}
          />
        </div>
      ))}
    </section>
  );
}

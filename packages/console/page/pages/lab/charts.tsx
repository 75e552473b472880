/** Latency, bytes and requests of all transports over the time of a run. */
import { LineChart } from "../../charts/line-chart.tsx";
import type { Series } from "../../charts/line-chart.tsx";
import type { Point } from "../../charts/points.ts";
import { useWords } from "../../language/language.tsx";
import type { LabView } from "./lab-result.ts";
import type { PerTransport } from "./transports.ts";
import { toneOf, transports } from "./transports.ts";
import { useUnits } from "../../language/units.ts";

export function Charts({ view }: { view: LabView }) {
  const words = useWords().lab;
  const units = useUnits();
  const { latency, bytes, requests } = view.lines;
  const extent = [0, view.settings.seconds] as const;
  const series = (points: PerTransport<readonly Point[]>): readonly Series[] =>
    transports.map((transport) => ({
      name: words.transports[transport],
      tone: toneOf[transport],
      points: points[transport],
      dashed: transport === "websocket-deflate",
    }));
  const formatX = (seconds: number): string => words.seconds(units.number(Math.round(seconds)));
  return (
    <section class="lab-charts" aria-label={words.charts}>
      <div class="panel lab-chart-wide">
        <LineChart
          label={words.latencyChart}
          series={series(latency)}
          format={units.ms}
          formatX={formatX}
          scale="log"
          extent={extent}
          height={230}
        />
      </div>
      <div class="panel">
        <LineChart
          label={words.bytesChart}
          series={series(bytes)}
          format={units.bytes}
          formatX={formatX}
          extent={extent}
        />
      </div>
      <div class="panel">
        <LineChart
          label={words.requestsChart}
          series={series(requests)}
          format={units.number}
          formatX={formatX}
          extent={extent}
        />
      </div>
    </section>
  );
}

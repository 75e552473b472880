/** Monitoring and control: the server's charts, and the remote control of the lamp. As `…/device` the window is the lamp. */
import { useEffect, useMemo } from "preact/hooks";

import { LineChart } from "../../../charts/line-chart.tsx";
import type { Series, Tone } from "../../../charts/line-chart.tsx";
import { useSpeech } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { UseFrame } from "../use-frame.tsx";
import { ActingLamp } from "./acting-lamp.tsx";
import { LampControl } from "./lamp-line.ts";
import { RemoteControl } from "./remote-control.tsx";
import type { Figure, Vitals } from "./vitals.ts";
import { pointsOf, rowsOfNode, shownMs } from "./vitals.ts";
import { VitalsLine } from "./vitals-line.ts";
import "./monitor.css";

const mebibyte = 1_048_576;

export function Monitor(props: { parts: readonly string[] }) {
  const line = useLine();
  useEffect(() => line.openAsGuest(), [line]);
  return props.parts[0] === "device" ? <ActingLamp /> : <ControlRoom />;
}

function ControlRoom() {
  const line = useLine();
  const vitals = useMemo(() => new VitalsLine(), []);
  const control = useMemo(() => new LampControl(), []);
  useEffect(() => vitals.open(line), [vitals, line]);
  useEffect(() => control.open(line), [control, line]);
  const rows = rowsOfNode(useValue(vitals.rows), useValue(vitals.node));
  const troubles = [useValue(vitals.problem), useValue(control.problem)];
  return (
    <UseFrame id="monitor" problem={troubles.find((one) => one !== undefined)}>
      <div class="monitor-layout">
        <Charts rows={rows} />
        <RemoteControl control={control} />
      </div>
    </UseFrame>
  );
}

function Charts(props: { rows: readonly Vitals[] }) {
  const { words, locale } = useSpeech();
  const said = words.uses.monitor;
  const { rows } = props;
  const newest = rows.at(-1)?.at ?? 0;
  const line = (name: string, tone: Tone, figure: Figure, unit = 1): Series => ({
    name,
    tone,
    points: pointsOf(rows, figure).map(([at, value]) => [(at - newest) / 1_000, value / unit]),
  });
  const number = (digits: number) => (value: number) =>
    value.toLocaleString(locale, { maximumFractionDigits: digits });
  const [whole, tenth] = [number(0), number(1)];
  const formatX = (x: number): string => (x > -1 ? said.now : said.ago(Math.round(-x)));
  const frame = { formatX, extent: [-shownMs / 1_000, 0] as const, height: 150 };
  if (rows.length === 0) {
    return (
      <p class="use-waiting" role="status">
        {words.uses.waiting}
      </p>
    );
  }
  return (
    <section class="monitor-charts" aria-label={said.server}>
      <div class="use-panel">
        <LineChart
          {...frame}
          label={said.cpu}
          series={[line(said.cpuOfCore, "a", "cpuPercent")]}
          format={(value) => `${tenth(value)} %`}
        />
      </div>
      <div class="use-panel">
        <LineChart
          {...frame}
          label={said.memory}
          series={[
            line(said.process, "b", "memoryBytes", mebibyte),
            line(said.heap, "c", "heapBytes", mebibyte),
          ]}
          format={(value) => `${whole(value)} MiB`}
        />
      </div>
      <div class="use-panel">
        <LineChart
          {...frame}
          label={said.delay}
          series={[line(said.median, "d", "delayMs"), line(said.worst, "e", "worstDelayMs")]}
          format={(value) => said.ms(tenth(value))}
        />
      </div>
      <div class="use-panel">
        <LineChart
          {...frame}
          label={said.clients}
          series={[
            line(said.clients, "a", "clients"),
            line(said.subscriptions, "f", "subscriptions"),
          ]}
          format={whole}
        />
      </div>
    </section>
  );
}

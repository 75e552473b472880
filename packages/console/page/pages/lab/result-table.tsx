/** The figures of a run as a table, to be read, saved and copied. */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { asCsv, asJson } from "./export.ts";
import type { LabView, TransportResult } from "./lab-result.ts";
import { bytesPerUpdate } from "./lab-result.ts";
import type { Transport } from "./transports.ts";
import { toneOf, transports } from "./transports.ts";
import { useUnits } from "../../language/units.ts";

const confirmationMs = 2000;

export function ResultTable({ view }: { view: LabView }) {
  const words = useWords().lab;
  const { columns } = words;
  return (
    <section class="panel lab-results">
      <div class="lab-results-head">
        <h2 id="lab-results">{words.results}</h2>
        <Exports view={view} />
      </div>
      <DataTable
        class="lab-table"
        labelledBy="lab-results"
        columns={[
          columns.transport,
          columns.delivered,
          columns.lost,
          columns.median,
          columns.p99,
          columns.requests,
          columns.fromBrowser,
          columns.toBrowser,
          columns.perUpdate,
          columns.cpu,
        ]}
      >
        {transports.map((transport) => (
          <Row key={transport} transport={transport} view={view} />
        ))}
      </DataTable>
      {!view.settings.inTurns && <p class="hint">{words.cpuOnlyInTurns}</p>}
    </section>
  );
}

function Row({ transport, view }: { transport: Transport; view: LabView }) {
  const words = useWords().lab;
  const units = useUnits();
  const result = view.results[transport];
  const { delivered, created, medianMs, p99Ms, problem } = result;
  const over = view.phase === "done" || view.phase === "stopped";
  return (
    <tr data-transport={transport}>
      <th scope="row">
        <span class={`line-chart-key tone-${toneOf[transport]}`} aria-hidden="true" />
        {words.transports[transport]}
        {problem !== undefined && (
          <span class="lab-problem">
            {words.problem(problem === "" || problem === "404" ? words.noRun : problem)}
          </span>
        )}
      </th>
      <td>{units.number(delivered)}</td>
      <td>{over && created > 0 ? units.number(created - delivered) : "–"}</td>
      <td>{known(medianMs, units.ms)}</td>
      <td>{known(p99Ms, units.ms)}</td>
      <td>{units.number(result.requests)}</td>
      <td>{units.bytes(result.received)}</td>
      <td>{units.bytes(result.sent)}</td>
      <td>{known(bytesPerUpdate(result), units.bytes)}</td>
      <td>{known(cpuPerUpdate(result), units.ms)}</td>
    </tr>
  );
}

function known(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "–" : format(value);
}

function cpuPerUpdate({ cpuMs, created }: TransportResult): number | undefined {
  return cpuMs === undefined || created === 0 ? undefined : cpuMs / created;
}

function Exports({ view }: { view: LabView }) {
  const words = useWords().lab;
  const [copied, setCopied] = useState(false);
  const empty = view.startedAt === 0;
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(asCsv(view, "\t"));
      setCopied(true);
    } catch {
      // Without permission, or outside a secure context, the files are the way.
    }
  };
  return (
    <div class="lab-exports">
      <button
        type="button"
        class="button quiet"
        disabled={empty}
        onClick={() => save("tautline-lab.csv", "text/csv", asCsv(view))}
      >
        {words.saveCsv}
      </button>
      <button
        type="button"
        class="button quiet"
        disabled={empty}
        onClick={() => save("tautline-lab.json", "application/json", asJson(view))}
      >
        {words.saveJson}
      </button>
      <button type="button" class="button quiet" disabled={empty} onClick={() => void copy()}>
        <span aria-live="polite">{copied ? words.copied : words.copy}</span>
      </button>
    </div>
  );
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

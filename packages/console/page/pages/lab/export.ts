/** A run's figures as a file: CSV (RFC 4180) for a spreadsheet, JSON for a program. Numbers are written the same in all languages. */
import type { LabView, TransportResult } from "./lab-result.ts";
import { bytesPerUpdate } from "./lab-result.ts";
import type { Transport } from "./transports.ts";
import { transports } from "./transports.ts";

type Cell = string | number | boolean | undefined;

/** A row for each transport, with what it was measured with in the same row. Spreadsheets want tabs in what is pasted. */
export function asCsv(view: LabView, separator: "," | "\t" = ","): string {
  const rows = rowsOf(view);
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => Object.values(row).map(textOf))];
  return lines.map((line) => `${line.map(quoted).join(separator)}\r\n`).join("");
}

export function asJson(view: LabView): string {
  const { settings, startedAt, clock } = view;
  const startedAtText = new Date(startedAt).toISOString();
  const measured = { startedAt: startedAtText, settings, clock, transports: rowsOf(view) };
  return `${JSON.stringify(measured, undefined, 2)}\n`;
}

function rowsOf({ settings, results }: LabView): readonly Readonly<Record<string, Cell>>[] {
  return transports.map((transport) => ({
    ...figures(transport, results[transport]),
    updatesPerSecond: settings.rate,
    payloadBytes: settings.payloadBytes,
    addedDelayMs: settings.delayMs,
    pollIntervalMs: settings.pollMs,
    seconds: settings.seconds,
    inTurns: settings.inTurns,
  }));
}

function figures(transport: Transport, result: TransportResult): Readonly<Record<string, Cell>> {
  const { created, delivered, medianMs, p99Ms, requests, received, sent, cpuMs } = result;
  return {
    transport,
    created,
    delivered,
    lost: created - delivered,
    medianMs: rounded(medianMs),
    p99Ms: rounded(p99Ms),
    requests,
    bytesFromBrowser: received,
    bytesToBrowser: sent,
    bytesPerUpdate: rounded(bytesPerUpdate(result)),
    serverCpuMs: rounded(cpuMs),
  };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100;
}

function textOf(cell: Cell): string {
  return cell === undefined ? "" : String(cell);
}

function quoted(text: string): string {
  return /[",\t\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

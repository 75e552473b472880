/** What is reported of a case about the opening handshake. */
import { handshakeReport } from "../case-report.ts";
import type { CaseReport } from "../case-report.ts";
import { slippedField } from "./opening-cases.ts";
import type { Expected, OpeningCase } from "./opening-case.ts";
import { judgeOpening } from "./opening-judgement.ts";
import type { OpeningSeen } from "./opening-judgement.ts";

const expectations: Readonly<Record<Expected, string>> = {
  opens: "the handshake succeeds, and a message comes back",
  refused: "an HTTP status of 400 or above",
  "not opened": "any answer but 101",
  declined: "the handshake succeeds without what was offered",
  "kept out": "an answer without what was slipped in",
};

/** @param seen undefined for a case that was not played */
export function openingReport(row: OpeningCase, seen: OpeningSeen | undefined): CaseReport {
  const played = seen && { judgement: judgeOpening(row, seen), received: receivedText(seen) };
  const named = row.answered === undefined ? "" : ` with ${row.answered}`;
  return handshakeReport(row, `${expectations[row.expects]}${named}`, played);
}

const shownFields = [
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  slippedField,
];

function receivedText({ status, fields, problem, echoed }: OpeningSeen): string {
  if (status === undefined) return `no answer: ${problem ?? "nothing came"}`;
  const shown = shownFields.filter((name) => fields.has(name));
  const parts = [
    `status ${status}`,
    ...shown.map((name) => `${name}: ${fields.get(name) ?? ""}`),
    ...(echoed === undefined ? [] : [echoed ? "the message came back" : "no message came back"]),
  ];
  return parts.join("; ");
}

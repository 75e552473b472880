/** What is reported of a case about the opening handshake. */
import type { CaseReport } from "../case-report.ts";
import { sectionsOf } from "../judgement.ts";
import type { Judgement } from "../judgement.ts";
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

const unplayed: Judgement = { verdict: "not played", because: "the run ended before" };

/** @param seen undefined for a case that was not played */
export function openingReport(row: OpeningCase, seen: OpeningSeen | undefined): CaseReport {
  const { verdict, because } = seen === undefined ? unplayed : judgeOpening(row, seen);
  const named = row.answered === undefined ? "" : ` with ${row.answered}`;
  return {
    id: row.id,
    section: row.section,
    title: row.title,
    verdict,
    because,
    expected: `${expectations[row.expects]}${named}`,
    received: seen === undefined ? "nothing" : receivedText(seen),
    rules: [...sectionsOf(row.rfc), ...(row.rules ?? [])],
  };
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

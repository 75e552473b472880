/** The forms that most cases about answers have. */
import type { AnswerEdits, ClientOpeningCase } from "./client-opening-case.ts";

export type AnswerRow = Omit<ClientOpeningCase, "id" | "section">;

/** Rows of a section, numbered from 1. */
export function numbered(section: string, rows: readonly AnswerRow[]): ClientOpeningCase[] {
  return rows.map((row, index) => ({ ...row, section, id: `${section}.${index + 1}` }));
}

/** The client fails the connection. */
export function failed(title: string, rfc: readonly string[], edits: AnswerEdits): AnswerRow {
  return { title, rfc, edits, expects: "fails" };
}

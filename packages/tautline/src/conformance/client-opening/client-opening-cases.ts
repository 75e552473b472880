/** The cases about the opening handshake, for clients, and the titles of their sections: they follow those for servers. */
import { agreementCases } from "./agreement-cases.ts";
import { answerCases } from "./answer-cases.ts";
import type { ClientOpeningCase } from "./client-opening-case.ts";
import { requestCases } from "./request-cases.ts";

export const clientOpeningCases: readonly ClientOpeningCase[] = [
  ...requestCases,
  ...answerCases,
  ...agreementCases,
];

export const clientOpeningTitles: ReadonlyMap<string, string> = new Map([
  ["15.1", "Opening handshake of a client: its request"],
  ["15.2", "Opening handshake of a client: good answers"],
  ["15.3", "Opening handshake of a client: answers to fail on"],
  ["15.4", "Opening handshake of a client: what is agreed on"],
]);

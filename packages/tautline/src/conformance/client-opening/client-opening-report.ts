/** What is reported of a case about the client's side of the opening handshake. */
import { handshakeReport } from "../case-report.ts";
import type { CaseReport } from "../case-report.ts";
import { observationText } from "../description.ts";
import type { ClientExpected, ClientOpeningCase } from "./client-opening-case.ts";
import { judgeClientOpening } from "./client-opening-judgement.ts";
import type { ClientOpeningSeen } from "./client-opening-judgement.ts";

const expectations: Readonly<Record<ClientExpected, string>> = {
  "asks well": "a request that has it so",
  opens: "the handshake succeeds, and a message comes back",
  fails: "the client closes the TCP connection and sends nothing",
  "does not open": "no message comes back",
  "gives up": "the client closes the TCP connection after a while",
};

/** @param seen undefined for a case that was not played */
export function clientOpeningReport(
  row: ClientOpeningCase,
  seen: ClientOpeningSeen | undefined,
): CaseReport {
  const played = seen && {
    judgement: judgeClientOpening(row, seen),
    received: receivedText(seen),
  };
  return handshakeReport(row, expectations[row.expects], played);
}

const shownCharacters = 200;

function receivedText(seen: ClientOpeningSeen): string {
  switch (seen.kind) {
    case "asked":
      return seen.part.slice(0, shownCharacters);
    case "no handshake":
      return seen.problem.slice(0, shownCharacters);
    case "lacking":
      return seen.lack;
    case "unanswered":
      return seen.hasLeft ? "the client closed the TCP connection" : "the client kept waiting";
    case "answered":
    default:
      return observationText(seen.reaction);
  }
}

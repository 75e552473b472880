/** The cases about the client's side of the opening handshake give known clients the verdicts that they deserve, and no others. */
import { expect, test } from "vitest";
import { checkClientOpenings } from "../../packages/tautline/src/conformance/client-opening/check-client-openings.ts";
import type { ClientOpeningCase } from "../../packages/tautline/src/conformance/client-opening/client-opening-case.ts";
import { clientOpeningCases } from "../../packages/tautline/src/conformance/client-opening/client-opening-cases.ts";
import { testerTimes } from "../../packages/tautline/src/conformance/tester.ts";
import { clientOpeningVerdicts } from "./client-opening-verdicts.ts";
import { hasStandardClient, standardClient } from "./subjects/standard.ts";
import type { ClientSubject } from "./subjects/subject.ts";
import { tautlineClient } from "./subjects/tautline.ts";
import { wsClient } from "./subjects/ws.ts";

/** All of them wait for an answer for longer than a test would. */
const isSilent = ({ expects }: ClientOpeningCase): boolean => expects === "gives up";
const soon = { ...testerTimes, silenceMs: 1000 };

/** What is not a pass, by case. */
async function remarks(subject: ClientSubject): Promise<Record<string, string>> {
  const echoAt = (url: string) => subject.echoAt(url);
  const openings = clientOpeningCases.filter((row) => !isSilent(row));
  const silent = clientOpeningCases.filter(isSilent);
  const reports = [
    ...(await checkClientOpenings({ echoAt, openings })),
    ...(await checkClientOpenings({ echoAt, openings: silent, times: soon })),
  ];
  const found = reports.filter(({ verdict }) => verdict !== "pass");
  return Object.fromEntries(found.map(({ id, verdict }) => [id, verdict]));
}

/** What it deserves, without what this version of Node.js spares it. */
function deserved(name: string, seen: Record<string, string>): Record<string, string> {
  const rows = clientOpeningVerdicts[name] ?? [];
  const verdicts = rows.flatMap(({ cases, verdict, mayPass }) =>
    cases.filter((id) => mayPass !== true || id in seen).map((id) => [id, verdict] as const),
  );
  return Object.fromEntries(verdicts);
}

test.each([{ subject: tautlineClient }, { subject: wsClient }])(
  "the $subject.name gets what it deserves",
  { timeout: 120_000 },
  async ({ subject }) => {
    const seen = await remarks(subject);
    expect(seen).toEqual(deserved(subject.name, seen));
  },
);

// Node.js 20 has no global WebSocket.
test.skipIf(!hasStandardClient)(
  "the global WebSocket of Node.js gets what it deserves",
  { timeout: 120_000 },
  async () => {
    const seen = await remarks(standardClient);
    expect(seen).toEqual(deserved(standardClient.name, seen));
  },
);

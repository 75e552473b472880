/**
 * Plays all cases to Tautline and to the control, and holds what comes out against `results.json`: nothing may be worse,
 * and what is better is to be recorded (`npx vitest run tests/conformance -u`). `TAUTLINE_CONFORMANCE=full` plays section 9 in full.
 */
import { readFileSync } from "node:fs";
import { format } from "prettier";
import { describe, expect, test } from "vitest";
import {
  casesAt,
  full,
  quick,
  sectionTitles,
} from "../../packages/tautline/src/conformance/cases/cases.ts";
import { checkClient } from "../../packages/tautline/src/conformance/check-client.ts";
import { checkServer } from "../../packages/tautline/src/conformance/check-server.ts";
import { departures } from "./departures.ts";
import { openAsClient } from "../../packages/tautline/src/conformance/handshake.ts";
import { openStreamAsClient } from "../../packages/tautline/src/conformance/http2-handshake.ts";
import { conformancePage } from "./page.ts";
import { recorded, worseThan } from "./results.ts";
import type { Results } from "./results.ts";
import type { GradesByCase } from "../../packages/tautline/src/conformance/run-cases.ts";
import type { Subject } from "./subjects/subject.ts";
import {
  tautlineBytesClient,
  tautlineBytesServer,
  tautlineClient,
  tautlineHttp2Client,
  tautlineHttp2Server,
  tautlineServer,
} from "./subjects/tautline.ts";
import { wsClient, wsServer } from "./subjects/ws.ts";

const cases = casesAt(full);
const played = process.env["TAUTLINE_CONFORMANCE"] === "full" ? cases : casesAt(quick);
const everyone: readonly Subject[] = [
  tautlineServer,
  tautlineClient,
  tautlineHttp2Server,
  tautlineHttp2Client,
  tautlineBytesServer,
  tautlineBytesClient,
  wsServer,
  wsClient,
];
/** There are two paths between a socket and Tautline; HTTP/2 has one of its own, what is read is the same, and ws knows neither. */
const otherPath = process.env["TAUTLINE_SOCKETS"] === "documented";
const subjects = otherPath ? [tautlineServer, tautlineClient] : everyone;

const committed = JSON.parse(
  readFileSync(new URL("results.json", import.meta.url), "utf8"),
) as Results;
const seen: Record<string, Results[string]> = {};
/** What was seen and, of those who are not played here, what is known of them. */
const known = (): Results => ({ ...committed, ...seen });

async function check(subject: Subject): Promise<GradesByCase> {
  if (subject.role === "client") {
    const { version = "1.1" } = subject;
    return checkClient({ echoAt: (url) => subject.echoAt(url), cases: played, version });
  }
  const { url, stop } = await subject.start();
  try {
    const opener = subject.version === "2" ? openStreamAsClient : openAsClient;
    return await checkServer({ url, cases: played, opener });
  } finally {
    await stop();
  }
}

describe("conformance", () => {
  test.each(subjects.map((subject) => ({ name: subject.name, subject })))(
    "the $name is nowhere worse than recorded",
    { timeout: 300_000 },
    async ({ name, subject }) => {
      const verdicts = await check(subject);
      const accepted = departures.filter((departure) => departure.subject === name);
      expect(worseThan(committed[name] ?? {}, verdicts, accepted)).toEqual([]);
      seen[name] = recorded(verdicts);
    },
  );

  test("results.json has what was seen", async () => {
    expect(Object.keys(seen)).toEqual(subjects.map(({ name }) => name));
    const json = await format(JSON.stringify(known()), { parser: "json" });
    await expect(
      json,
      "record what is better or new: vitest run tests/conformance -u",
    ).toMatchFileSnapshot("results.json");
  });

  test("every result that is not strict has its reason, and every reason its result", () => {
    const loose = Object.entries(known()).flatMap(([name, results]) =>
      Object.entries(results)
        .filter(([, [behaviour]]) => behaviour !== "OK" && behaviour !== "INFORMATIONAL")
        .map(([id, grades]) => `${name} ${id} ${grades.join(", ")}`),
    );
    const explained = departures.flatMap(({ subject, cases: ids, verdict }) =>
      ids.map((id) => `${subject} ${id} ${verdict.behaviour}, ${verdict.ending}`),
    );
    expect(loose.toSorted()).toEqual(explained.toSorted());
  });

  test("the page about conformance says what the results say", async () => {
    const page = conformancePage({ results: known(), cases, sectionTitles, departures });
    const formatted = await format(page, { parser: "markdown" });
    await expect(formatted).toMatchFileSnapshot("../../docs/reference/conformance.md");
  });
});

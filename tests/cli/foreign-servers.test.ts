// `tautline check` as a real process against servers that are neither ours nor ws: the verdicts that they deserve, and no others.
import { expect, it, onTestFinished } from "vitest";

import type { ExpectedVerdict } from "../conformance/expected-verdict.ts";
import { bunVerdicts, websocketFall, websocketVerdicts } from "../conformance/server-verdicts.ts";
import { found } from "./check-report.ts";
import { bunProgram, startForeign, websocketProgram } from "./foreign-server.ts";
import { Program } from "./program.ts";

/** What falls by 14.4.3 takes with it what is under way beside it. */
const harmless = "1,2,3,4,5,6,7,9,10,12,13,14.1,14.2,14.3,14.4.1,14.4.2,14.4.4";

const rows = [
  {
    name: "the server of websocket",
    find: websocketProgram,
    cases: harmless,
    verdicts: websocketVerdicts,
  },
  {
    name: "the server of websocket that a request ends",
    find: websocketProgram,
    cases: "14.4.3,14.4.5",
    verdicts: websocketFall,
  },
  {
    name: "the server of Bun",
    find: bunProgram,
    cases: `${harmless},14.4.3,14.4.5`,
    verdicts: bunVerdicts,
  },
];

function byCase(verdicts: readonly ExpectedVerdict[]): Record<string, string> {
  return Object.fromEntries(
    verdicts.flatMap(({ cases, verdict }) => cases.map((id) => [id, verdict])),
  );
}

it.for(rows)(
  "gives $name what it deserves",
  { timeout: 300_000 },
  async ({ find, cases, verdicts }, { skip }): Promise<void> => {
    const program = find();
    if ("lack" in program) return skip(program.lack);
    const server = await startForeign(program);
    onTestFinished(() => server.stop());
    const check = Program.tautline(["check", server.url, "--only", cases, "--json", "-"]);
    onTestFinished(() => check.stop());
    const { remarks, code } = await found(check);
    expect(Object.fromEntries(remarks.map(([id, verdict]) => [id, verdict]))).toEqual(
      byCase(verdicts),
    );
    expect(code).toBe(1);
  },
);

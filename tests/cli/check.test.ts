// `tautline check` as a real process against the npm package ws, server and client: the verdicts it deserves, and no others.
import { afterEach, expect, it } from "vitest";

import { wsClient, wsServer } from "../conformance/subjects/ws.ts";
import { Program } from "./program.ts";

const running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

function check(...args: readonly string[]): Program {
  const program = Program.tautline(["check", ...args, "--json", "-"]);
  running.push(program);
  return program;
}

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly cases: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly because: string | null;
  }[];
}

const late = "refused, but not as soon as it could be seen to be wrong";
const open = "the specification leaves open what happens";

/** See docs/reference/check.md. */
const deserved = [
  ...["6.4.1", "6.4.2", "6.4.3", "6.4.4"].map((id) => [id, "notice", late]),
  ...["7.1.6", "7.13.1", "7.13.2"].map((id) => [id, "notice", open]),
];

async function verdicts(program: Program): Promise<unknown> {
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const { counts, cases } = JSON.parse(program.stdout) as Report;
  expect(counts).toMatchObject({ pass: 510, notice: 7, fail: 0 });
  return cases
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ id, verdict, because }) => [id, verdict, because]);
}

it("gives the server of ws what it deserves", { timeout: 300_000 }, async () => {
  const { url, stop } = await wsServer.start();
  try {
    expect(await verdicts(check(url))).toEqual(deserved);
  } finally {
    await stop();
  }
});

it("gives the client of ws what it deserves", { timeout: 300_000 }, async () => {
  const program = check("--client", "--port", "0");
  const [url = ""] = await program.printed(/ws:\/\/127\.0\.0\.1:\d+/u, "stderr");
  for (let number = 1; number <= 517; number++) {
    // It rejects where ws refuses what it gets, which is what many cases want.
    await wsClient.echoAt(`${url}/runCase?case=${number}&agent=ws`).catch(() => undefined);
  }
  expect(await verdicts(program)).toEqual(deserved);
});

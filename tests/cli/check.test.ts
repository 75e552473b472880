// `tautline check` as a real process against the npm package ws, server and client: the verdicts it deserves, and no others.
import { afterEach, expect, it } from "vitest";

import { wsClient, wsServer } from "../conformance/subjects/ws.ts";
import { found } from "./check-report.ts";
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

const late = "refused, but not as soon as it could be seen to be wrong";
const open = "the specification leaves open what happens";

/** See docs/reference/check.md. */
const deserved = [
  ...["6.4.1", "6.4.2", "6.4.3", "6.4.4"].map((id) => [id, "notice", late]),
  ...["7.1.6", "7.13.1", "7.13.2"].map((id) => [id, "notice", open]),
];

/** It takes requests that RFC 6455 §4.2.1 has it refuse, and refuses some whose offer alone it would have to decline. */
const deservedOpening = [
  ["14.1.5", "notice", "refused with 400"],
  ["14.2.2", "fail", "the handshake is accepted"],
  ["14.2.3", "fail", "the handshake is accepted"],
  ["14.2.15", "notice", "refused with 400; 426 is usual"],
  ...["14.3.3", "14.3.4", "14.3.5", "14.3.6"].map((id) => [
    id,
    "notice",
    "the handshake is refused with 400 and not the offer alone",
  ]),
];

const absent = "not applicable";

/** Why: tests/conformance/client-opening-verdicts.ts. */
const deservedClientOpening = [
  ["15.1.9", absent, "the client sends no Origin"],
  ["15.1.10", absent, "the client offers no subprotocol"],
  ["15.2.11", "notice", "the client refuses it"],
  ["15.3.19", "notice", "the handshake is accepted"],
  ["15.3.23", "notice", "the client waits for an answer for longer than the tester"],
  ["15.4.17", "fail", "the handshake is accepted"],
  ["15.4.19", absent, "the client offers client_max_window_bits"],
  ["15.4.20", absent, "the client does not offer a client_max_window_bits below 15"],
  ["15.4.21", "fail", "the handshake is accepted"],
];

it("gives the server of ws what it deserves", { timeout: 300_000 }, async () => {
  const { url, stop } = await wsServer.start();
  try {
    expect(await found(check(url))).toMatchObject({
      code: 1,
      counts: { pass: 543, notice: 13, fail: 2 },
      remarks: [...deserved, ...deservedOpening],
    });
  } finally {
    await stop();
  }
});

it("gives the client of ws what it deserves", { timeout: 300_000 }, async () => {
  const program = check("--client", "--port", "0");
  const [url = ""] = await program.printed(/ws:\/\/127\.0\.0\.1:\d+/u, "stderr");
  for (let number = 1; number <= 517 + 71; number++) {
    // It rejects where ws refuses what it gets, which is what many cases want.
    await wsClient.echoAt(`${url}/runCase?case=${number}&agent=ws`).catch(() => undefined);
  }
  expect(await found(program)).toMatchObject({
    code: 1,
    counts: { pass: 572, notice: 10, "not applicable": 4, fail: 2 },
    remarks: [...deserved, ...deservedClientOpening],
  });
});

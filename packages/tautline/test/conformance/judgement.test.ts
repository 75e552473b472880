// What the tester saw, as a verdict: a fail is a broken MUST, and nothing else is.
import { describe, expect, it } from "vitest";

import { casesAt, quick } from "../../src/conformance/cases/cases.ts";
import { reportOn } from "../../src/conformance/case-report.ts";
import { sectionsOf } from "../../src/conformance/judgement.ts";
import { grade } from "../../src/conformance/observation.ts";
import type { Observation } from "../../src/conformance/observation.ts";

const cases = new Map(casesAt(quick).map((row) => [row.id, row]));

/** A case as a peer without fault would have it, but for what is given. */
function judged(id: string, given: Partial<Observation>) {
  const row = cases.get(id);
  if (row === undefined) throw new Error(`no case ${id}`);
  const seen: Observation = {
    opened: true,
    events: row.outcomes[0]?.events ?? [],
    endedBy: row.ending.by,
    clean: true,
    peerClosed: true,
    peerCode: row.ending.codes[0],
    dropped: false,
    ...given,
  };
  const { verdict, because, rules } = reportOn(row, { seen, grades: grade(row, seen) });
  return [verdict, because, rules[0]];
}

const pongs = (numbers: readonly number[]) =>
  numbers.map((n) => ({ kind: "pong", payload: Buffer.from(`payload-${n}`) }) as const);
const silent = { endedBy: "tester", clean: false, peerClosed: false, peerCode: undefined } as const;

const rows: readonly (readonly [
  name: string,
  id: string,
  given: Partial<Observation>,
  verdict: readonly unknown[],
])[] = [
  ["all is well", "1.1.2", {}, ["pass", undefined, "RFC 6455 §6.1"]],
  [
    "nothing came",
    "1.1.2",
    { events: [], ...silent },
    ["fail", "what came back is not what is due", "RFC 6455 §6.1"],
  ],
  [
    "the peer has a limit",
    "9.1.6",
    { events: [], endedBy: "peer", peerCode: 1009 },
    ["notice", "refused with 1009: a limit of the peer's own", "RFC 6455 §10.4"],
  ],
  [
    "the peer drops a large message",
    "9.1.6",
    { events: [], endedBy: "peer", clean: false, peerClosed: false, peerCode: undefined },
    ["fail", "what came back is not what is due", "RFC 6455 §6.1"],
  ],
  [
    "the latest ping alone is answered",
    "2.10",
    { events: pongs([4, 9]), ...silent },
    ["notice", "not every ping was answered, but the latest was", "RFC 6455 §5.5.3"],
  ],
  [
    "pings but the latest are answered",
    "2.10",
    { events: pongs([0, 1]), ...silent },
    ["fail", "what came back is not what is due", "RFC 6455 §5.5.2"],
  ],
  [
    "pongs in the wrong order",
    "2.10",
    { events: pongs([1, 0, 9]), ...silent },
    ["fail", "what came back is not what is due", "RFC 6455 §5.5.2"],
  ],
  [
    "a code that nobody has defined is taken",
    "7.9.6",
    { peerCode: 1016 },
    ["notice", "taken, although nobody has defined the code yet", "RFC 6455 §7.4.2"],
  ],
  [
    "a code that must not be sent is taken",
    "7.9.4",
    { peerCode: 1000 },
    ["fail", "a Close frame that is not legal was taken", "RFC 6455 §5.5.1"],
  ],
  [
    "a Close frame is refused with another code",
    "7.3.2",
    { peerCode: 1007 },
    ["notice", "refused with 1007 in place of 1002", "RFC 6455 §7.4.1"],
  ],
  [
    "a legal code is refused",
    "7.7.10",
    { peerCode: 1002 },
    ["fail", "a legal Close frame was refused with 1002", "RFC 6455 §5.5.1"],
  ],
  [
    "a legal code is answered with another",
    "7.7.10",
    { peerCode: 1001 },
    ["notice", "the Close frame was answered with 1001; usual is the same code", "RFC 6455 §5.5.1"],
  ],
  [
    "Close is not answered where that is the point",
    "7.1.1",
    { clean: false, peerClosed: false, peerCode: undefined },
    ["fail", "the Close frame was not answered", "RFC 6455 §5.5.1"],
  ],
  [
    "Close is not answered elsewhere",
    "1.1.2",
    { clean: false, peerClosed: false, peerCode: undefined },
    ["notice", "the Close frame was not answered (see 7.1.1)", "RFC 6455 §5.5.1"],
  ],
  [
    "TCP stays open",
    "7.3.3",
    { dropped: true },
    ["notice", "the server left closing the TCP connection to the client", "RFC 6455 §7.1.1"],
  ],
  [
    "text is refused with 1002",
    "6.3.1",
    { peerCode: 1002 },
    ["notice", "refused with code 1002 in place of 1007", "RFC 6455 §7.4.1"],
  ],
  [
    "the connection is dropped in place of refused",
    "3.1",
    { clean: false, peerClosed: false, peerCode: undefined },
    ["pass", undefined, "RFC 6455 §5.2"],
  ],
  [
    "a reserved bit is not noticed",
    "3.1",
    silent,
    ["fail", "the peer did not fail the connection", "RFC 6455 §7.1.7"],
  ],
  [
    "the peer closes by itself",
    "1.1.2",
    { endedBy: "peer" },
    ["notice", "the peer ended the connection first, with code 1000", "RFC 6455 §6.1"],
  ],
  [
    "a frame of the peer's is wrong",
    "1.1.2",
    { events: [{ kind: "violation", what: "masked frame" }], ...silent },
    ["fail", "the peer's own frames: masked frame", "RFC 6455 §6.1"],
  ],
  [
    "compression is declined",
    "12.1.1",
    { missing: true },
    ["not applicable", "permessage-deflate was not agreed on", "RFC 7692 §6"],
  ],
  [
    "the specification is silent",
    "7.13.1",
    {},
    ["notice", "the specification leaves open what happens", "RFC 6455 §5.5.1"],
  ],
];

describe("a verdict", () => {
  for (const [name, id, given, verdict] of rows) {
    it(`on ${id}, when ${name}`, () => {
      expect(judged(id, given)).toEqual(verdict);
    });
  }

  it("is missing for a case that was not played", () => {
    const row = cases.get("1.1.1");
    expect(row && reportOn(row, undefined).verdict).toBe("not played");
  });

  it("has the sections of its requirements, each once", () => {
    expect(sectionsOf(["RFC6455-5.5.2-1", "RFC6455-5.5.2-2", "RFC7692-6-1"])).toEqual([
      "RFC 6455 §5.5.2",
      "RFC 7692 §6",
    ]);
  });
});

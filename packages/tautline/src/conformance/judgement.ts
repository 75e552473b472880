/**
 * What a case says about a peer, in the words of RFC 6455 and not in grades: a fail is a MUST that the peer broke, and
 * nothing else is one. What a peer may do otherwise, and what it merely should do, is a notice.
 */
import type { CaseEvent, ConformanceCase } from "./conformance-case.ts";
import type { Observation, Played } from "./observation.ts";
import { sameEvents } from "./payload.ts";

/**
 * - pass: all is as it has to be;
 * - notice: nothing that is forbidden, yet not what one expects, or not said by the specification;
 * - not applicable: the peer does not have the extension that the case needs;
 * - not played: the run ended before;
 * - fail: a MUST is broken.
 */
export const verdicts = ["pass", "notice", "not applicable", "not played", "fail"] as const;
export type CaseVerdict = (typeof verdicts)[number];

export interface Judgement {
  readonly verdict: CaseVerdict;
  /** Why, in a sentence. Undefined for a pass. */
  readonly because?: string;
  /** The section that decides when it is another one than those the case rests on, as in "RFC 6455 §5.5.1". */
  readonly section?: string;
}

const pass: Judgement = { verdict: "pass" };

const notice = (because: string, section?: string): Judgement => ({
  verdict: "notice",
  because,
  ...(section === undefined ? {} : { section: `RFC 6455 §${section}` }),
});

const fail = (because: string, section?: string): Judgement => ({
  ...notice(because, section),
  verdict: "fail",
});

export function judge(row: ConformanceCase, { seen, grades }: Played): Judgement {
  if (seen.missing === true) {
    return { verdict: "not applicable", because: "permessage-deflate was not agreed on" };
  }
  if (!seen.opened) return fail(`no connection: ${seen.problem ?? "the handshake failed"}`);
  const violation = seen.events.find((event) => event.kind === "violation");
  if (violation?.kind === "violation") return fail(`the peer's own frames: ${violation.what}`);
  if (row.informational === true) return notice("the specification leaves open what happens");
  if (grades.behaviour === "NON-STRICT") return looser(row);
  if (grades.behaviour === "FAILED") return departure(row, seen);
  return judgeEnding(row, seen, grades.ending);
}

/** An outcome that the case lists as tolerable. */
function looser({ ending }: ConformanceCase): Judgement {
  return ending.decisive === "side"
    ? notice("refused, but not as soon as it could be seen to be wrong", "8.1")
    : notice("refused, and what had to come back before was dropped", "7.1.7");
}

/** Not what the case wants. Some of that is allowed all the same. */
function departure(row: ConformanceCase, seen: Observation): Judgement {
  const own = ownLimit(row, seen) ?? pongsInstead(row, seen);
  if (own !== undefined) return own;
  if (row.weight === "should") {
    return notice("taken, although nobody has defined the code yet", "7.4.2");
  }
  if (row.ending.by === "peer" && seen.endedBy !== "peer") {
    return fail("the peer did not fail the connection");
  }
  const expected = row.outcomes[0]?.events ?? [];
  if (!sameEvents(expected, seen.events)) return fail("what came back is not what is due");
  return seen.peerCode === undefined || row.ending.codes.includes(seen.peerCode)
    ? fail("the connection did not end as it must")
    : closeAnswer(row, seen.peerCode);
}

/** The codes of a peer that finds fault with what it got. */
const complaints = new Set([1002, 1003, 1007, 1008, 1011]);

/** The wrong code in the answer to a Close frame. */
function closeAnswer(row: ConformanceCase, code: number): Judgement {
  if (!row.ending.clean) {
    return complaints.has(code)
      ? notice(`refused with ${code} in place of ${row.ending.codes.join(" or ")}`, "7.4.1")
      : fail("a Close frame that is not legal was taken");
  }
  return complaints.has(code)
    ? fail(`a legal Close frame was refused with ${code}`)
    : notice(`the Close frame was answered with ${code}; usual is the same code`, "5.5.1");
}

/** RFC 6455 §10.4 lets every implementation have limits. */
function ownLimit(row: ConformanceCase, seen: Observation): Judgement | undefined {
  const hasMessages = row.ending.by === "tester" && (row.outcomes[0]?.events.length ?? 0) > 0;
  if (!hasMessages || seen.endedBy !== "peer") return undefined;
  const isLimit =
    seen.peerCode === 1009 ||
    (row.heavy === true && (seen.peerCode === 1008 || seen.peerCode === 1013));
  return isLimit
    ? notice(`refused with ${seen.peerCode}: a limit of the peer's own`, "10.4")
    : undefined;
}

const isPong = (event: CaseEvent): boolean => event.kind === "pong";

/** RFC 6455 §5.5.3 lets a peer answer the latest of several pings alone, and a pong has no place among messages. */
function pongsInstead(row: ConformanceCase, seen: Observation): Judgement | undefined {
  if (row.ending.by !== "tester") return undefined;
  const due = row.outcomes[0]?.events ?? [];
  const messages = (events: readonly CaseEvent[]) => events.filter((event) => !isPong(event));
  if (!due.some(isPong) || !sameEvents(messages(due), messages(seen.events))) return undefined;
  const [pongsDue, pongs] = [due.filter(isPong), seen.events.filter(isPong)];
  if (sameEvents(pongsDue, pongs)) {
    return notice("the pong came later than it could have", "5.5.2");
  }
  const last = pongs.at(-1);
  const isLatest = last !== undefined && sameEvents(pongsDue.slice(-1), [last]);
  const order = pongs.map((pong) => pongsDue.findIndex((one) => sameEvents([one], [pong])));
  const inOrder = order.every((at, i) => at >= 0 && (i === 0 || at > (order[i - 1] ?? 0)));
  return isLatest && inOrder
    ? notice("not every ping was answered, but the latest was", "5.5.3")
    : undefined;
}

/** All that had to happen did; the connection's end is left. Closing is the matter of section 7, and a remark elsewhere. */
function judgeEnding(
  row: ConformanceCase,
  seen: Observation,
  ending: Played["grades"]["ending"],
): Judgement {
  const matters = row.section.startsWith("7.");
  switch (ending) {
    case "FAILED BY CLIENT":
      return notice("the server left closing the TCP connection to the client", "7.1.1");
    case "WRONG CODE":
      return row.ending.by === "tester"
        ? closeAnswer(row, seen.peerCode ?? 0)
        : notice(
            `refused with ${codeText(seen)} in place of ${row.ending.codes.join(" or ")}`,
            "7.4.1",
          );
    case "UNCLEAN":
      return matters
        ? fail("the Close frame was not answered", "5.5.1")
        : notice("the Close frame was not answered (see 7.1.1)", "5.5.1");
    case "FAILED":
      return row.ending.by === "peer"
        ? fail("the peer did not fail the connection", "7.1.7")
        : notice(`the peer ended the connection first, with ${codeText(seen)}`);
    case "OK":
    case "INFORMATIONAL":
    default:
      return pass;
  }
}

function codeText({ peerClosed, peerCode }: Observation): string {
  if (!peerClosed) return "no Close frame";
  return peerCode === undefined ? "no code" : `code ${peerCode}`;
}

/** "RFC6455-5.5.2-1" as "RFC 6455 §5.5.2", each section once. */
export function sectionsOf(requirements: readonly string[]): string[] {
  const sections = requirements.map((id) => {
    const [, rfc = "", section = ""] = /^RFC(\d+)-([\d.]+)-\d+$/.exec(id) ?? [];
    return `RFC ${rfc} §${section}`;
  });
  return [...new Set(sections)];
}

/** What a server's answer to the request of a case says about it. */
import type { Judgement } from "../judgement.ts";
import type { OpeningCase } from "./opening-case.ts";

export interface OpeningSeen {
  /** Of the response; undefined when none came. */
  readonly status: number | undefined;
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  /** Why no response came, or what is wrong with a response of 101. */
  readonly problem: string | undefined;
  /** Whether a message came back once it was open. Undefined when none was sent. */
  readonly echoed: boolean | undefined;
  /** Whether something that the request slipped in stands in the response. */
  readonly isSplit: boolean;
}

const say = (row: OpeningCase, because: string): Judgement => ({
  verdict: row.weight === "should" ? "notice" : "fail",
  because,
});

const notice = (because: string): Judgement => ({ verdict: "notice", because });

export function judgeOpening(row: OpeningCase, seen: OpeningSeen): Judgement {
  const { status } = seen;
  if (status === undefined) return say(row, `no answer: ${seen.problem ?? "nothing came"}`);
  if (row.expects === "kept out") return judgeKeptOut(row, seen);
  if (status !== 101) return judgeRefusal(row, seen, status);
  if (row.expects === "refused" || row.expects === "not opened") {
    return say(row, "the handshake is accepted");
  }
  if (seen.problem !== undefined) return { verdict: "fail", because: seen.problem };
  if (seen.echoed === false) return say(row, "it opens, and no message comes back");
  return { verdict: "pass" };
}

function judgeKeptOut(row: OpeningCase, { isSplit }: OpeningSeen): Judgement {
  return isSplit ? say(row, "what was slipped in stands in the answer") : { verdict: "pass" };
}

const lowestError = 400;

function judgeRefusal(row: OpeningCase, { fields }: OpeningSeen, status: number): Judgement {
  if (row.expects === "opens") return say(row, `refused with ${status}`);
  // RFC 6455 §4.2.2 leaves a server free to refuse whom it likes.
  if (row.expects === "declined") {
    return notice(`the handshake is refused with ${status} and not the offer alone`);
  }
  if (row.expects === "not opened") return { verdict: "pass" };
  if (status < lowestError) return say(row, `refused with ${status}, which is no error`);
  if (row.answered !== undefined && !fields.has(row.answered)) {
    return say(row, `refused without ${row.answered}`);
  }
  if (row.usual !== undefined && status !== row.usual && row.weight !== "should") {
    return notice(`refused with ${status}; ${row.usual} is usual`);
  }
  return { verdict: "pass" };
}

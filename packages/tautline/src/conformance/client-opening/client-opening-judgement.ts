/** What a client's request, and what it made of the answer, say about it. */
import type { Judgement } from "../judgement.ts";
import type { Observation } from "../observation.ts";
import type { ClientOpeningCase } from "./client-opening-case.ts";

/** What was seen of a case. */
export type ClientOpeningSeen =
  /** The case is about the request: what its rule says, and what it looked at. */
  | { readonly kind: "asked"; readonly judgement: Judgement; readonly part: string }
  /** The request was none that could be answered as a handshake: why. */
  | { readonly kind: "no handshake"; readonly problem: string }
  /** The client did not offer what the case needs: what. */
  | { readonly kind: "lacking"; readonly lack: string }
  /** No answer was sent: what the client did about it, and how much it sent. */
  | { readonly kind: "unanswered"; readonly hasLeft: boolean; readonly byteLength: number }
  | { readonly kind: "answered"; readonly reaction: Observation };

const pass: Judgement = { verdict: "pass" };
const fail = (because: string): Judgement => ({ verdict: "fail", because });
const notice = (because: string): Judgement => ({ verdict: "notice", because });

const say = (row: ClientOpeningCase, because: string): Judgement =>
  row.weight === "should" ? notice(because) : fail(because);

export function judgeClientOpening(row: ClientOpeningCase, seen: ClientOpeningSeen): Judgement {
  switch (seen.kind) {
    case "asked":
      return seen.judgement;
    case "no handshake":
      return fail(`no handshake: ${seen.problem}`);
    case "lacking":
      return { verdict: "not applicable", because: seen.lack };
    case "unanswered":
      return judgeWaiting(seen);
    case "answered":
    default:
      return judgeReaction(row, seen.reaction);
  }
}

function judgeWaiting({ hasLeft, byteLength }: ClientOpeningSeen & { kind: "unanswered" }) {
  if (byteLength > 0) return fail(`${byteLength} bytes came although there was no answer`);
  return hasLeft ? pass : notice("the client waits for an answer for longer than the tester");
}

function judgeReaction(row: ClientOpeningCase, reaction: Observation): Judgement {
  if (row.expects === "opens") {
    const violation = reaction.events.find((event) => event.kind === "violation");
    if (violation?.kind === "violation") return fail(`the client's frames: ${violation.what}`);
    if (reaction.events.some(({ kind }) => kind === "text")) return pass;
    return say(row, endedByClient(reaction) ? "the client refuses it" : "no message comes back");
  }
  // Frames that break the protocol are frames of a client that takes the connection to be open.
  if (reaction.events.length > 0) return say(row, "the handshake is accepted");
  if (row.expects === "does not open") {
    return reaction.peerClosed ? say(row, "a Close frame where no WebSocket is open") : pass;
  }
  if (reaction.peerClosed) return judgeCloseFrame(row, reaction);
  return endedByClient(reaction)
    ? pass
    : say(row, "the client neither uses the connection nor closes it");
}

const endedByClient = ({ endedBy }: Observation): boolean => endedBy === "peer";

/** The codes of a client that finds fault with the handshake. */
const complaints = new Set([1002, 1008, 1010, 1011]);

/** Close frames belong to connections that are established (RFC 6455 §7.1.7). */
function judgeCloseFrame(row: ClientOpeningCase, { peerCode }: Observation): Judgement {
  return peerCode !== undefined && complaints.has(peerCode)
    ? notice(`refused with a Close frame (${peerCode}), where no WebSocket is open yet`)
    : say(row, "the handshake is accepted, and the connection closed in order");
}

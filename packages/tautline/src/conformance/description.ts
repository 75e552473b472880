/** Says in words what a case expects and what came, for people who read a report. */
import { isUtf8 } from "node:buffer";
import type { CaseEvent, ConformanceCase, Payload } from "./conformance-case.ts";
import type { Observation } from "./observation.ts";
import { bytesOf } from "./payload.ts";

const shownEvents = 4;
const shownBytes = 32;

/** As in `“Hello”` or `00 ff fe`; long ones are cut. Whoever prints it makes it harmless. */
function payloadText(payload: Payload): string {
  const start = payload instanceof Uint8Array ? payload : payload.pattern;
  const bytes = bytesOf({
    pattern: start.byteLength === 0 ? Uint8Array.of(0) : start,
    byteLength: Math.min(payload.byteLength, shownBytes),
  });
  const more = payload.byteLength > shownBytes ? "…" : "";
  if (isUtf8(bytes) && !bytes.some((byte) => byte < 0x20)) return `“${bytes.toString()}${more}”`;
  return `${bytes.toString("hex").replaceAll(/..(?=.)/g, "$& ")}${more}`;
}

function eventText(event: CaseEvent): string {
  if (event.kind === "violation") return `a frame that breaks the protocol (${event.what})`;
  if (event.kind === "pause") return "still open after a pause";
  const { byteLength } = event.payload;
  const what = event.kind === "pong" ? "a pong" : `a ${event.kind} message`;
  if (byteLength === 0) return `${what}, empty`;
  return `${what} of ${byteLength} ${byteLength === 1 ? "byte" : "bytes"}: ${payloadText(event.payload)}`;
}

function eventsText(events: readonly CaseEvent[]): string[] {
  const shown = events.slice(0, shownEvents).map(eventText);
  const rest = events.length - shown.length;
  return rest > 0 ? [...shown, `${rest} more`] : shown;
}

const joined = (parts: readonly string[]): string => parts.join("; ");

/** What the peer has to do, in the strictest reading. */
export function expectationOf({ outcomes, ending, informational }: ConformanceCase): string {
  if (informational === true) return "nothing in particular: the specification does not say";
  const codes = ending.codes.join(" or ");
  const end = () => {
    if (ending.by === "peer") return `the peer fails the connection with ${codes}`;
    if (!ending.clean) return `the peer fails the connection with ${codes}, or drops it`;
    return ending.decisive === "code"
      ? `the Close frame is answered with ${codes} or without a code`
      : "the tester closes, and the peer answers its Close frame";
  };
  return joined([...eventsText(outcomes[0]?.events ?? []), end()]);
}

/** What the peer did. */
export function observationText(seen: Observation): string {
  if (!seen.opened) return `no connection: ${seen.problem ?? "the handshake failed"}`;
  if (seen.missing === true) return "the extension was declined";
  return joined([...eventsText(seen.events), endText(seen)]);
}

function endText({ endedBy, peerClosed, peerCode, dropped, clean }: Observation): string {
  const code = peerCode === undefined ? "without a code" : `with ${peerCode}`;
  if (peerClosed && endedBy === "peer") return `the peer closed ${code}`;
  if (peerClosed && clean) {
    const late = dropped ? ", and left the TCP connection open" : "";
    return `the Close frame was answered ${code}${late}`;
  }
  if (endedBy === "peer") return "the peer dropped the connection without a Close frame";
  return dropped
    ? "then silence, until the tester gave up"
    : "the connection ended without an answer";
}

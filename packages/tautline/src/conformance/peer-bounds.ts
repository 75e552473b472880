/**
 * How much one connection of a peer may send in a case: enough for everything that is due, and for a peer that does
 * something else instead, but finite. What is beyond ends the case, so that no peer can fill the tester's memory.
 */
import type { ConformanceCase, Payload, Step } from "./conformance-case.ts";
import { FrameViolation } from "./frame-codec.ts";

const slackBytes = 256 * 1024;
const slackEvents = 64;
const mostPings = 1000;

const lengthOf = (payload: Payload | undefined): number => payload?.byteLength ?? 0;

function bytesOfStep(step: Step): number {
  if (step.do === "bytes") return step.bytes.byteLength;
  return "payload" in step ? lengthOf(step.payload) : 0;
}

export class PeerBounds {
  readonly #mostEvents: number;
  #bytesLeft: number;
  #events = 0;
  #pings = 0;

  constructor({ outcomes, send }: ConformanceCase) {
    const due = outcomes.map(({ events }) =>
      events.reduce((sum, event) => sum + ("payload" in event ? lengthOf(event.payload) : 0), 0),
    );
    const sent = send.reduce((sum, step) => sum + bytesOfStep(step), 0);
    // Twice: heads of small fragments are as long as their payloads.
    this.#bytesLeft = 2 * Math.max(sent, ...due) + slackBytes;
    this.#mostEvents = Math.max(...outcomes.map(({ events }) => events.length)) + slackEvents;
  }

  /** @throws FrameViolation */
  bytes(byteLength: number): void {
    this.#bytesLeft -= byteLength;
    if (this.#bytesLeft < 0) throw new FrameViolation("far more bytes than are due");
  }

  /** @throws FrameViolation */
  event(): void {
    this.#events += 1;
    if (this.#events > this.#mostEvents) {
      throw new FrameViolation("far more messages or pongs than are due");
    }
  }

  /** @throws FrameViolation */
  ping(): void {
    this.#pings += 1;
    if (this.#pings > mostPings) throw new FrameViolation(`more than ${mostPings} pings`);
  }
}

/**
 * A fault in a frame on its way out of a reader. The codecs catch it and make it a result: the only exception in this
 * package that is control flow, so that each step of a grammar stays one line.
 */

import type { DecodeFault } from "./codec.ts";

/** What is wrong with the frame, and where. */
export class FrameFault extends Error {
  readonly fault: DecodeFault;

  constructor(kind: DecodeFault["kind"], detail: string) {
    super(detail);
    this.name = "FrameFault";
    this.fault = { kind, detail };
  }
}

/** The fault that was thrown; what is no fault of the frame is thrown on. */
export function faultOf(error: unknown): DecodeFault {
  if (error instanceof FrameFault) return error.fault;
  throw error;
}

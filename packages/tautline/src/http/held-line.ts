/** A line whose client sends its frames by requests of their own: what the desk needs of it. */
import type { ClientConnection } from "@tautline/hub";

import type { Frame } from "./frame-inbox.ts";

export interface HeldLine extends ClientConnection {
  /** Takes a frame of the client. Resolves with whether the hub has taken it: not when the line has ended. */
  receive(frame: Frame): Promise<boolean>;
}

/** How a line ends when the transport is gone and nobody said why. */
export const lostEnd = Object.freeze({ code: 1006, reason: "" });

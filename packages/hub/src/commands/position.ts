/** Places in logs as clients name them. They may be forged: whoever reads a log compares them with it. */

import type { StreamPosition, SubscribeRequest } from "@tautline/wire";
import type { Position } from "../ports/broker.ts";

export function positionOf({ offset = 0, epoch = "" }: StreamPosition): Position {
  return { offset, epoch };
}

/** Where the client wants to go on from; `undefined` when it asks for nothing that it missed. */
export function recoveryPoint(request: SubscribeRequest): Position | undefined {
  return request.recover === true ? positionOf(request) : undefined;
}

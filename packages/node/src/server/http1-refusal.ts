/**
 * Says no to a request for an upgrade in HTTP/1.1, in a way that arrives.
 *
 * Whoever closes a socket with unread bytes in it makes TCP send a reset, which can overtake the response. So the rest
 * of what the peer sends is read and dropped, until it closes or a short time has passed.
 */
import type { Duplex } from "node:stream";
import { encodeResponse } from "@tautline/protocol";
import type { HandshakeResponse } from "@tautline/protocol";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";

/** How long a refused peer may take to read the response. */
const lingerMs = 2000;

/**
 * Writes `response` and `body`, if it has one apart, ends `socket` and sees to it that it goes away. Errors of the socket
 * are of no interest any more.
 */
export function refuseOnSocket(
  socket: Duplex,
  response: HandshakeResponse,
  body?: Uint8Array,
): void {
  if (socket.destroyed) return;
  const deadline = sharedDeadlines.open({ wake: () => socket.destroy() });
  deadline.move(monotonicClock.now() + lingerMs);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => deadline.move(Infinity));
  socket.on("end", () => socket.end());
  socket.resume();
  const head = encodeResponse(response);
  socket.end(body === undefined ? head : Buffer.concat([head, body]));
}

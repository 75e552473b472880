/**
 * Writes a long request in pieces, and none once the server has answered: a server may refuse a request before all of it has
 * come and end the connection (RFC 7230 §6.6), and whoever then writes on is told of that and loses the answer.
 */
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Above what servers usually let a request have, so that they refuse it at the first piece. */
export const requestPieceBytes = 128 * 1024;

export async function writeRequest(
  socket: Socket,
  bytes: Buffer,
  { answer, quietMs }: { readonly answer: Promise<unknown>; readonly quietMs: number },
): Promise<void> {
  socket.write(bytes.subarray(0, requestPieceBytes));
  for (let from = requestPieceBytes; from < bytes.byteLength; from += requestPieceBytes) {
    if (await Promise.race([answer.then(() => true), pause(quietMs, false)])) return;
    socket.write(bytes.subarray(from, from + requestPieceBytes));
  }
}

/** Writes byte by byte, each in a turn of the event loop and a segment of its own, as far as the system lets them apart. */
import type { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

export async function dribble(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of bytes) {
    if (!socket.writable) return;
    socket.write(Uint8Array.of(byte));
    await turn();
  }
}

/** Sends to a browser that is expected to keep up: one that does not is cut off, so that nothing gathers for it and nothing throws. */
import type { Connection } from "@tautline/node";

/** Bytes that may wait for it. */
const maxWaitingBytes = 2_097_152;

export function sendOrCut(connection: Connection, text: string): void {
  if (connection.bufferedBytes > maxWaitingBytes) {
    connection.terminate();
    return;
  }
  try {
    connection.send(text);
  } catch {
    // The server's own limit for a connection is lower.
    connection.terminate();
  }
}

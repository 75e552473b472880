/**
 * How a request for a WebSocket is refused: on its socket, in HTTP, and the socket is gone then.
 */
import { STATUS_CODES } from "node:http";
import type { OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

export interface Refusal {
  readonly status: number;
  /** The body. Default: the words that belong to the status. */
  readonly message?: string | undefined;
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** Writes the refusal, and lets go of the socket when it is written. */
export function refuse(socket: Duplex, { status, message, headers }: Refusal): void {
  const body = message || STATUS_CODES[status] || "";
  const lines = Object.entries({
    Connection: "close",
    "Content-Type": "text/html",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${String(value)}`);
  socket.once("finish", () => socket.destroy());
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "undefined"}`;
  socket.end(`${[statusLine, ...lines].join("\r\n")}\r\n\r\n${body}`);
}

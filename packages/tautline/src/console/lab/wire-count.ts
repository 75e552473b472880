/**
 * Bytes that one transport of a run has cost on the wire, in both directions, as its sockets count them: heads, frames, chunk sizes and
 * all. A browser sends request after request over one socket, and requests of others between them, so each request counts what
 * its socket has carried from its own beginning to the end of its answer.
 *
 * What is below the socket (TCP, IP, and TLS where a proxy has it) is not counted.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export interface WireFigures {
  readonly requests: number;
  /** Bytes from the browser. */
  readonly received: number;
  /** Bytes to the browser. */
  readonly sent: number;
}

type Bytes = Pick<WireFigures, "received" | "sent">;

export class WireCount {
  #requests = 0;
  /** Of what is over. */
  #received = 0;
  #sent = 0;
  /** What is still going on, with what it has carried so far. */
  readonly #open = new Set<() => Bytes>();

  get figures(): WireFigures {
    let [received, sent] = [this.#received, this.#sent];
    for (const look of this.#open) {
      const bytes = look();
      received += bytes.received;
      sent += bytes.sent;
    }
    return { requests: this.#requests, received, sent };
  }

  /** Counts a request that has just come in, until the function is called that this returns. */
  request(request: IncomingMessage): () => void {
    const { socket } = request;
    // The socket has read the head already, and whatever came before it.
    return this.#count(socket, {
      received: socket.bytesRead - headBytes(request),
      sent: socket.bytesWritten,
    });
  }

  /** Counts a socket that is this transport's alone, from its first byte on; as `request` otherwise. */
  socket(socket: Socket): () => void {
    return this.#count(socket, { received: 0, sent: 0 });
  }

  #count(socket: Socket, before: Bytes): () => void {
    this.#requests += 1;
    const look = (): Bytes => ({
      received: socket.bytesRead - before.received,
      sent: socket.bytesWritten - before.sent,
    });
    this.#open.add(look);
    return () => {
      if (!this.#open.delete(look)) return;
      const { received, sent } = look();
      this.#received += received;
      this.#sent += sent;
    };
  }
}

/** Bytes of a request's head (RFC 9112 §2.1), as browsers write it: a colon and one space after each name. */
function headBytes({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): number {
  const requestLine = `${method} ${url} HTTP/${httpVersion}\r\n`.length;
  // Two for the colon and its space, or for the line's end: as many pairs as there are texts.
  const fields = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, "latin1") + 2, 0);
  return requestLine + fields + 2;
}

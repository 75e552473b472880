/**
 * A transport over one stream of an HTTP/2 session, which takes the place of the TCP connection (RFC 8441 §5): END_STREAM is the
 * orderly end, RST_STREAM with CANCEL the reset. How much is under way is bounded by the flow control of the stream.
 */
import { constants } from "node:http2";
import type { Http2Stream } from "node:http2";
import { StreamTransport } from "./stream-transport.ts";
import type { TransportAddresses, TransportEvents } from "./transport.ts";

export class Http2Transport extends StreamTransport {
  readonly #stream: Http2Stream;

  constructor(stream: Http2Stream, events: TransportEvents) {
    super(stream, events);
    this.#stream = stream;
  }

  /** Those of the session, as long as there is one. */
  override get addresses(): TransportAddresses {
    const { session } = this.#stream;
    // The socket of a session that is gone cannot even be asked.
    const socket = session === undefined || session.destroyed ? undefined : session.socket;
    return {
      remoteAddress: socket?.remoteAddress,
      remotePort: socket?.remotePort,
      localAddress: socket?.localAddress,
      localPort: socket?.localPort,
      encrypted: session?.encrypted === true,
    };
  }

  override destroy(): void {
    const stream = this.#stream;
    // Without a code of its own it would say NO_ERROR, which is no reset, and which Node.js 20 runs in circles over when
    // another stream of a client has been reset before.
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy();
  }
}

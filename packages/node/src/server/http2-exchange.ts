/**
 * A request for a WebSocket in HTTP/2: an extended CONNECT (RFC 8441), as Node.js gives it to listeners for 'stream'.
 *
 * What becomes of it concerns this one stream. The session, and whatever else runs over it, belongs to others.
 */
import { Http2ServerRequest, constants } from "node:http2";
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { TLSSocket } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { http2Fields, parseHttp2Request } from "@tautline/protocol";
import type { HandshakeRequest, HandshakeResponse } from "@tautline/protocol";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";
import { Http2Transport } from "../connection/http2-transport.ts";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { EarlyBytes } from "./early-bytes.ts";
import type { Exchange } from "./exchange.ts";
import { UpgradeRequest } from "./upgrade-request.ts";
import type { RequestSource } from "./upgrade-request.ts";

/**
 * A stream that a peer has opened, with its head in the two forms that Node.js knows: what listeners for 'stream' are given, or
 * the `Http2ServerRequest` that listeners for 'connect' are.
 */
export interface IncomingStream {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** How long a refused peer may take to read the response, in milliseconds. */
const lingerMs = 2000;

export class Http2Exchange implements Exchange {
  readonly head: HandshakeRequest;
  readonly request: UpgradeRequest;
  readonly #stream: ServerHttp2Stream;
  readonly #early: EarlyBytes;

  constructor(incoming: IncomingStream) {
    this.#stream = incoming.stream;
    this.#early = new EarlyBytes(incoming.stream);
    this.head = parseHttp2Request(incoming.rawHeaders);
    this.request = new UpgradeRequest(this.head, new StreamSource(incoming));
  }

  get carrier(): ServerHttp2Stream {
    return this.#stream;
  }

  /** Or somebody else has answered. */
  get lost(): boolean {
    const { destroyed, closed, headersSent } = this.#stream;
    return destroyed || closed || headersSent;
  }

  get rest(): Uint8Array {
    return this.#early.bytes;
  }

  watch(onLost: (cause: Error | undefined) => void): Unsubscribe {
    return this.#early.watch(onLost);
  }

  accept(response: HandshakeResponse, events: TransportEvents): Transport {
    const transport = new Http2Transport(this.#stream, events);
    if (!this.lost) this.#stream.respond(fieldsOf(response));
    return transport;
  }

  refuse(response: HandshakeResponse, body?: Uint8Array): void {
    refuseOnStream(this.#stream, response, body);
  }
}

/** Writes `response` and `body`, if it has one apart, and ends `stream`, of which nothing is of interest any more. */
export function refuseOnStream(
  stream: ServerHttp2Stream,
  response: HandshakeResponse,
  body?: Uint8Array,
): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const deadline = sharedDeadlines.open({ wake: () => stream.close(constants.NGHTTP2_CANCEL) });
  deadline.move(monotonicClock.now() + lingerMs);
  stream.on("error", () => undefined);
  stream.on("close", () => deadline.move(Infinity));
  stream.resume();
  stream.respond(fieldsOf(response));
  // RFC 9113 §8.1: once the response is out, the rest of the request is not wanted.
  const release = (): void => stream.close(constants.NGHTTP2_NO_ERROR);
  if (stream.writableEnded) {
    // A response without a body, which Node.js has ended already: a reset in the same turn would overtake its head.
    setImmediate(release);
    return;
  }
  stream.end(body ?? response.body);
  release();
}

/** The head of `response`. Values of one name are joined (RFC 9110 §5.3), except where they cannot be. */
function fieldsOf({ status, headers }: HandshakeResponse): OutgoingHttpHeaders {
  const joined = new Map<string, string>();
  const cookies: string[] = [];
  for (const [name, value] of http2Fields(headers)) {
    const before = joined.get(name);
    if (name === "set-cookie") cookies.push(value);
    else joined.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    ":status": status,
    ...Object.fromEntries(joined),
    ...(cookies.length > 0 ? { "set-cookie": cookies } : {}),
  };
}

function requestOf(incoming: IncomingStream): Http2ServerRequest {
  if (incoming instanceof Http2ServerRequest) return incoming;
  const { stream, headers, rawHeaders } = incoming;
  return new Http2ServerRequest(stream, headers, {}, rawHeaders);
}

class StreamSource implements RequestSource {
  readonly remoteAddress: string | undefined;
  readonly #incoming: IncomingStream;
  #raw: Http2ServerRequest | undefined;
  #headers: IncomingHttpHeaders | undefined;

  constructor(incoming: IncomingStream) {
    this.#incoming = incoming;
    this.remoteAddress = incoming.stream.session?.socket.remoteAddress;
  }

  get raw(): Http2ServerRequest {
    this.#raw ??= requestOf(this.#incoming);
    return this.#raw;
  }

  /** Without those of the start line, which are no header fields (RFC 9113 §8.3). */
  get headers(): IncomingHttpHeaders {
    const all = Object.entries(this.#incoming.headers);
    this.#headers ??= Object.fromEntries(all.filter(([name]) => !name.startsWith(":")));
    return this.#headers;
  }

  get peerCertificate(): PeerCertificate | undefined {
    const { session } = this.#incoming.stream;
    const socket = session === undefined || session.destroyed ? undefined : session.socket;
    return socket instanceof TLSSocket && socket.authorized
      ? socket.getPeerCertificate()
      : undefined;
  }
}

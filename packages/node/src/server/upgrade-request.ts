/**
 * The request that a WebSocket connection was opened with, in the words of HTTP and whatever version carried it.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { PeerCertificate } from "node:tls";
import type { HandshakeRequest } from "@tautline/protocol";

/** Where a request comes from: what only Node.js knows of it. Nothing of it need exist before it is asked for. */
export interface RequestSource {
  /** The request as Node.js parsed it, or would have. */
  readonly raw: IncomingMessage | Http2ServerRequest;
  /** Header fields by lower-case name, joined as Node.js joins them. */
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
  /** When it was asked for and verified. */
  readonly peerCertificate: PeerCertificate | undefined;
}

export class UpgradeRequest {
  readonly #head: HandshakeRequest;
  readonly #source: RequestSource;
  #query: URLSearchParams | undefined;
  #aborter: AbortController | undefined;

  /** @internal made by a WebSocketServer */
  constructor(head: HandshakeRequest, source: RequestSource) {
    this.#head = head;
    this.#source = source;
  }

  /** The peer's address; `undefined` when nobody has asked before the peer was gone. Behind a proxy it is the proxy's. */
  get remoteAddress(): string | undefined {
    return this.#source.remoteAddress;
  }

  /** The request as Node.js parsed it, for what is not offered here. */
  get raw(): IncomingMessage | Http2ServerRequest {
    return this.#source.raw;
  }

  /** The version of HTTP: `1.1` for an upgrade, `2.0` for an extended CONNECT (RFC 8441). */
  get httpVersion(): string {
    return this.#head.httpVersion;
  }

  /** `GET`, in HTTP/2 `CONNECT`, unless the request is refused for it. */
  get method(): string {
    return this.#head.method;
  }

  /** The request target as it was sent, for example `/chat?room=4`. */
  get target(): string {
    return this.#head.target;
  }

  /** The path of the target, as it was sent: not decoded, not normalised. */
  get path(): string {
    return pathOf(this.target);
  }

  /** The query of the target, decoded. */
  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(queryOf(this.target));
    return this.#query;
  }

  /** Host and, where it is not the scheme's own, port that the client asks for: `Host`, in HTTP/2 `:authority`. */
  get host(): string | undefined {
    return this.#head.connect?.authority ?? this.#head.headers.combined("host");
  }

  /** Header fields by lower-case name, as Node.js joins them. In HTTP/2 there is no `host` among them. */
  get headers(): IncomingHttpHeaders {
    return this.#source.headers;
  }

  /** The subprotocols that the client offers, most wanted first. */
  get offeredSubprotocols(): readonly string[] {
    const offered = this.headers["sec-websocket-protocol"]?.split(",") ?? [];
    return offered.map((name) => name.trim()).filter((name) => name !== "");
  }

  /**
   * The peer's certificate, when it was asked for one (`requestCert`) and sent one that verified. One that did not
   * verify, where such are let in, is to be had from `raw.socket`.
   */
  get peerCertificate(): PeerCertificate | undefined {
    return this.#source.peerCertificate;
  }

  /**
   * Aborted while a handshake hook thinks: when the peer goes away, the time is up or the server is shut down, with a
   * ConnectionFailed as the reason. Once the hook has answered it stays as it is.
   */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    return this.#aborter.signal;
  }

  /** @internal */
  abort(reason: Error): void {
    this.#aborter ??= new AbortController();
    this.#aborter.abort(reason);
  }
}

/** The path of a request target in origin form or absolute form (RFC 9112 §3.2). */
export function pathOf(target: string): string {
  const origin = target.startsWith("/")
    ? ""
    : (/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target)?.[0] ?? "");
  const queryAt = target.indexOf("?");
  const path = target.slice(origin.length, queryAt < 0 ? undefined : queryAt);
  return path === "" ? "/" : path;
}

function queryOf(target: string): string {
  const queryAt = target.indexOf("?");
  return queryAt < 0 ? "" : target.slice(queryAt + 1);
}

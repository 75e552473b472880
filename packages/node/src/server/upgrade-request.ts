/**
 * The request that a WebSocket connection was opened with, in the words of HTTP and whatever version carried it.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { PeerCertificate } from "node:tls";

export class UpgradeRequest {
  /** The request as Node.js parsed it, for what is not offered here. */
  readonly raw: IncomingMessage;
  /** The peer's address when the request came. Behind a proxy it is the proxy's. */
  readonly remoteAddress: string | undefined;
  #query: URLSearchParams | undefined;
  #aborter: AbortController | undefined;

  /** @internal made by a WebSocketServer */
  constructor(raw: IncomingMessage) {
    this.raw = raw;
    this.remoteAddress = raw.socket?.remoteAddress;
  }

  /** `GET`, unless the request is refused for it. */
  get method(): string {
    return this.raw.method ?? "";
  }

  /** The request target as it was sent, for example `/chat?room=4`. */
  get target(): string {
    return this.raw.url ?? "/";
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

  /** Header fields by lower-case name, as Node.js joins them. */
  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
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
    const { socket } = this.raw;
    return socket instanceof TLSSocket && socket.authorized
      ? socket.getPeerCertificate()
      : undefined;
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

/**
 * The request a client sends, built from what the caller wants (RFC 6455 §4.1).
 *
 * Everything that comes from the caller is checked before a byte exists. Where to connect, and how, is not known here.
 */
import { UsageError } from "../errors.ts";
import { defaultPort, parseAuthority } from "./authority.ts";
import { type HeaderPair, checkCallerHeaders, encodeHead } from "./caller-headers.ts";
import { type Extension, formatOffers } from "./extension.ts";
import { isVisibleAscii } from "./grammar.ts";
import { checkSubprotocols } from "./subprotocol.ts";

/** What to ask a server for. */
export interface ClientRequestOptions {
  /** Host and optional port of the URI, for the `Host` header; the scheme's own port is left out of it. */
  readonly host: string;
  /** Path and query of the URI, for example `/chat?room=1`. Default `/`. */
  readonly target?: string | undefined;
  /** Whether the URI is `wss:`; decides which port is the default one. Default false. */
  readonly secure?: boolean | undefined;
  /** The subprotocols to offer, most wanted first. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** The extensions to offer, most wanted first. Default: none. */
  readonly extensions?: readonly Extension[] | undefined;
  /** More headers, for example `Origin`, `Cookie` or `Authorization`. Default: none. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

/**
 * The bytes of the request with this key, in fresh memory.
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_HOST`, `USAGE_HANDSHAKE_TARGET`, `USAGE_HANDSHAKE_SUBPROTOCOL` or
 *   `USAGE_HANDSHAKE_HEADER` for what must not be sent.
 */
export function encodeRequest(options: ClientRequestOptions, key: string): Uint8Array {
  const { target = "/", headers = [] } = options;
  checkClientRequest(options);
  return encodeHead(`GET ${target} HTTP/1.1`, [
    ["Host", hostOf(options)],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ...negotiationHeaders(options),
    ...headers,
  ]);
}

/** Checks what may stand in a request whatever the version of HTTP; throws as {@link encodeRequest} does. */
export function checkClientRequest({ target = "/", headers = [] }: ClientRequestOptions): void {
  if (!target.startsWith("/") || !isVisibleAscii(target) || target.includes("#")) {
    throw new UsageError("USAGE_HANDSHAKE_TARGET", JSON.stringify(target));
  }
  checkCallerHeaders(headers);
}

/**
 * Version, subprotocols and extensions, which both versions of HTTP ask for in the same headers (RFC 8441 §5).
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL`
 */
export function negotiationHeaders(options: ClientRequestOptions): HeaderPair[] {
  const { subprotocols = [], extensions = [] } = options;
  const headers: HeaderPair[] = [["Sec-WebSocket-Version", "13"]];
  if (subprotocols.length > 0) {
    headers.push(["Sec-WebSocket-Protocol", checkSubprotocols(subprotocols).join(", ")]);
  }
  if (extensions.length > 0) {
    headers.push(["Sec-WebSocket-Extensions", formatOffers(extensions)]);
  }
  return headers;
}

/**
 * RFC 6455 §4.1 item 4: the port stands there unless it is the scheme's own.
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_HOST`
 */
export function hostOf({ host, secure = false }: ClientRequestOptions): string {
  const authority = parseAuthority(host);
  if (authority === undefined) {
    throw new UsageError("USAGE_HANDSHAKE_HOST", JSON.stringify(host));
  }
  const isDefault = authority.port === defaultPort(secure ? "wss" : "ws");
  return authority.port === undefined || isDefault
    ? authority.host
    : `${authority.host}:${authority.port}`;
}

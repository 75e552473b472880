/**
 * Where a server sends a client that it does not want to serve itself (RFC 9110 §15.4, allowed by RFC 6455 §4.1), and what
 * the client takes along.
 *
 * A redirect is the word of whoever answered. So nothing secret goes to another scheme, host or port, a secure
 * connection never becomes a plain one, and whether redirects are followed at all is the caller's decision.
 */
import { HandshakeRefused } from "@tautline/protocol";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { HeadersInput } from "../options.ts";
import type { Http2Choice } from "./http-versions.ts";
import { parseWebSocketUrl } from "./websocket-url.ts";
import type { WebSocketUrl } from "./websocket-url.ts";

/** What may differ from one attempt to the next. */
export interface ClientRequest {
  readonly url: WebSocketUrl;
  readonly headers: HeadersInput;
  readonly tls: TlsConnectionOptions | undefined;
  readonly socketPath: string | undefined;
  readonly http2: Http2Choice | undefined;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const schemes: ReadonlyMap<string, string> = new Map([
  ["http:", "ws:"],
  ["https:", "wss:"],
  ["ws:", "ws:"],
  ["wss:", "wss:"],
]);

const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "cookie2",
  "proxy-authorization",
]);

/** What says who the client is, or belongs to the one server it was said for. */
const secretTlsOptions: ReadonlySet<string> = new Set([
  "cert",
  "key",
  "passphrase",
  "pfx",
  "privateKeyEngine",
  "privateKeyIdentifier",
  "clientCertEngine",
  "pskCallback",
  "secureContext",
  "servername",
  "session",
]);

/** The request to make after `request` ended in `error`, or `undefined` when that is no redirect that may be followed. */
export function redirectedRequest(
  error: unknown,
  request: ClientRequest,
): ClientRequest | undefined {
  if (!(error instanceof HandshakeRefused) || !redirectStatuses.has(error.status)) return undefined;
  const [location, ...more] = error.headers.values("location");
  if (location === undefined || more.length > 0) return undefined;
  const url = resolveLocation(location, request.url);
  if (url === undefined || (request.url.secure && !url.secure)) return undefined;
  if (isSamePlace(url, request.url)) {
    return { ...request, url: { ...url, authorization: request.url.authorization } };
  }
  // A socket of the file system and a session lead to one server only.
  if (request.socketPath !== undefined || typeof request.http2 === "object") return undefined;
  return {
    ...request,
    url,
    headers: without(request.headers, (name) => secretHeaders.has(name.toLowerCase())),
    tls: request.tls && without({ ...request.tls }, (name) => secretTlsOptions.has(name)),
  };
}

/** User, password and fragment of a location are of no use here: the server does not tell the client who it is. */
function resolveLocation(location: string, base: WebSocketUrl): WebSocketUrl | undefined {
  try {
    const scheme = base.secure ? "https" : "http";
    const url = new URL(location, `${scheme}://${base.authority}${base.target}`);
    url.protocol = schemes.get(url.protocol) ?? url.protocol;
    url.username = "";
    url.password = "";
    url.hash = "";
    return parseWebSocketUrl(url);
  } catch {
    return undefined;
  }
}

function isSamePlace(one: WebSocketUrl, other: WebSocketUrl): boolean {
  return one.secure === other.secure && one.hostname === other.hostname && one.port === other.port;
}

function without<Value>(
  members: Readonly<Record<string, Value>>,
  isSecret: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !isSecret(name)));
}

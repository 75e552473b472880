/**
 * Reads the URL of a WebSocket server: where to connect, what to ask for (RFC 6455 §3).
 */
import { isIP } from "node:net";
import { UsageError } from "@tautline/protocol";

export interface WebSocketUrl {
  /** Whether it is `wss:`. */
  readonly secure: boolean;
  /** Name or address to connect to, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For the `Host` header: host and, where it is not the scheme's own, port. */
  readonly authority: string;
  /** The name that the server's certificate must be for, sent in the TLS handshake; none for an address (RFC 6066 §3). */
  readonly serverName: string | undefined;
  /** Path and query. */
  readonly target: string;
  /** The value of an `Authorization` header, when the URL names a user (RFC 7617). */
  readonly authorization: string | undefined;
}

/**
 * Reads `url`.
 *
 * @throws UsageError `USAGE_URL` for anything but an absolute `ws:` or `wss:` URL without a fragment
 */
export function parseWebSocketUrl(url: string | URL): WebSocketUrl {
  const parsed = parse(url);
  const secure = parsed.protocol === "wss:";
  if (!secure && parsed.protocol !== "ws:") throw new UsageError("USAGE_URL", parsed.protocol);
  // RFC 6455 §3: fragment identifiers are meaningless and must not be used. `hash` is "" for a lone "#" too.
  if (parsed.href.includes("#")) throw new UsageError("USAGE_URL", "fragment");
  const hostname = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    secure,
    hostname,
    port: parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port),
    authority: parsed.host,
    serverName: isIP(hostname) === 0 ? hostname : undefined,
    target: parsed.pathname + parsed.search,
    authorization: authorizationOf(parsed),
  };
}

function parse(url: string | URL): URL {
  if (url instanceof URL) return url;
  try {
    return new URL(url);
  } catch (cause) {
    throw new UsageError("USAGE_URL", undefined, { cause });
  }
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const credentials = `${decodePart(username)}:${decodePart(password)}`;
  return `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new UsageError("USAGE_URL", "user or password", { cause });
  }
}

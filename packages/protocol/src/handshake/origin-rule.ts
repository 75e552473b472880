/**
 * Which web pages may open a connection (RFC 6455 §4.2.2 step 4, §10.2).
 *
 * Browsers let every page connect everywhere and send the user's cookies along; the `Origin` header, which a page cannot
 * forge, is what a server has against that. Other programs can write what they like there, so it is no
 * authentication, and a request without it is let through. This file does not know what a refusal looks like.
 */
import { UsageError } from "../errors.ts";
import { formatOrigin, defaultPort, parseAuthority, parseOrigin } from "./authority.ts";
import type { HeaderList } from "./header-list.ts";

/**
 * - `"same-host"`: pages served by the host and port that the request names in its `Host` header, over `http` or `https`.
 *   Where one of the two leaves the port out, it is the one of the page's scheme: so it also holds behind a proxy that
 *   ends TLS.
 * - `"any"`: every page of every site, sandboxed and local ones (`null`) and malformed values included. Only for
 *   endpoints that act on nobody's cookies.
 * - a list: the origins in it and no other, the server's own host included. `"null"` in the list allows pages
 *   without an origin.
 */
export type AllowedOrigins = "same-host" | "any" | readonly string[];

const NULL_ORIGIN = "null";

/**
 * `allowed` with each origin of a list in its one way to be written, as {@link isOriginAllowed} compares them.
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_ORIGIN` when one of them could never match: a path, a missing scheme, a wildcard.
 */
export function resolveAllowedOrigins(allowed: AllowedOrigins): AllowedOrigins {
  return typeof allowed === "string" ? allowed : Object.freeze(allowed.map(resolveOrigin));
}

function resolveOrigin(text: string): string {
  const resolved = canonicalOrigin(text);
  if (resolved === undefined || text.includes("*")) {
    throw new UsageError("USAGE_HANDSHAKE_ORIGIN", text);
  }
  return resolved;
}

function canonicalOrigin(text: string): string | undefined {
  if (text === NULL_ORIGIN) {
    return NULL_ORIGIN;
  }
  const origin = parseOrigin(text);
  return origin === undefined ? undefined : formatOrigin(origin);
}

/**
 * Whether a request with these headers may go on that names `host`, as it stands in `Host` or `:authority`. Never throws,
 * whatever stands there and in `Origin`.
 */
export function isOriginAllowed(
  headers: HeaderList,
  host: string,
  allowed: AllowedOrigins,
): boolean {
  const origins = headers.values("origin");
  const origin = origins[0];
  if (allowed === "any" || origin === undefined) {
    return true;
  }
  if (origins.length > 1) {
    return false;
  }
  if (allowed === "same-host") {
    return isSameHost(origin, host);
  }
  const canonical = canonicalOrigin(origin);
  return canonical !== undefined && allowed.includes(canonical);
}

function isSameHost(originText: string, hostText: string): boolean {
  const origin = parseOrigin(originText);
  const host = parseAuthority(hostText);
  if (origin === undefined || host === undefined) {
    return false;
  }
  const ofTheWeb = origin.scheme === "http" || origin.scheme === "https";
  const port = host.port ?? defaultPort(origin.scheme);
  return ofTheWeb && origin.host === host.host && origin.port === port;
}

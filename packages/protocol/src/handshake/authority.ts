/**
 * Host and port as they stand in `Host` headers and in origins (RFC 3986 §3.2, RFC 9110 §7.2, RFC 6454 §4).
 *
 * Reading never throws and never resolves anything: what is no authority is `undefined`. Hosts compare by their small
 * letters; names that only mean the same, such as `localhost` and `127.0.0.1`, are different hosts.
 */

/** A host, in small letters, and the port when one was given. */
export interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

/** Who a page belongs to (RFC 6454 §4): scheme and host in small letters, the port never left open. */
export interface Origin {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** Each character has one way to match, so both expressions take linear time. */
const AUTHORITY = /^((?:[\w.~!$&'()*+,;=%-]+)|\[[\w.~!$&'()*+,;=:-]+\])(?::(\d{0,5}))?$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;
const SCHEME_END = "://";
const MAX_PORT = 0xffff;
/** A name has at most 255 characters (RFC 1035 §3.1); a colon and a port may follow. */
const MAX_LENGTH = 261;

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
  ["ws", 80],
  ["wss", 443],
]);

/** The port of `scheme` when none is written; `undefined` for schemes that have none. */
export function defaultPort(scheme: string): number | undefined {
  return defaultPorts.get(scheme);
}

/** Reads `host`, `host:port` or `[v6]:port`. User names, paths, spaces and what is not ASCII make it none. */
export function parseAuthority(text: string): Authority | undefined {
  const match = text.length > MAX_LENGTH ? null : AUTHORITY.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, host = "", digits = ""] = match;
  const port = digits === "" ? undefined : Number(digits);
  return port !== undefined && port > MAX_PORT ? undefined : { host: host.toLowerCase(), port };
}

/** Reads one serialized origin (RFC 6454 §6.2); `null`, lists of several, and anything with a path are none. */
export function parseOrigin(text: string): Origin | undefined {
  const schemeEnd = text.indexOf(SCHEME_END);
  const scheme = text.slice(0, Math.max(schemeEnd, 0)).toLowerCase();
  const authority = parseAuthority(text.slice(schemeEnd + SCHEME_END.length));
  if (!SCHEME.test(scheme) || authority === undefined) {
    return undefined;
  }
  return { scheme, host: authority.host, port: authority.port ?? defaultPort(scheme) };
}

/** The one way to write `origin`, with the port left out where it is the scheme's own. */
export function formatOrigin(origin: Origin): string {
  const port = origin.port === defaultPort(origin.scheme) ? "" : `:${origin.port}`;
  return `${origin.scheme}${SCHEME_END}${origin.host}${port}`;
}

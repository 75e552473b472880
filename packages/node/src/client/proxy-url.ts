/**
 * Which proxy stands between this machine and a server, by URL or by the environment's word.
 *
 * The variables are those that command line programs have agreed on; no standard describes them. Nothing is connected
 * to here.
 */
import { isIP } from "node:net";
import { UsageError } from "@tautline/protocol";
import type { WebSocketUrl } from "./websocket-url.ts";

export interface Proxy {
  /** How the proxy is spoken to: HTTP CONNECT, the same inside TLS, or SOCKS5. */
  readonly kind: "http" | "https" | "socks5";
  /** Name or address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The name that an `https:` proxy's certificate must be for; none for an address. */
  readonly serverName: string | undefined;
  /** From the URL, decoded. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

/** The URL of a proxy, or "environment" for the variables of the process. */
export type ProxyChoice = string | URL;

type Variables = Readonly<Record<string, string | undefined>>;

const kinds: ReadonlyMap<string, Proxy["kind"]> = new Map([
  ["http:", "http"],
  ["https:", "https"],
  ["socks5:", "socks5"],
  ["socks5h:", "socks5"],
]);

const defaultPorts: Readonly<Record<Proxy["kind"], number>> = {
  http: 80,
  https: 443,
  socks5: 1080,
};

/**
 * Reads the URL of a proxy.
 *
 * @throws UsageError `USAGE_PROXY`
 */
export function parseProxyUrl(url: string | URL): Proxy {
  try {
    const { protocol, hostname, port, username, password } = new URL(url);
    const kind = kinds.get(protocol);
    if (kind === undefined || hostname === "") throw new UsageError("USAGE_PROXY", protocol);
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const hasCredentials = username !== "" || password !== "";
    return {
      kind,
      hostname: host,
      serverName: isIP(host) === 0 ? host : undefined,
      port: port === "" ? defaultPorts[kind] : Number(port),
      credentials: hasCredentials
        ? { user: decodeURIComponent(username), password: decodeURIComponent(password) }
        : undefined,
    };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    // The URL stays out of the message: it may hold a password.
    throw new UsageError("USAGE_PROXY");
  }
}

/**
 * The proxy to use for `target`, as a caller's option asks for it.
 *
 * @throws UsageError `USAGE_PROXY`
 */
export function chooseProxy(
  target: WebSocketUrl,
  wanted: ProxyChoice | undefined,
): Proxy | undefined {
  if (wanted === undefined) return undefined;
  return wanted === "environment"
    ? proxyFromEnvironment(target, process.env)
    : parseProxyUrl(wanted);
}

/**
 * The proxy that `variables` name for `target`, if they name one and `NO_PROXY` does not except it.
 *
 * `HTTPS_PROXY` is for `wss:`, `HTTP_PROXY` for `ws:`, `ALL_PROXY` for both; small letters go before capitals. A value
 * without a scheme is an `http:` proxy.
 *
 * @throws UsageError `USAGE_PROXY`
 */
export function proxyFromEnvironment(
  target: Pick<WebSocketUrl, "secure" | "hostname" | "port">,
  variables: Variables,
): Proxy | undefined {
  const read = (name: string): string =>
    (variables[name.toLowerCase()] || variables[name])?.trim() ?? "";
  const value = read(target.secure ? "HTTPS_PROXY" : plainVariable(variables)) || read("ALL_PROXY");
  if (value === "" || isExcepted(target, read("NO_PROXY"))) return undefined;
  return parseProxyUrl(value.includes("://") ? value : `http://${value}`);
}

/** In a CGI program `HTTP_PROXY` is what the visitor wrote in a header named "Proxy"; only small letters count there. */
function plainVariable(variables: Variables): string {
  return variables["REQUEST_METHOD"] === undefined ? "HTTP_PROXY" : "http_proxy";
}

/**
 * Whether the list `NO_PROXY` names the target: `*` names all, `example.com` and `.example.com` name that host and those
 * below it, an address names itself, and a port behind any of them narrows it.
 */
function isExcepted(
  { hostname, port }: Pick<WebSocketUrl, "hostname" | "port">,
  list: string,
): boolean {
  const name = withoutLastDot(hostname.toLowerCase());
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((rule) => {
      const [host, rulePort] = splitRule(rule);
      if (host === "" || (rulePort !== undefined && rulePort !== port)) return false;
      return host === "*" || name === host || name.endsWith(`.${host}`);
    });
}

/** Host without brackets, leading `*` and dots, and the port if one is named. An address of IPv6 has a port only behind brackets. */
function splitRule(rule: string): [host: string, port: number | undefined] {
  const match = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(rule);
  const [, host = rule, port] = match ?? [];
  const bare = host.replace(/^\[(.*)\]$/, "$1").replace(/^\*?\./, "");
  return [withoutLastDot(bare), port === undefined ? undefined : Number(port)];
}

function withoutLastDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

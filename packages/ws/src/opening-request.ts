/**
 * The request of a client's handshake, as options for `http.request`.
 */
import { randomBytes } from "node:crypto";
import type { RequestOptions } from "node:http";
// Whole modules, for those who put something else in their place.
import net from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import { unescape } from "node:querystring";
import tls from "node:tls";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { connectionDefaults } from "./constants.ts";
import type { ClientOptionsFor } from "./client-options.ts";
import { extension } from "./extension.ts";
import type { Asked } from "./opening-response.ts";
import { placeOf } from "./opening-url.ts";
import { extensionName, PerMessageDeflate } from "./per-message-deflate.ts";

const protocolVersions = [8, 13];
const subprotocolPattern = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;

export type Headers = Record<string, string | number | undefined>;

/** The options with everything that has a default, and what `http.request` needs. */
export type ResolvedOptions = Omit<ClientOptionsFor<unknown>, "headers"> &
  Omit<RequestOptions, "headers" | "agent" | "createConnection"> & {
    headers: Headers;
    defaultPort?: number | undefined;
    followRedirects?: boolean | undefined;
    maxRedirects: number;
    protocolVersion: number;
  };

/** Lays the caller's options over the defaults; the URL decides what it says. */
export function resolveOptions(options: object | undefined): ResolvedOptions {
  const resolved = {
    ...connectionDefaults,
    protocolVersion: 13,
    perMessageDeflate: true,
    followRedirects: false,
    maxRedirects: 10,
    ...options,
    socketPath: undefined,
    hostname: undefined,
    protocol: undefined,
    protocols: undefined,
    timeout: undefined,
    method: "GET",
    host: undefined,
    path: undefined,
    port: undefined,
  } as unknown as ResolvedOptions;
  const { protocolVersion } = resolved;
  if (!protocolVersions.includes(protocolVersion)) {
    throw new RangeError(
      `Unsupported protocol version: ${protocolVersion} (supported versions: 8, 13)`,
    );
  }
  return resolved;
}

/** Completes `options` for a request to `url`. @throws SyntaxError for a subprotocol that cannot be offered */
export function prepareRequest(
  options: ResolvedOptions,
  url: URL,
  protocols: readonly string[],
): Asked {
  const place = placeOf(url);
  const { isSecure, host, port, path, socketPath } = place;
  const key = randomBytes(16).toString("base64");
  const connectDefault = (isSecure ? tlsConnect : netConnect) as unknown;
  options.createConnection ||= connectDefault as NonNullable<typeof options.createConnection>;
  options.defaultPort ||= isSecure ? 443 : 80;
  options.timeout = options.handshakeTimeout;
  Object.assign(options, { host, port, path, socketPath });
  options.headers = {
    ...options.headers,
    "Sec-WebSocket-Version": options.protocolVersion,
    "Sec-WebSocket-Key": key,
    Connection: "Upgrade",
    Upgrade: "websocket",
  };
  const deflate = offerDeflate(options);
  const names = offerProtocols(options, protocols);
  const { origin, protocolVersion } = options;
  if (origin) options.headers[protocolVersion < 13 ? "Sec-WebSocket-Origin" : "Origin"] = origin;
  if (url.username || url.password) {
    options.auth = `${unescape(url.username)}:${unescape(url.password)}`;
  }
  return { key, protocols: names, deflate };
}

function offerDeflate(options: ResolvedOptions): PerMessageDeflate | undefined {
  const { perMessageDeflate, maxPayload } = options;
  if (!perMessageDeflate) return undefined;
  const given = perMessageDeflate === true ? {} : perMessageDeflate;
  const deflate = new PerMessageDeflate({ ...given, isServer: false, maxPayload });
  options.headers["Sec-WebSocket-Extensions"] = extension.format({
    [extensionName]: { ...deflate.offer() },
  });
  return deflate;
}

function offerProtocols(options: ResolvedOptions, protocols: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const name of protocols) {
    if (typeof name !== "string" || !subprotocolPattern.test(name) || names.has(name)) {
      throw new SyntaxError("An invalid or duplicated subprotocol was specified");
    }
    names.add(name);
  }
  if (names.size > 0) options.headers["Sec-WebSocket-Protocol"] = protocols.join(",");
  return names;
}

/** For `http`: the path in its options is the request's, here it is the socket's. */
function netConnect(options: Record<string, unknown>): Socket {
  options["path"] = options["socketPath"];
  return net.connect(options as unknown as NetConnectOpts);
}

function tlsConnect(options: TlsOptions & { path?: string | undefined }): Socket {
  delete options.path;
  if (!options.servername && options.servername !== "") {
    const { host = "" } = options;
    options.servername = net.isIP(host) === 0 ? host : "";
  }
  return tls.connect(options);
}

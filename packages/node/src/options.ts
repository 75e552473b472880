/**
 * The options of this package: one interface for each of its doors, one frozen set of defaults, one place that
 * checks them. What the engine limits and times is described at its own options and passed on.
 */
import {
  UsageError,
  engineDefaults,
  headLimitDefaults,
  isSendableCloseCode,
  maxCloseReasonBytes,
  resolveEngineSettings,
} from "@tautline/protocol";
import type { EngineSettings, HeadLimits, Role, ServerHandshakeOptions } from "@tautline/protocol";
import type { TlsOptions } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { Compression } from "./compression/deflate-extension.ts";
import type { Connection } from "./connection/connection.ts";
import type { HandshakeHook } from "./server/handshake-hook.ts";
import type { MessageQueueLimits } from "./connection/message-queue.ts";
import type { TextForm, TextSettings } from "./connection/utf8-text.ts";
import type { Http2Choice } from "./client/http-versions.ts";
import type { ProxyChoice } from "./client/proxy-url.ts";
import type { UpgradeRequest } from "./server/upgrade-request.ts";

/** Settings of one connection, server's or client's. */
export type ConnectionOptions = {
  readonly [Name in keyof EngineSettings]?: EngineSettings[Name] | undefined;
} & {
  /** Messages kept for an application that does not take them; then reading stops. Default 1,024. */
  readonly maxUnreadMessages?: number | undefined;
  /** Bytes of such messages, and UTF-16 units of text. Default 1 MiB. One message may pass it. */
  readonly maxUnreadBytes?: number | undefined;
  /**
   * What text messages are received as: strings, or `"bytes"` as they came, in a {@link Utf8Text}, checked to be UTF-8 and not
   * decoded before somebody asks. For servers that pass messages on: decoding costs more than all the rest, above all on Node.js 20
   * and for text that is not ASCII. Has no meaning where messages are received as streams. Default `"strings"`.
   */
  readonly receiveText?: TextForm | undefined;
};

export interface ServerOptions<Data = unknown> extends ConnectionOptions, ServerHandshakeOptions {
  /** The only path that is served, for example `/chat`. Default: every path. {@link WebSocketServer.upgrade} ignores it. */
  readonly path?: string | undefined;
  /** Connections at one time; a request beyond them is refused with 503. Default 100,000. */
  readonly maxConnections?: number | undefined;
  /** Largest head of a request to the own port, in bytes. Default 16,384. Beyond it: 431. */
  readonly maxHeadBytes?: number | undefined;
  /**
   * How long a peer of the own port may take for its request, and for the TLS handshake before it, and how long
   * `onHandshake` may take for its answer, in milliseconds. Default 10,000. Beyond it: 408, and 503.
   */
  readonly handshakeTimeoutMs?: number | undefined;
  /**
   * Whether messages are compressed with clients that offer it (RFC 7692): true for the defaults, or options. Default
   * false: it costs several times what sending a small message costs.
   */
  readonly compression?: boolean | Compression | undefined;
  /** Makes the own port speak TLS (`wss:`): certificate, key and whatever else Node.js takes. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Makes the own port speak HTTP/2 (RFC 8441): with `tls` beside HTTP/1.1, as the client chooses; without it alone, for
   * clients and proxies that know so. Default false: HTTP/1.1 only. Servers that {@link WebSocketServer.attach} is given
   * speak what they speak.
   */
  readonly http2?: boolean | undefined;
  /**
   * Asked about each request that is otherwise acceptable, before it is answered: returns what to accept it with, a
   * `Response` to refuse it with, or nothing to accept it as it is; now or later. What it throws or rejects with becomes
   * an uncaught exception, and the request is answered with 500. To have the type of `data` known to the listeners, write
   * it before them. Default: every such request is accepted.
   */
  readonly onHandshake?: HandshakeHook<Data> | undefined;
  /** The first listener of {@link WebSocketServer.onConnection}. */
  readonly onConnection?:
    ((connection: Connection<Data>, request: UpgradeRequest) => unknown) | undefined;
  /** The first listener of {@link WebSocketServer.onError}. */
  readonly onError?: ((error: Error, request: UpgradeRequest | undefined) => unknown) | undefined;
}

/** Where a server listens that is reached through the file system. */
export interface ListenPathOptions {
  /** A Unix socket, which is a file, or a named pipe of Windows (`\\\\.\\pipe\\name`). The file is removed when listening ends. */
  readonly path: string;
  /** Ends the listening: before the path is open `listen` rejects, afterwards the server is shut down. */
  readonly signal?: AbortSignal | undefined;
}

export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default: all addresses. */
  readonly host?: string | undefined;
  /** Ends the listening: before the port is open `listen` rejects, afterwards the server is shut down. */
  readonly signal?: AbortSignal | undefined;
}

export interface ConnectOptions extends ConnectionOptions {
  /** The subprotocols to offer, most wanted first. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** More headers for the request, for example `Cookie` or `Origin`. Default: none. */
  readonly headers?: HeadersInput | undefined;
  /** Gives the attempt up; once the connection is open it does nothing. */
  readonly signal?: AbortSignal | undefined;
  /** How long all of it may take, name lookup, waiting and TLS included, in milliseconds. Default 30,000. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Whether this attempt may run beside others at the same address and port. Default false: they take turns, so that
   * one handshake is under way at a time (RFC 6455 §4.1). True suits load generators.
   */
  readonly parallelHandshakes?: boolean | undefined;
  /**
   * The Unix socket or the named pipe to connect through, instead of the host and port of the URL. These still make the
   * `Host` header and the name that a certificate is for. Default: none.
   */
  readonly socketPath?: string | undefined;
  /**
   * Whether compression is offered to the server (RFC 7692): true for the defaults, or options. Default true, as browsers
   * do: the server decides.
   */
  readonly compression?: boolean | Compression | undefined;
  /**
   * The proxy to connect through: `http:`, `https:` (HTTP CONNECT) or `socks5:`, with user and password where it wants
   * them; or `"environment"` for what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say. Default: none, whatever
   * the environment says.
   */
  readonly proxy?: ProxyChoice | undefined;
  /**
   * How many redirects may be followed, at most 5. Default 0. Never from `wss:` to `ws:`; where scheme, host or port
   * changes, `Authorization`, `Cookie`, the user of the URL and the client certificate are left behind.
   */
  readonly maxRedirects?: number | undefined;
  /** For an `https:` proxy: authorities and whatever else Node.js takes; checked as strictly as `tls`. */
  readonly proxyTls?: TlsConnectionOptions | undefined;
  /**
   * Whether to connect over HTTP/2 (RFC 8441): true for nothing else, with `ws:` to a server that is known to speak it
   * without TLS; `"prefer"` for HTTP/2 where a server offers it and takes WebSockets over it, and HTTP/1.1 otherwise; or a
   * session, which stays the caller's and may carry any number of WebSockets. A session leads to its server whatever the host
   * of the URL, and attempts on it take no turns. Default false: HTTP/1.1.
   */
  readonly http2?: Http2Choice | undefined;
  /** How long the head of the response may be. Default 16,384 bytes and 128 headers. */
  readonly headLimits?: Partial<HeadLimits> | undefined;
  /**
   * For `wss:`: authorities, client certificate and whatever else Node.js takes. A certificate that does not verify is
   * refused, unless `rejectUnauthorized` is exactly `false`; the environment does not change that.
   */
  readonly tls?: TlsConnectionOptions | undefined;
}

/** Header fields by name; several values make several fields. */
export type HeadersInput = Readonly<Record<string, string | readonly string[]>>;

export interface ShutdownOptions {
  /** How long the whole may take before connections that are left are cut off, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * Time over which the Close frames are spread, in milliseconds, so that clients do not all come back at once. It lies
   * within `drainTimeoutMs`. Default 0.
   */
  readonly spreadMs?: number | undefined;
  /** Close code. Default 1001, "going away" (RFC 6455 §7.4.1). */
  readonly code?: number | undefined;
  /** Close reason, at most 123 bytes of UTF-8. Default "". */
  readonly reason?: string | undefined;
}

/** Numbers that belong to this package, beside the engine's. */
export interface NodeSettings extends MessageQueueLimits {
  readonly maxConnections: number;
  readonly handshakeTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxRedirects: number;
  readonly maxHeadBytes: number;
  readonly drainTimeoutMs: number;
  readonly spreadMs: number;
}

const KiB = 1024;

const settingDefaults: NodeSettings = Object.freeze({
  maxUnreadMessages: 1024,
  maxUnreadBytes: 1024 * KiB,
  maxConnections: 100_000,
  maxHeadBytes: headLimitDefaults.maxHeadBytes,
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 30_000,
  maxRedirects: 0,
  drainTimeoutMs: 10_000,
  spreadMs: 0,
});

/** The defaults. A client's `pingIntervalMs` is 0. */
export const nodeDefaults: NodeSettings & EngineSettings & TextSettings = Object.freeze({
  ...engineDefaults,
  ...settingDefaults,
  receiveText: "strings",
});

/** The least that each setting may be. */
const minima: NodeSettings = Object.freeze({
  maxUnreadMessages: 1,
  maxUnreadBytes: 1,
  maxConnections: 1,
  maxHeadBytes: 1,
  handshakeTimeoutMs: 1,
  connectTimeoutMs: 1,
  maxRedirects: 0,
  drainTimeoutMs: 0,
  spreadMs: 0,
});

/** Who is sent on more often than that is sent in circles. */
const mostRedirects = 5;

const settingNames = [
  "maxUnreadMessages",
  "maxUnreadBytes",
  "maxConnections",
  "maxHeadBytes",
  "handshakeTimeoutMs",
  "connectTimeoutMs",
  "maxRedirects",
  "drainTimeoutMs",
  "spreadMs",
] as const satisfies readonly (keyof NodeSettings)[];

/**
 * This package's settings, as `given` or by default. A member that is `undefined` counts as not given.
 *
 * @throws UsageError `USAGE_OPTION` for a number that is no safe integer or below its minimum
 */
export function resolveNodeSettings(given: {
  readonly [Name in keyof NodeSettings]?: number | undefined;
}): NodeSettings {
  const settings: Record<keyof NodeSettings, number> = { ...settingDefaults };
  for (const name of settingNames) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < minima[name]) {
      throw new UsageError(
        "USAGE_OPTION",
        `${name} must be an integer from ${minima[name]}, not ${value}`,
      );
    }
    if (name === "maxRedirects" && value > mostRedirects) {
      throw new UsageError("USAGE_OPTION", `maxRedirects must be at most ${mostRedirects}`);
    }
    settings[name] = value;
  }
  return settings;
}

/** What a connection is made with. */
export type ConnectionSettings = EngineSettings & MessageQueueLimits & TextSettings;

/**
 * The settings of a connection in `role`.
 *
 * @throws UsageError `USAGE_OPTION`
 */
export function resolveConnectionSettings(
  role: Role,
  given: ConnectionOptions,
): ConnectionSettings {
  const { maxUnreadMessages, maxUnreadBytes } = resolveNodeSettings(given);
  const { receiveText = nodeDefaults.receiveText } = given;
  if (receiveText !== "strings" && receiveText !== "bytes") {
    throw new UsageError("USAGE_OPTION", `receiveText must be one of strings, bytes`);
  }
  return Object.freeze({
    ...resolveEngineSettings(role, given),
    maxUnreadMessages,
    maxUnreadBytes,
    receiveText,
  });
}

/** What a server is made with. */
export interface ServerSettings extends Pick<
  NodeSettings,
  "maxConnections" | "handshakeTimeoutMs" | "maxHeadBytes"
> {
  readonly path: string | undefined;
  readonly tls: TlsOptions | undefined;
  readonly http2: boolean;
  readonly connection: ConnectionSettings;
}

/**
 * The settings of a server.
 *
 * @throws UsageError `USAGE_OPTION`
 */
export function resolveServerSettings(
  given: Omit<ServerOptions, "onHandshake" | "onConnection">,
): ServerSettings {
  if (given.path !== undefined && !given.path.startsWith("/")) {
    throw new UsageError("USAGE_OPTION", `path must begin with /, not ${given.path}`);
  }
  const { maxConnections, handshakeTimeoutMs, maxHeadBytes } = resolveNodeSettings(given);
  return Object.freeze({
    maxConnections,
    handshakeTimeoutMs,
    maxHeadBytes,
    path: given.path,
    tls: given.tls,
    http2: given.http2 === true,
    connection: resolveConnectionSettings("server", given),
  });
}

export type ShutdownSettings = Required<{
  readonly [Name in keyof ShutdownOptions]: NonNullable<ShutdownOptions[Name]>;
}>;

/** RFC 6455 §7.4.1: "going away", for example because a server is going down. */
const goingAway = 1001;

/**
 * The settings of a shutdown.
 *
 * @throws UsageError `USAGE_OPTION`, `USAGE_CLOSE_CODE`, `USAGE_CLOSE_REASON`
 */
export function resolveShutdownSettings(given: ShutdownOptions): ShutdownSettings {
  const { code = goingAway, reason = "" } = given;
  const { drainTimeoutMs, spreadMs } = resolveNodeSettings(given);
  if (spreadMs > drainTimeoutMs) {
    throw new UsageError("USAGE_OPTION", "spreadMs must not be longer than drainTimeoutMs");
  }
  if (!isSendableCloseCode(code)) throw new UsageError("USAGE_CLOSE_CODE", `${code}`);
  const reasonBytes = Buffer.byteLength(reason, "utf8");
  if (reasonBytes > maxCloseReasonBytes) {
    throw new UsageError("USAGE_CLOSE_REASON", `${reasonBytes} bytes`);
  }
  return Object.freeze({ drainTimeoutMs, spreadMs, code, reason });
}

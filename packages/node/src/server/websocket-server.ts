/**
 * A WebSocket server: takes upgrades from http servers, its own or others', and holds the connections.
 *
 * It knows where requests come from and when no more are taken; who is let in is decided by its admission, how paths are
 * shared by the router.
 */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { ConnectionFailed, LimitExceeded, PreparedMessage, UsageError } from "@tautline/protocol";
import type { TautlineError } from "@tautline/protocol";
import type { Connection, SendOptions } from "../connection/connection.ts";
import { Listeners } from "../connection/listeners.ts";
import type { Unsubscribe } from "../connection/listeners.ts";
import { prepareMessage } from "../connection/sendable.ts";
import type { Sendable } from "../connection/sendable.ts";
import { resolveServerSettings, resolveShutdownSettings } from "../options.ts";
import type {
  ListenOptions,
  ListenPathOptions,
  ServerOptions,
  ServerSettings,
  ShutdownOptions,
  ShutdownSettings,
} from "../options.ts";
import { Admission } from "./admission.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import type { IncomingStream } from "./http2-exchange.ts";
import { OwnPort } from "./own-port.ts";
import { closeConnections } from "./shutdown.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";
import { routeUpgrades } from "./upgrade-router.ts";
import type { UpgradableServer } from "./upgrade-router.ts";

/** `Data` is what `onHandshake` attaches to each connection. */
export class WebSocketServer<Data = unknown> {
  readonly #settings: ServerSettings;
  readonly #admission: Admission<Data>;
  readonly #connections = new Set<Connection<Data>>();
  // RFC 6455 §7.4.1: 1011, an unexpected condition. Nobody may be left who looks after the connection.
  readonly #connectionListeners = new Listeners<Connection<Data>, UpgradeRequest>((connection) =>
    connection.close(1011),
  );
  readonly #errorListeners = new Listeners<Error, UpgradeRequest | undefined>();
  #routes: Unsubscribe[] = [];
  #ownPort: OwnPort | undefined;
  #shutdown: Promise<void> | undefined;
  #signal: AbortSignal | undefined;

  /** @throws UsageError `USAGE_OPTION` and what the handshake's options throw */
  constructor(options: ServerOptions<Data> = {}) {
    this.#settings = resolveServerSettings(options);
    this.#admission = new Admission(options, this.#settings, {
      obstacle: (pending) => this.#obstacle(pending),
      opened: (connection, request) => this.#open(connection, request),
      refused: (error, request) => this.#report(error, request),
      closed: (connection) => void this.#connections.delete(connection),
    });
    if (options.onConnection !== undefined) this.onConnection(options.onConnection);
    if (options.onError !== undefined) this.onError(options.onError);
  }

  /** The connections that are open or closing, in the order in which they came. */
  get connections(): ReadonlySet<Connection<Data>> {
    return this.#connections;
  }

  /**
   * Opens a port of the server's own, or a Unix socket or named pipe with `path`. Requests that are no upgrade are answered with 426, other paths with 404.
   *
   * @returns where it listens: the address, or the path
   * @throws UsageError `USAGE_SERVER_STATE` when it listens already or is shut down
   * @throws the system's error when the port cannot be had, and the signal's reason when it is aborted before; aborted
   *   later, it starts {@link shutdown}
   */
  listen(options: ListenPathOptions): Promise<string>;
  listen(options?: ListenOptions): Promise<AddressInfo>;
  async listen(options: ListenOptions | ListenPathOptions = {}): Promise<AddressInfo | string> {
    if (this.#ownPort !== undefined || this.#shutdown !== undefined) {
      throw new UsageError("USAGE_SERVER_STATE");
    }
    options.signal?.throwIfAborted();
    const ownPort = new OwnPort(this.#settings, (error) => this.#report(error, undefined));
    this.#ownPort = ownPort;
    const detach = this.attach(ownPort.server);
    try {
      const address = await ownPort.listen(options);
      this.#signal = options.signal;
      this.#signal?.addEventListener("abort", this.#onAbort);
      return address;
    } catch (error) {
      detach();
      this.#ownPort = undefined;
      throw error;
    }
  }

  /**
   * Takes upgrades from `server`, which stays its owner's: it is neither listened with nor closed here. Several
   * WebSocketServers may share it, each with a path of its own and one at most without. A path that nobody has is
   * refused with 404, unless somebody else listens for 'upgrade'.
   *
   * @param options.path default: the server's own `path`; without one, every path that no other has
   * @returns detaches again
   * @throws UsageError `USAGE_PATH_TAKEN`, `USAGE_SERVER_STATE`
   */
  attach(server: UpgradableServer, options: { readonly path?: string } = {}): Unsubscribe {
    if (this.#shutdown !== undefined) throw new UsageError("USAGE_SERVER_STATE");
    const path = options.path ?? this.#settings.path;
    const remove = routeUpgrades(server, path, (exchange) => this.#admission.attend(exchange));
    this.#routes.push(remove);
    return () => {
      this.#routes = this.#routes.filter((other) => other !== remove);
      remove();
    };
  }

  /**
   * Upgrades one request by hand, whatever its path: as an 'upgrade' listener gets it, or an extended CONNECT of HTTP/2
   * (RFC 8441), as a listener for 'connect' or 'stream' gets it. The socket or stream is the server's from here on: a refused
   * request has been answered when this rejects.
   *
   * A server of HTTP/2 has to say that it takes extended CONNECT (`settings: { enableConnectProtocol: true }`), and Node.js
   * tells of 'connect' only where somebody listens for 'request'.
   *
   * @throws UsageError `USAGE_SOCKET_TAKEN`
   * @throws ProtocolViolation, LimitExceeded or ConnectionFailed: why the request was refused; HandshakeRefused when it
   *   was by `onHandshake`, and what that throws
   */
  upgrade(request: IncomingStream): Promise<Connection<Data>>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): Promise<Connection<Data>>;
  async upgrade(
    request: IncomingMessage | IncomingStream,
    socket?: Duplex,
    head: Uint8Array = new Uint8Array(),
  ): Promise<Connection<Data>> {
    if ("stream" in request) return this.#admission.admit(new Http2Exchange(request));
    return this.#admission.admit(new Http1Exchange(request, socket ?? request.socket, head));
  }

  /**
   * Calls `listener` for each connection, before any of its messages. It may be asynchronous. When it throws or rejects,
   * that becomes an uncaught exception and the connection is closed with 1011; only what {@link Connection.write} and
   * {@link Connection.drained} reject with when a connection is over does not surface.
   */
  onConnection(
    listener: (connection: Connection<Data>, request: UpgradeRequest) => unknown,
  ): Unsubscribe {
    return this.#connectionListeners.add(listener);
  }

  /**
   * Calls `listener` for what went wrong outside of any connection: a request that was refused, with the request, or a
   * fault of the server's own port. Nothing of it needs handling.
   */
  onError(listener: (error: Error, request: UpgradeRequest | undefined) => unknown): Unsubscribe {
    return this.#errorListeners.add(listener);
  }

  /**
   * Sends one message to all connections, encoded and framed once, and compressed once for each set of parameters that was
   * agreed on. Who does not keep up gets it queued, up to `maxQueuedBytes`.
   *
   * @param options.compress as in {@link Connection.send}
   *
   * @throws UsageError `USAGE_MESSAGE_TYPE`
   */
  broadcast(
    data: Sendable,
    options: SendOptions & { readonly except?: Connection<Data> | undefined } = {},
  ): void {
    const message = data instanceof PreparedMessage ? data : prepareMessage(data);
    for (const connection of this.#connections) {
      if (connection !== options.except) sendUnlessFull(connection, message, options);
    }
  }

  /**
   * Ends the server in order: no more connections are taken (503 until the end, then no route at all), those in
   * their handshake included, each one gets a
   * Close frame, and those that are left after `drainTimeoutMs` are cut off. A second call waits for the first.
   *
   * @returns when all connections are over and the own port is closed
   * @throws UsageError `USAGE_OPTION`, `USAGE_CLOSE_CODE`, `USAGE_CLOSE_REASON`
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const settings = resolveShutdownSettings(options);
    this.#shutdown ??= this.#shutDown(settings);
    await this.#shutdown;
  }

  readonly #onAbort = (): void => void this.shutdown();

  async #shutDown(settings: ShutdownSettings): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#ownPort?.stopListening();
    this.#admission.abort(new ConnectionFailed("CONNECTION_SHUTDOWN"));
    await closeConnections(this.#connections, settings);
    for (const remove of this.#routes) remove();
    this.#routes = [];
    await this.#ownPort?.closeSockets();
  }

  /** What stands in the way of any request. */
  #obstacle(pending: number): TautlineError | undefined {
    if (this.#shutdown !== undefined) return new ConnectionFailed("CONNECTION_SHUTDOWN");
    const { maxConnections } = this.#settings;
    if (this.#connections.size + pending < maxConnections) return undefined;
    return new LimitExceeded("LIMIT_CONNECTIONS", `${maxConnections}`);
  }

  #open(connection: Connection<Data>, request: UpgradeRequest): void {
    this.#connections.add(connection);
    this.#connectionListeners.emit(connection, request);
  }

  #report(error: Error, request: UpgradeRequest | undefined): void {
    this.#errorListeners.emit(error, request);
  }
}

/** One connection's full queue must not keep a broadcast from the others. */
function sendUnlessFull(
  connection: Connection,
  message: PreparedMessage,
  options: SendOptions,
): void {
  try {
    connection.send(message, options);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "USAGE_QUEUE_FULL") throw error;
  }
}

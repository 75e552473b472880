/**
 * A WebSocket server: takes upgrades from http servers, its own or others', and holds the connections.
 *
 * It decides who is let in; how a handshake is judged is the protocol's, how paths are shared the router's.
 */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import {
  ConnectionFailed,
  HeaderList,
  LimitExceeded,
  PreparedMessage,
  ServerHandshake,
  UsageError,
  encodeResponse,
  openTransform,
  refuseHandshake,
} from "@tautline/protocol";
import type {
  HandshakeAccepted,
  HandshakeChoices,
  HandshakeOffer,
  TautlineError,
} from "@tautline/protocol";
import { Connection } from "../connection/connection.ts";
import { serverExtensions } from "../compression/deflate-extension.ts";
import { acceptanceOf } from "./handshake-hook.ts";
import type { HandshakeHook, HookAcceptance, HookRefusal } from "./handshake-hook.ts";
import { HookRun } from "./handshake-hook-run.ts";
import { Listeners, surface } from "../connection/listeners.ts";
import type { Unsubscribe } from "../connection/listeners.ts";
import { resolveServerSettings, resolveShutdownSettings } from "../options.ts";
import type {
  ListenOptions,
  ListenPathOptions,
  ServerOptions,
  ServerSettings,
  ShutdownOptions,
  ShutdownSettings,
} from "../options.ts";
import { OwnPort } from "./own-port.ts";
import { nodePlatform } from "../platform.ts";
import { refuse } from "./refusal.ts";
import { prepareMessage } from "../connection/sendable.ts";
import type { Sendable } from "../connection/sendable.ts";
import { closeConnections } from "./shutdown.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { UpgradeRequest } from "./upgrade-request.ts";
import { routeUpgrades } from "./upgrade-router.ts";
import type { UpgradableServer } from "./upgrade-router.ts";

/** A request for an upgrade, with the socket it came on and the bytes behind it. */
interface Arrival {
  readonly request: UpgradeRequest;
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** Sockets that a server has taken over: none is taken twice. */
const takenSockets = new WeakSet<Duplex>();

/** `Data` is what `onHandshake` attaches to each connection. */
export class WebSocketServer<Data = unknown> {
  readonly #settings: ServerSettings;
  readonly #handshake: ServerHandshake;
  readonly #onHandshake: HandshakeHook<Data> | undefined;
  readonly #hookRuns = new Set<HookRun<Data>>();
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
    const extensions = serverExtensions(options);
    this.#handshake = new ServerHandshake({ ...options, extensions }, nodePlatform);
    this.#onHandshake = options.onHandshake;
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
    const remove = routeUpgrades(server, path, (request, socket, head) => {
      this.upgrade(request, socket, head).catch(() => {
        // Reported and answered already; nobody waits for this one.
      });
    });
    this.#routes.push(remove);
    return () => {
      this.#routes = this.#routes.filter((other) => other !== remove);
      remove();
    };
  }

  /**
   * Upgrades one request by hand, as an 'upgrade' listener gets it, whatever its path. The socket is the server's from
   * here on: a refused request has been answered when this rejects.
   *
   * @throws UsageError `USAGE_SOCKET_TAKEN`
   * @throws ProtocolViolation, LimitExceeded or ConnectionFailed: why the request was refused; HandshakeRefused when it
   *   was by `onHandshake`, and what that throws
   */
  async upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<Connection<Data>> {
    if (takenSockets.has(socket)) throw new UsageError("USAGE_SOCKET_TAKEN");
    takenSockets.add(socket);
    const upgradeRequest = new UpgradeRequest(request);
    const arrival: Arrival = { request: upgradeRequest, socket, head };
    const offer = this.#examine(arrival);
    // Without a hook nothing waits: what follows happens in the same turn of the event loop.
    if (this.#onHandshake === undefined)
      return this.#accept(arrival, offer, acceptanceOf<Data>(undefined));
    return this.#acceptBy(this.#onHandshake, arrival, offer);
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
   * Sends one message to all connections, encoded and framed once. Who does not keep up gets it queued, up to
   * `maxQueuedBytes`.
   *
   * @throws UsageError `USAGE_MESSAGE_TYPE`
   */
  broadcast(
    data: Sendable,
    options: { readonly except?: Connection<Data> | undefined } = {},
  ): void {
    const message = data instanceof PreparedMessage ? data : prepareMessage(data);
    for (const connection of this.#connections) {
      if (connection !== options.except) sendUnlessFull(connection, message);
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
    for (const run of this.#hookRuns) run.abort(new ConnectionFailed("CONNECTION_SHUTDOWN"));
    await closeConnections(this.#connections, settings);
    for (const remove of this.#routes) remove();
    this.#routes = [];
    await this.#ownPort?.closeSockets();
  }

  /** What the request offers, when nothing speaks against it. Throws why it was refused, after answering and reporting. */
  #examine(arrival: Arrival): HandshakeOffer {
    const { raw } = arrival.request;
    const obstacle = this.#obstacle(arrival.socket);
    if (obstacle !== undefined) {
      return this.#refuse(arrival, { error: obstacle, response: refuseHandshake({ status: 503 }) });
    }
    const examined = this.#handshake.examine({
      method: raw.method ?? "",
      target: raw.url ?? "",
      httpVersion: raw.httpVersion,
      headers: new HeaderList(raw.rawHeaders),
    });
    return examined.accepted === undefined ? examined : this.#refuse(arrival, examined);
  }

  async #acceptBy(
    hook: HandshakeHook<Data>,
    arrival: Arrival,
    offer: HandshakeOffer,
  ): Promise<Connection<Data>> {
    const run = new HookRun(hook, arrival.request, arrival.socket);
    this.#hookRuns.add(run);
    const outcome = await run.outcome(this.#settings.handshakeTimeoutMs);
    this.#hookRuns.delete(run);
    if (outcome.kind === "accepted") return this.#accept(arrival, offer, outcome);
    if (outcome.kind === "refused") return this.#refuse(arrival, outcome);
    return this.#fault(arrival, outcome.error);
  }

  #accept(
    arrival: Arrival,
    offer: HandshakeOffer,
    { choices, data }: HookAcceptance<Data>,
  ): Connection<Data> {
    const { request, socket, head } = arrival;
    const result = this.#choose(arrival, offer, choices);
    const connection = new Connection<Data>({
      role: "server",
      settings: this.#settings.connection,
      subprotocol: result.subprotocol,
      data,
      transform: openTransform(result.extensions),
      openTransport: (events) => new StreamTransport(socket, events),
    });
    socket.write(encodeResponse(result.response));
    this.#open(connection, request);
    // A copy: the engine unmasks in place, and these bytes are the caller's.
    connection.start(Buffer.from(head));
    return connection;
  }

  /** What stands in the way of any request. */
  #obstacle(socket: Duplex): TautlineError | undefined {
    if (socket.destroyed) return new ConnectionFailed("CONNECTION_LOST");
    if (this.#shutdown !== undefined) return new ConnectionFailed("CONNECTION_SHUTDOWN");
    const { maxConnections } = this.#settings;
    if (this.#connections.size + this.#hookRuns.size < maxConnections) return undefined;
    return new LimitExceeded("LIMIT_CONNECTIONS", `${maxConnections}`);
  }

  #choose(arrival: Arrival, offer: HandshakeOffer, choices: HandshakeChoices): HandshakeAccepted {
    try {
      return this.#handshake.accept(offer, choices);
    } catch (error) {
      return this.#fault(arrival, error);
    }
  }

  /** The application's own choice went wrong: its bug surfaces, the peer gets an answer. */
  #fault({ socket }: Arrival, error: unknown): never {
    refuse(socket, refuseHandshake({ status: 500 }));
    surface(error);
    throw error;
  }

  #refuse({ socket, request }: Arrival, { error, response, body }: HookRefusal): never {
    refuse(socket, response, body);
    this.#report(error, request);
    throw error;
  }

  #open(connection: Connection<Data>, request: UpgradeRequest): void {
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
    this.#connectionListeners.emit(connection, request);
  }

  #report(error: Error, request: UpgradeRequest | undefined): void {
    this.#errorListeners.emit(error, request);
  }
}

/** One connection's full queue must not keep a broadcast from the others. */
function sendUnlessFull(connection: Connection, message: PreparedMessage): void {
  try {
    connection.send(message);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "USAGE_QUEUE_FULL") throw error;
  }
}

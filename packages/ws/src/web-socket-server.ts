/**
 * The class `WebSocketServer` of `ws`: a port of its own, an http server's upgrades, or requests handed over one by one.
 * Everything in `options` is read when it is needed, so it may be changed at any time.
 */
import { nodePlatform, prepareMessage } from "@tautline/node";
import { acceptKey } from "@tautline/protocol";
import { EventEmitter } from "node:events";
import http from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { connectionDefaults } from "./constants.ts";
import { extension } from "./extension.ts";
import { extensionName } from "./per-message-deflate.ts";
import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import type { AddressInfo, ServerEmitter, ServerOptions } from "./server-options.ts";
import {
  acceptedExtensions,
  faultOf,
  isRefusal,
  offeredProtocols,
  originOf,
  strictFaultOf,
} from "./upgrade-request.ts";
import type { AcceptedExtensions } from "./upgrade-request.ts";
import { WebSocket } from "./web-socket.ts";

const RUNNING = 0;
const CLOSING = 1;
const CLOSED = 2;

const serverDefaults = Object.freeze({
  ...connectionDefaults,
  perMessageDeflate: false,
  handleProtocols: null,
  clientTracking: true,
  verifyClient: null,
  noServer: false,
  backlog: null,
  server: null,
  host: null,
  path: null,
  port: null,
  WebSocket,
});

/** Sockets that have been upgraded. */
const upgraded = new WeakSet<Duplex>();

/** The emitter, with the listeners that the compiler is to know. */
const Emitter = EventEmitter as unknown as new <Client, Request>() => ServerEmitter<
  Client,
  Request
>;

export class WebSocketServer<
  T extends typeof WebSocket = typeof WebSocket,
  U extends typeof IncomingMessage = typeof IncomingMessage,
> extends Emitter<InstanceType<T>, InstanceType<U>> {
  options: ServerOptions<T, U>;
  /** The open connections; there only with `clientTracking`. */
  declare clients: Set<InstanceType<T>>;
  declare path: string;
  _server: HttpServer | HttpsServer | null | undefined = undefined;
  _state = RUNNING;
  #removeListeners: (() => void) | undefined;
  /** `close` waits for the last client to leave. */
  #isLeaving = false;

  /** @throws TypeError unless one of `port`, `server` and `noServer` is given */
  constructor(options?: ServerOptions<T, U>, callback?: () => void) {
    super();
    const given = { ...serverDefaults, ...options } as unknown as ServerOptions<T, U>;
    const { port, server, noServer, perMessageDeflate } = given;
    // Callers in JavaScript may give null.
    const hasPort = (port ?? null) !== null;
    if ([hasPort, Boolean(server), Boolean(noServer)].filter(Boolean).length !== 1) {
      throw new TypeError(
        'One and only one of the "port", "server", or "noServer" options must be specified',
      );
    }
    if (hasPort) this._server = listenOn(given, callback);
    else if (server) this._server = server as HttpServer;
    if (this._server) this.#serve(this._server);
    if (perMessageDeflate === true) given.perMessageDeflate = {};
    if (given.clientTracking) this.clients = new Set();
    this.options = given;
  }

  /** Where the server listens. @throws Error without a server */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode');
    return this._server ? this._server.address() : null;
  }

  /** Takes no more connections. `close` is emitted when the last one is closed. */
  close(cb?: (error?: Error) => void): void {
    if (this._state === CLOSED) {
      if (cb) {
        this.once("close", () => {
          cb(new Error("The server is not running"));
        });
      }
      process.nextTick(() => this.#emitClose());
      return;
    }
    if (cb) this.once("close", cb);
    if (this._state === CLOSING) return;
    this._state = CLOSING;
    const server = this._server;
    this.#removeListeners?.();
    this.#removeListeners = undefined;
    this._server = null;
    if (server && !this.options.server) {
      server.close(() => this.#emitClose());
    } else if (this.clients && this.clients.size > 0) {
      this.#isLeaving = true;
    } else {
      process.nextTick(() => this.#emitClose());
    }
  }

  /** Whether a request is for this server. May be overridden, or assigned. */
  shouldHandle(request: InstanceType<U>): boolean | Promise<boolean> {
    const { path } = this.options;
    if (!path) return true;
    const [pathname] = (request.url ?? "").split("?", 1);
    return pathname === path;
  }

  /** Answers a request for a WebSocket, and calls `callback` with it when it is accepted. */
  handleUpgrade(
    request: InstanceType<U>,
    socket: Duplex,
    upgradeHead: Buffer,
    callback: (client: InstanceType<T>, request: InstanceType<U>) => void,
  ): void {
    socket.on("error", destroyOnError);
    const fault = (this.options.strict && strictFaultOf(request)) || faultOf(request);
    if (fault !== undefined) {
      this.#refuse(request, socket, fault);
      return;
    }
    if (!this.shouldHandle(request)) {
      refuse(socket, { status: 400 });
      return;
    }
    const protocols = offeredProtocols(request);
    if (isRefusal(protocols)) {
      this.#refuse(request, socket, protocols);
      return;
    }
    const { perMessageDeflate, maxPayload } = this.options;
    const extensions = acceptedExtensions(request, perMessageDeflate, maxPayload);
    if (isRefusal(extensions)) {
      this.#refuse(request, socket, extensions);
      return;
    }
    const key = request.headers["sec-websocket-key"] ?? "";
    this.#verify(request, socket, () => {
      this.completeUpgrade(extensions, key, protocols, request, socket, upgradeHead, callback);
    });
  }

  // oxlint-disable max-params -- Those who override it get what `ws` gives them.
  /**
   * Accepts a request that has been found in order. May be overridden.
   *
   * @throws Error for a socket that has been upgraded already
   */
  completeUpgrade(
    extensions: AcceptedExtensions,
    key: string,
    protocols: Set<string>,
    request: InstanceType<U>,
    socket: Duplex,
    head: Buffer,
    cb: (client: InstanceType<T>, request: InstanceType<U>) => void,
  ): void {
    // The client has ended it already.
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    if (upgraded.has(socket)) {
      throw new Error(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      );
    }
    if (this._state > RUNNING) {
      refuse(socket, { status: 503 });
      return;
    }
    const websocket = this.#create();
    const headers = this.#agree(websocket, { extensions, key, protocols, request });
    this.emit("headers", headers, request);
    socket.write(`${headers.join("\r\n")}\r\n\r\n`);
    socket.removeListener("error", destroyOnError);
    upgraded.add(socket);
    websocket.setSocket(socket, head, this.options);
    if (this.clients) this.#track(websocket);
    cb(websocket, request);
  }
  // oxlint-enable max-params

  /**
   * Extra: sends a message to all open clients, framed once, and compressed at most once. Needs `clientTracking`.
   *
   * @returns to how many
   */
  broadcast(data: string | Uint8Array, options: { compress?: boolean | undefined } = {}): number {
    const message = prepareMessage(data);
    const { compress = true } = options;
    let count = 0;
    for (const client of this.clients) {
      if (client.readyState !== WebSocket.OPEN) continue;
      count += 1;
      if (client._sender?.sendPrepared(message, compress) === false)
        client.send(data, { compress });
    }
    return count;
  }

  /**
   * Extra: closes the server and says good-bye to all clients; who has not left after `timeoutMs` is cut off. Needs
   * `clientTracking`.
   */
  async shutdown(
    options: {
      /** Default 1001, "going away". */
      code?: number | undefined;
      reason?: string | undefined;
      /** Default 10,000. */
      timeoutMs?: number | undefined;
    } = {},
  ): Promise<void> {
    const { code = 1001, reason, timeoutMs = 10_000 } = options;
    const closed = new Promise<void>((resolve) => this.close(() => resolve()));
    for (const client of this.clients) client.close(code, reason);
    const timer = setTimeout(() => {
      for (const client of this.clients) client.terminate();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #serve(server: HttpServer | HttpsServer): void {
    const listeners = {
      listening: () => this.emit("listening"),
      error: (error: Error) => this.emit("error", error),
      upgrade: (request: InstanceType<U>, socket: Duplex, head: Buffer) => {
        this.handleUpgrade(request, socket, head, (websocket, of) => {
          this.emit("connection", websocket, of);
        });
      },
    };
    const entries = Object.entries(listeners) as [string, () => void][];
    for (const [event, listener] of entries) server.on(event, listener);
    this.#removeListeners = () => {
      for (const [event, listener] of entries) server.removeListener(event, listener);
    };
  }

  #verify(request: InstanceType<U>, socket: Duplex, accept: () => void): void {
    const { verifyClient } = this.options;
    if (!verifyClient) {
      accept();
      return;
    }
    const { authorized, encrypted } = request.socket as {
      authorized?: unknown;
      encrypted?: unknown;
    };
    const info = {
      origin: originOf(request),
      secure: Boolean(authorized || encrypted),
      req: request,
    };
    if (verifyClient.length !== 2) {
      const verified = (verifyClient as (of: typeof info) => boolean)(info);
      if (verified) accept();
      else refuse(socket, { status: 401 });
      return;
    }
    verifyClient(info, (verified, status, message, headers) => {
      if (verified) accept();
      else refuse(socket, { status: status || 401, message, headers });
    });
  }

  #create(): InstanceType<T> {
    const Client = this.options.WebSocket as unknown as new (
      address: null,
      protocols: undefined,
      options: object,
    ) => InstanceType<T>;
    return new Client(null, undefined, this.options);
  }

  /** The head of the answer; what it agrees to is in force on `websocket`. */
  #agree(
    websocket: WebSocket,
    agreed: {
      readonly extensions: AcceptedExtensions;
      readonly key: string;
      readonly protocols: Set<string>;
      readonly request: InstanceType<U>;
    },
  ): string[] {
    const { extensions, key, protocols, request } = agreed;
    const headers = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptKey(key, nodePlatform)}`,
    ];
    if (protocols.size > 0) {
      const { handleProtocols } = this.options;
      const [first] = protocols;
      const protocol = handleProtocols ? handleProtocols(protocols, request) : first;
      if (protocol) {
        headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
        websocket._protocol = protocol;
      }
    }
    const params = extensions[extensionName]?.params;
    if (params) {
      const value = extension.format({ [extensionName]: { ...params } });
      headers.push(`Sec-WebSocket-Extensions: ${value}`);
      websocket._extensions = extensions;
    }
    return headers;
  }

  #track(websocket: InstanceType<T>): void {
    this.clients.add(websocket);
    websocket.on("close", () => {
      this.clients.delete(websocket);
      if (this.#isLeaving && this.clients.size === 0) process.nextTick(() => this.#emitClose());
    });
  }

  #refuse(request: InstanceType<U>, socket: Duplex, refusal: Refusal): void {
    if (this.listenerCount("wsClientError") > 0) {
      this.emit("wsClientError", new Error(refusal.message), socket, request);
    } else {
      refuse(socket, refusal);
    }
  }

  #emitClose(): void {
    this._state = CLOSED;
    this.emit("close");
  }
}

/** A server of our own, for which every request without an upgrade is a mistake. */
function listenOn(
  {
    port,
    host,
    backlog,
  }: { port?: number | undefined; host?: string | undefined; backlog?: number | undefined },
  callback: (() => void) | undefined,
): HttpServer {
  const server = http.createServer((_request, response) => {
    const body = http.STATUS_CODES[426] ?? "";
    response.writeHead(426, { "Content-Length": body.length, "Content-Type": "text/plain" });
    response.end(body);
  });
  return server.listen(port, host, backlog, callback);
}

function destroyOnError(this: Duplex): void {
  this.destroy();
}

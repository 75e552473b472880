/**
 * Shares one http server among several WebSocketServers by path, and with whatever else the application does with it.
 *
 * There is one router per http server, whatever the number of routes, so that exactly one decides what no route
 * wants: it is left to the others when there are others, and refused when there are none.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { UsageError, refuseHandshake } from "@tautline/protocol";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { Exchange } from "./exchange.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { refuseOnSocket } from "./http1-refusal.ts";
import { Http2Exchange, refuseOnStream } from "./http2-exchange.ts";
import type { IncomingStream } from "./http2-exchange.ts";
import { takeStreams } from "./http2-streams.ts";
import { answerWithoutUpgrade, isForOther } from "./plain-request.ts";
import { pathOf } from "./upgrade-request.ts";

/** A server that can be shared: http or https, or of HTTP/2. */
export type UpgradableServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** Takes over a request that is routed to it. */
export type ExchangeHandler = (exchange: Exchange) => void;

class UpgradeRouter {
  readonly #server: UpgradableServer;
  readonly #routes = new Map<string, ExchangeHandler>();
  /** Takes what no path takes. */
  #fallback: ExchangeHandler | undefined;
  #stopListening: Unsubscribe | undefined;

  constructor(server: UpgradableServer) {
    this.#server = server;
  }

  add(path: string | undefined, handler: ExchangeHandler): Unsubscribe {
    this.#stopListening ??= this.#listen();
    if (path === undefined) {
      if (this.#fallback !== undefined) throw new UsageError("USAGE_PATH_TAKEN", "every path");
      this.#fallback = handler;
    } else {
      if (this.#routes.has(path)) throw new UsageError("USAGE_PATH_TAKEN", path);
      this.#routes.set(path, handler);
    }
    return () => this.#remove(path, handler);
  }

  #remove(path: string | undefined, handler: ExchangeHandler): void {
    if (path === undefined) {
      if (this.#fallback === handler) this.#fallback = undefined;
    } else if (this.#routes.get(path) === handler) {
      this.#routes.delete(path);
    }
    if (this.#routes.size > 0 || this.#fallback !== undefined) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #listen(): Unsubscribe {
    const server = this.#server;
    server.on("upgrade", this.#onUpgrade);
    if (!isHttp2(server)) return () => server.off("upgrade", this.#onUpgrade);
    // RFC 8441 §3: who has said so to a peer does not take it back, so it stays when the last route is gone.
    server.updateSettings({ enableConnectProtocol: true });
    const release = takeStreams(server, (incoming) => this.#take(incoming));
    return () => {
      server.off("upgrade", this.#onUpgrade);
      release();
    };
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isAlone = this.#server.listenerCount("upgrade") === 1;
    if (isForOther(request)) {
      if (!isAlone || answerWithoutUpgrade(this.#server, request, socket)) return;
    }
    const handler = this.handlerFor(request.url ?? "/");
    if (handler !== undefined) handler(new Http1Exchange(request, socket, head));
    else if (isAlone) refuseOnSocket(socket, refuseHandshake({ status: 404 }));
  };

  /** A stream of an HTTP/2 session: an extended CONNECT is a matter of this router, all else is not. */
  #take(incoming: IncomingStream): boolean {
    const { stream, headers } = incoming;
    const protocol = headers[":protocol"];
    // Sessions outlive the routes: without any, everything is the application's again.
    const isIdle = this.#stopListening === undefined;
    if (protocol === undefined || isIdle) return false;
    const isWebSocket = protocol === "websocket";
    const handler = isWebSocket ? this.handlerFor(headers[":path"] ?? "/") : undefined;
    if (handler !== undefined) {
      handler(new Http2Exchange(incoming));
      return true;
    }
    if (this.#hasOtherTakers) return false;
    refuseOnStream(stream, refuseHandshake({ status: isWebSocket ? 404 : 501 }));
    return true;
  }

  /** Whether anybody else may know what to do with a CONNECT: whoever listens for 'request' is not told of it. */
  get #hasOtherTakers(): boolean {
    const ofNode = this.#server.listenerCount("request") > 0 ? 1 : 0;
    return (
      this.#server.listenerCount("connect") > 0 || this.#server.listenerCount("stream") > ofNode
    );
  }

  handlerFor(target: string): ExchangeHandler | undefined {
    return this.#routes.get(pathOf(target)) ?? this.#fallback;
  }
}

function isHttp2(server: UpgradableServer): server is Http2Server | Http2SecureServer {
  return "updateSettings" in server;
}

const routers = new WeakMap<UpgradableServer, UpgradeRouter>();

/**
 * Gives requests for `path` on `server` to `handler`; without a path, those that no other route takes.
 *
 * @returns removes the route
 * @throws UsageError `USAGE_PATH_TAKEN`
 */
export function routeUpgrades(
  server: UpgradableServer,
  path: string | undefined,
  handler: ExchangeHandler,
): Unsubscribe {
  let router = routers.get(server);
  if (router === undefined) {
    router = new UpgradeRouter(server);
    routers.set(server, router);
  }
  return router.add(path, handler);
}

/** Who takes upgrades to `target` on `server`, when it has routes. */
export function handlerFor(server: UpgradableServer, target: string): ExchangeHandler | undefined {
  return routers.get(server)?.handlerFor(target);
}

/**
 * Shares one http server among several WebSocketServers by path, and with others that listen for 'upgrade'.
 *
 * There is one listener per http server, whatever the number of routes, so that exactly one decides what no route
 * wants: it is left to the others when there are others, and refused with 404 when there are none.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { UsageError, refuseHandshake } from "@tautline/protocol";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { Exchange } from "./exchange.ts";
import { refuseOnSocket } from "./http1-refusal.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { pathOf } from "./upgrade-request.ts";

/** An http server that can be shared. */
export type UpgradableServer = HttpServer | HttpsServer;

/** Takes over a request that is routed to it. */
export type ExchangeHandler = (exchange: Exchange) => void;

class UpgradeRouter {
  readonly #server: UpgradableServer;
  readonly #routes = new Map<string, ExchangeHandler>();
  /** Takes what no path takes. */
  #fallback: ExchangeHandler | undefined;

  constructor(server: UpgradableServer) {
    this.#server = server;
    server.on("upgrade", this.#onUpgrade);
  }

  add(path: string | undefined, handler: ExchangeHandler): Unsubscribe {
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
    this.#server.off("upgrade", this.#onUpgrade);
    routers.delete(this.#server);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const handler = this.#routes.get(pathOf(request.url ?? "/")) ?? this.#fallback;
    if (handler !== undefined) {
      handler(new Http1Exchange(request, socket, head));
    } else if (this.#server.listenerCount("upgrade") === 1) {
      refuseOnSocket(socket, refuseHandshake({ status: 404 }));
    }
  };
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

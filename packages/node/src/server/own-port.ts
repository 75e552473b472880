/**
 * A port that belongs to one WebSocketServer: a server of HTTP/1.1, HTTP/2 or both that opens nothing but WebSockets.
 *
 * It sees to it that slow and idle requests do not hold sockets, and that closing it leaves none behind.
 */
import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo, ListenOptions as NetListenOptions, Socket } from "node:net";
import { UsageError } from "@tautline/protocol";
import type { ListenOptions, ListenPathOptions, ServerSettings } from "../options.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { takeFirstReads } from "./first-read.ts";
import { createHttp1Server, createHttp2PortServer, idleMsOf } from "./port-server.ts";
import { handlerFor } from "./upgrade-router.ts";
import type { UpgradableServer } from "./upgrade-router.ts";

/** For last bytes on their way when everything else is over, in milliseconds. */
const graceMs = 200;

export class OwnPort {
  readonly server: UpgradableServer;
  /** All sockets, upgraded or not: Node.js forgets those that were upgraded. */
  readonly #sockets = new Set<Socket>();
  readonly #sessions: Http2Sessions | undefined;
  readonly #onError: (error: Error) => void;

  constructor(settings: ServerSettings, onError: (error: Error) => void) {
    if (settings.http2) {
      const server = createHttp2PortServer(settings);
      this.#sessions = new Http2Sessions(server, idleMsOf(settings));
      this.server = server;
    } else {
      this.server = createHttp1Server(settings);
      if (settings.tls === undefined) takeUpgrades(this.server, settings);
    }
    const sockets = this.#sockets;
    // The same for all sockets, because a connection costs memory enough.
    const onClose = function (this: Socket): void {
      sockets.delete(this);
    };
    this.server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", onClose);
    });
    this.server.on("tlsClientError", onError);
    this.#onError = onError;
  }

  /** Rejects with the system's error, or the signal's reason when it is aborted before the port is open. */
  async listen(options: ListenOptions | ListenPathOptions): Promise<AddressInfo | string> {
    const { signal } = options;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.server.close();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.server.once("error", reject);
      this.server.listen(placeOf(options), () => {
        signal?.removeEventListener("abort", onAbort);
        this.server.off("error", reject);
        this.server.on("error", this.#onError);
        resolve();
      });
    });
    const address = this.server.address();
    // Shut down within the same turn.
    if (address === null) throw new UsageError("USAGE_SERVER_STATE");
    return address;
  }

  /** Takes no more sockets, and no more streams on those it has. */
  stopListening(): void {
    this.server.close();
    this.#sessions?.close();
  }

  /** Resolves when all sockets are gone: what has not ended by itself within a moment is cut off. */
  async closeSockets(): Promise<void> {
    if (this.#sockets.size === 0) return;
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await Promise.all([...this.#sockets].map(socketClosed));
    clearTimeout(cutOff);
  }
}

function takeUpgrades(server: HttpServer | HttpsServer, settings: ServerSettings): void {
  takeFirstReads(server, {
    maxHeadBytes: settings.maxHeadBytes,
    timeoutMs: settings.handshakeTimeoutMs,
    handlerFor: (target) => handlerFor(server, target),
  });
}

function placeOf(options: ListenOptions | ListenPathOptions): NetListenOptions {
  if ("path" in options) return { path: options.path };
  const { port = 0, host } = options;
  return { port, host };
}

function socketClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

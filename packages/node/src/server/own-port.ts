/**
 * A port that belongs to one WebSocketServer: a server of HTTP/1.1, HTTP/2 or both that opens nothing but WebSockets.
 *
 * It sees to it that slow and idle requests do not hold sockets, and that closing it leaves none behind.
 */
import type { AddressInfo, ListenOptions as NetListenOptions, Socket } from "node:net";
import { UsageError } from "@tautline/protocol";
import type { ListenOptions, ListenPathOptions, ServerSettings } from "../options.ts";
import { readByStream } from "../connection/shared-reading.ts";
import { takeAcceptedHandles } from "./accepted-handles.ts";
import { Arrivals } from "./first-read.ts";
import type { FirstReadKeeper } from "./first-read.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { createHttp1Server, createHttp2PortServer, idleMsOf } from "./port-server.ts";
import { handlerFor } from "./upgrade-router.ts";
import type { UpgradableServer } from "./upgrade-router.ts";

/** For last bytes on their way when everything else is over, in milliseconds. */
const graceMs = 200;

/** A socket, with or without streams. */
interface PortSocket {
  destroy(): void;
}

export class OwnPort implements FirstReadKeeper {
  readonly server: UpgradableServer;
  /** All sockets, upgraded or not: Node.js forgets those that were upgraded. */
  readonly #sockets = new Set<PortSocket>();
  /** Called when the last of them is gone. */
  #onEmpty: (() => void) | undefined;
  readonly #sessions: Http2Sessions | undefined;
  readonly #onError: (error: Error) => void;
  readonly #settings: ServerSettings;

  constructor(settings: ServerSettings, onError: (error: Error) => void) {
    this.#settings = settings;
    if (settings.http2) {
      const server = createHttp2PortServer(settings);
      this.#sessions = new Http2Sessions(server, idleMsOf(settings));
      this.server = server;
    } else {
      this.server = createHttp1Server(settings);
    }
    const remove = (socket: PortSocket): void => this.gone(socket);
    // The same for all sockets, because a connection costs memory enough.
    const onClose = function (this: Socket): void {
      remove(this);
    };
    this.server.on("connection", (socket: Socket) => {
      this.came(socket);
      socket.on("close", onClose);
    });
    this.server.on("tlsClientError", onError);
    this.#onError = onError;
  }

  came(socket: PortSocket): void {
    this.#sockets.add(socket);
  }

  gone(socket: PortSocket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) this.#onEmpty?.();
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
        const { http2, tls } = this.#settings;
        if (!http2 && tls === undefined) this.#takeFirstReads(this.server);
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
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    clearTimeout(cutOff);
  }

  /** Has upgrades pass Node.js' http and its sockets by, where that is possible. */
  #takeFirstReads(server: UpgradableServer): void {
    const { maxHeadBytes, handshakeTimeoutMs } = this.#settings;
    const arrivals = new Arrivals(
      {
        maxHeadBytes,
        timeoutMs: handshakeTimeoutMs,
        handlerFor: (target) => handlerFor(server, target),
        handOver: (handle, read) => {
          const socket = socketOf?.(handle);
          if (socket === undefined) return;
          readByStream(socket);
          // Node.js' http listens by now, and the stream flows.
          socket.push(Buffer.from(read));
        },
      },
      this,
    );
    const socketOf = takeAcceptedHandles(server, (handle) => arrivals.add(handle));
  }
}

function placeOf(options: ListenOptions | ListenPathOptions): NetListenOptions {
  if ("path" in options) return { path: options.path };
  const { port = 0, host } = options;
  return { port, host };
}

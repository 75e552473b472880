/**
 * A port that belongs to one WebSocketServer: an http or https server that does nothing but upgrades.
 *
 * It sees to it that slow and idle requests do not hold sockets, and that closing it leaves none behind.
 */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerOptions as HttpOptions, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, ListenOptions as NetListenOptions, Socket } from "node:net";
import { UsageError } from "@tautline/protocol";
import type { ListenOptions, ListenPathOptions, ServerSettings } from "../options.ts";
import type { UpgradableServer } from "./upgrade-router.ts";

/** For last bytes on their way when everything else is over, in milliseconds. */
const graceMs = 200;

export class OwnPort {
  readonly server: UpgradableServer;
  /** All sockets, upgraded or not: Node.js forgets those that were upgraded. */
  readonly #sockets = new Set<Socket>();
  readonly #onError: (error: Error) => void;

  constructor(settings: ServerSettings, onError: (error: Error) => void) {
    const { handshakeTimeoutMs, tls } = settings;
    const options: HttpOptions = {
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: handshakeTimeoutMs,
      connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / 4),
      keepAliveTimeout: Math.min(handshakeTimeoutMs, 5000),
      // The handshake refuses a head with more headers than it allows; none may be cut off before it can count them.
      maxHeaderSize: settings.maxHeadBytes,
    };
    this.server =
      tls === undefined
        ? createHttpServer(options, answerPlainRequest)
        : createHttpsServer(
            { handshakeTimeout: handshakeTimeoutMs, ...tls, ...options },
            answerPlainRequest,
          );
    this.server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
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

  /** Takes no more sockets. */
  stopListening(): void {
    this.server.close();
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

/** RFC 9110 §15.5.22: what to upgrade to. */
function answerPlainRequest(_request: IncomingMessage, response: ServerResponse): void {
  const body = "This is a WebSocket server.\n";
  response.writeHead(426, {
    Connection: "close, Upgrade",
    Upgrade: "websocket",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** A hub behind a real port, put together as an application would, for clients that are not ours. */

import { randomUUID } from "node:crypto";
import type { ClientConnection, HubOptions } from "@tautline/hub";
import { Hub } from "@tautline/hub";
import { WebSocketServer, prepareMessage } from "@tautline/node";
import { jsonCodec, protobufCodec } from "@tautline/wire";

const protobufSubprotocol = "centrifuge-protobuf";

/** What a server of a test offers. */
export interface HubServer {
  readonly hub: Hub;
  readonly url: string;
  /** How many connections there have been. */
  readonly connectionCount: number;
  /** Resolves with the next frame that a client sends and `accepts` takes; bytes as characters up to U+00FF. */
  nextFrame(accepts: (frame: string) => boolean): Promise<string>;
  /** Ends all connections as a network does that breaks: no close frame, no word. */
  cut(): void;
  close(): Promise<void>;
}

export async function startHubServer(options: Partial<HubOptions> = {}): Promise<HubServer> {
  const hub = new Hub({
    clock: {
      now: Date.now,
      schedule: (callback, delayMs) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    randomId: randomUUID,
    prepare: prepareMessage,
    options: { open: true, ...options },
  });
  const waiting = new Set<(frame: string) => void>();
  let connectionCount = 0;
  const server = new WebSocketServer({
    path: "/connection/websocket",
    subprotocols: [protobufSubprotocol],
    onConnection: (connection) => {
      connectionCount += 1;
      hub.accept(tap(connection, waiting), {
        remoteAddress: connection.remoteAddress,
        codec: connection.subprotocol === protobufSubprotocol ? protobufCodec : jsonCodec,
      });
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return {
    hub,
    url: `ws://127.0.0.1:${port}/connection/websocket`,
    get connectionCount() {
      return connectionCount;
    },
    nextFrame: (accepts) =>
      new Promise((resolve) => {
        const listener = (frame: string): void => {
          if (!accepts(frame)) return;
          waiting.delete(listener);
          resolve(frame);
        };
        waiting.add(listener);
      }),
    cut: () => {
      for (const connection of server.connections) connection.terminate();
    },
    close: async () => {
      await hub.shutdown();
      await server.shutdown({ drainTimeoutMs: 1000 });
    },
  };
}

/** The same connection, with the test listening in. */
function tap(
  connection: ClientConnection,
  listeners: ReadonlySet<(frame: string) => void>,
): ClientConnection {
  return {
    send: (data) => connection.send(data),
    close: (code, reason) => connection.close(code, reason),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    onClose: (listener) => connection.onClose(listener),
    onMessage: (listener) =>
      connection.onMessage((frame) => {
        listener(frame);
        const text = typeof frame === "string" ? frame : String.fromCharCode(...frame);
        for (const hear of listeners) hear(text);
      }),
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
  };
}

/** The two plain WebSocket endpoints for trying things out: one answers each message, one sends it to everybody. */
import { WebSocketServer } from "@tautline/node";
import type { AllowedOrigins, Connection, ConnectionOptions } from "@tautline/node";

export interface EndpointOptions {
  readonly connection: ConnectionOptions;
  readonly allowedOrigins: AllowedOrigins;
}

/**
 * Sends every message back to who sent it, compressed with those who offer it, and reads no faster than its answers are taken. Pages
 * from anywhere may use it whatever `allowedOrigins` says: it tells nobody anything they did not know.
 */
export function echoServer({ connection }: EndpointOptions): WebSocketServer {
  return new WebSocketServer({
    ...connection,
    allowedOrigins: "any",
    compression: true,
    onConnection: echo,
  });
}

function echo(connection: Connection): void {
  connection.onMessage((data) => {
    if (!connection.send(data)) connection.pause();
  });
  connection.onDrain(() => connection.resume());
}

/** Sends every message to all who are connected, the sender included. */
export function broadcastServer({ connection, allowedOrigins }: EndpointOptions): WebSocketServer {
  const server: WebSocketServer = new WebSocketServer({
    ...connection,
    allowedOrigins,
    onConnection(client) {
      client.onMessage((data) => server.broadcast(data));
    },
  });
  return server;
}

/**
 * Servers and clients for the tests: real sockets on the loopback, any free port, gone when the test is over.
 */
import { readFileSync } from "node:fs";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import { once } from "node:events";
import { WebSocketServer, connect } from "@tautline/node";
import type { Connection, ConnectOptions, Message, ServerOptions } from "@tautline/node";
import { onTestFinished } from "vitest";

export const certificate = {
  cert: readFileSync(new URL("fixtures/localhost-cert.pem", import.meta.url)),
  key: readFileSync(new URL("fixtures/localhost-key.pem", import.meta.url)),
};

export interface Running {
  readonly server: WebSocketServer;
  readonly port: number;
  readonly url: string;
}

export async function serve(options: ServerOptions = {}): Promise<Running> {
  const server = new WebSocketServer(options);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  const { port } = await server.listen({ host: "127.0.0.1" });
  const scheme = options.tls === undefined ? "ws" : "wss";
  return { server, port, url: `${scheme}://127.0.0.1:${port}/` };
}

export const echo = (connection: Connection): void => {
  connection.onMessage((message) => void connection.send(message));
};

export async function open(url: string, options?: ConnectOptions): Promise<Connection> {
  const connection = await connect(url, options);
  onTestFinished(() => connection.terminate());
  return connection;
}

/** A server and one connection, seen from both ends. */
export async function pair(
  options: ServerOptions = {},
  clientOptions: ConnectOptions = {},
): Promise<Running & { readonly accepted: Connection; readonly client: Connection }> {
  let accepted: Connection | undefined;
  const running = await serve(options);
  running.server.onConnection((connection) => {
    accepted = connection;
  });
  const client = await open(running.url, clientOptions);
  return { ...running, accepted: accepted!, client };
}

/** The next message, or `undefined` when there will be none. */
export async function next(connection: Connection): Promise<Message | undefined> {
  return (await connection[Symbol.asyncIterator]().next()).value;
}

/** Turns of the event loop of which the far end has had its share: round trips over a connection of their own. */
export async function letThingsHappen(roundTrips = 50): Promise<void> {
  const { url } = await serve({ onConnection: echo });
  const connection = await open(url);
  for (let trip = 0; trip < roundTrips; trip += 1) {
    connection.send("tick");
    await next(connection);
  }
}

/** A TCP server that does what the test says. */
export async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  return (await listening(createTcpServer(onSocket))).port;
}

/** Has `server` listen until the test is over; with its port and all sockets that it has got. */
export async function listening(
  server: TcpServer,
): Promise<{ readonly port: number; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** A TCP client that speaks only what the test writes, and keeps what it reads. */
export class RawClient {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    socket.on("close", () => this.#wake());
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connectTcp(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Connected, and through the handshake. */
  static async opened(port: number, path = "/"): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.socket.write(upgradeRequest({ path }));
    await client.head();
    return client;
  }

  /** Waits until `test` says so, or the socket is closed. */
  async until(test: (received: Buffer) => boolean): Promise<void> {
    while (!test(this.received) && !this.socket.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Reads the head of the response off and returns it. */
  async head(): Promise<string> {
    await this.until((received) => received.includes("\r\n\r\n"));
    const end = this.received.indexOf("\r\n\r\n") + 4;
    const head = this.received.subarray(0, end).toString("latin1");
    this.received = this.received.subarray(end);
    return head;
  }

  /** Everything until the peer closes. */
  async all(): Promise<string> {
    await this.until(() => false);
    return this.received.toString("latin1");
  }
}

/** A request that a server accepts, unless `headers` says otherwise: a value of `undefined` leaves one out. */
export function upgradeRequest(
  options: {
    method?: string;
    path?: string;
    version?: string;
    headers?: Record<string, string | undefined>;
  } = {},
): string {
  const headers: Record<string, string | undefined> = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...options.headers,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const { method = "GET", path = "/", version = "1.1" } = options;
  return [`${method} ${path} HTTP/${version}`, ...lines, "", ""].join("\r\n");
}

/** A client's frame of up to 65,535 bytes, masked with zeros so that it can be read. */
export function clientFrame(opcode: number, payload: string | Uint8Array = ""): Buffer {
  const bytes = Buffer.from(payload as string);
  const length =
    bytes.length < 126
      ? [0x80 | bytes.length]
      : [0x80 | 126, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), bytes]);
}

/**
 * The peers that the web-platform-tests expect at their paths: most of them our server, and by hand those that do what no
 * server should.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "@tautline/node";
import type { Connection, ServerOptions } from "@tautline/node";

/** A peer by hand. */
type ByHand = (request: IncomingMessage, socket: Duplex, server: WptServer) => void;

const goodbye = "Goodbye";

const servers: Readonly<Record<string, ServerOptions>> = {
  "/": {},
  "/echo": { subprotocols: ["echo"], onConnection: echo },
  "/echo_exit": { onConnection: closesAt(goodbye) },
  "/echo_close_data": {
    onConnection: (connection) => {
      connection.onMessage(() => {
        connection.close();
        connection.send(goodbye);
      });
    },
  },
  "/empty-message": {
    onConnection: (connection) => {
      connection.onMessage((message) => connection.send(message === "" ? "pass" : "fail"));
    },
  },
  "/protocol": { subprotocols: (offered) => offered[0], onConnection: tellsProtocol },
  "/protocol_array": { subprotocols: (offered) => offered[0], onConnection: tellsProtocol },
  "/referrer": {
    onConnection: (connection, { headers }) => void connection.send(headers.referer ?? "none"),
  },
  "/echo-query": {
    onConnection: (connection, { target }) => connection.send(target.split("?")[1] ?? ""),
  },
  "/receive-many-with-backpressure": {
    onConnection: (connection) => {
      connection.onMessage((message) => connection.send(String(message.length)));
    },
  },
  "/handshake_no_extensions": {},
  "/remote-close": {
    onConnection: (connection, { target }) => {
      const { searchParams } = new URL(target, "ws://host");
      const code = searchParams.get("code");
      if (code === null) connection.close();
      else connection.close(Number(code), searchParams.get("reason") ?? "");
    },
  },
};

const byHand: Readonly<Record<string, ByHand>> = {
  "/invalid": (_, socket) => void socket.end("FOO BAR BAZ\r\n\r\n"),
  "/invalid1": (_, socket) => void socket.end("FOO BAR BAZ\r\n\r\n"),
  "/wrong_accept_key": (request, socket) => {
    socket.write(switching(request, "", "bm90IHRoZSByaWdodCBrZXkh"));
  },
  "/handshake_protocol": (request, socket) => {
    socket.write(switching(request, "Sec-WebSocket-Protocol: foobar\r\n"));
  },
  "/handshake_no_protocol": (request, socket) => {
    socket.write(switching(request));
    socket.on("data", () => socket.end());
  },
  "/simple_handshake": (request, socket) => {
    const close = Buffer.concat([
      Buffer.from([0x88, 6, 1001 >> 8, 1001 & 0xff]),
      Buffer.from("PASS"),
    ]);
    socket.write(Buffer.concat([Buffer.from(switching(request)), close]));
    socket.on("data", () => socket.end());
  },
  "/echo_raw": (request, socket) => {
    socket.write(switching(request));
    socket.once("data", (frame: Buffer) => {
      const key = frame.subarray(2, 6);
      socket.write(frame.subarray(6).map((byte, index) => byte ^ (key[index % 4] ?? 0)));
    });
  },
  "/redirect": (_, socket) => {
    socket.end("HTTP/1.1 301 Moved Permanently\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
  },
  "/sleep": () => undefined,
  "/handshake_sleep": (request, socket, server) => {
    server.hold(() => socket.write(switching(request)));
  },
  "/delayed-passive-close": (request, socket, server) => {
    socket.write(switching(request));
    socket.once("data", () => server.hold(() => socket.end(Buffer.from([0x88, 0]))));
  },
  "/passive-close-abort": (request, socket) => {
    socket.write(switching(request));
    socket.once("data", () => socket.destroy());
  },
  "/abrupt": (request, socket) => {
    socket.write(Buffer.concat([Buffer.from(switching(request)), Buffer.from([0x89, 0])]));
    socket.end();
  },
};

function echo(connection: Connection): void {
  connection.onMessage((message) => connection.send(message));
}

function closesAt(word: string): (connection: Connection) => void {
  return (connection) => {
    connection.onMessage((message) => {
      if (message === word) connection.close();
    });
  };
}

function tellsProtocol(connection: Connection): void {
  connection.onMessage(() => undefined);
  connection.send(connection.subprotocol);
}

function accept(request: IncomingMessage): string {
  const key = request.headers["sec-websocket-key"] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

function switching(request: IncomingMessage, more = "", key = accept(request)): string {
  const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"];
  return `${lines.join("\r\n")}\r\nSec-WebSocket-Accept: ${key}\r\n${more}\r\n`;
}

export class WptServer {
  /** Such as `ws://127.0.0.1:1234`. */
  readonly origin: string;
  /** Whether the last peer at /flood has got rid of everything. */
  flooded = false;
  readonly #http: ReturnType<typeof createServer>;
  readonly #servers = new Map<string, WebSocketServer>();
  readonly #slow = new WebSocketServer();
  readonly #sockets = new Set<Duplex>();
  #held: (() => void)[] = [];
  #onHeld: () => void = () => undefined;

  private constructor(http: ReturnType<typeof createServer>, scheme: string) {
    this.#http = http;
    const { port } = http.address() as AddressInfo;
    this.origin = `${scheme}://${scheme === "wss" ? "localhost" : "127.0.0.1"}:${port}`;
    for (const [path, options] of Object.entries(servers)) {
      this.#servers.set(path, new WebSocketServer(options));
    }
    http.on("connection", (socket) => this.#keep(socket));
    http.on("secureConnection", (socket) => this.#keep(socket));
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @param tls with it the server speaks `wss:` */
  static async start(tls?: { readonly cert: Buffer; readonly key: Buffer }): Promise<WptServer> {
    const http = tls === undefined ? createServer() : createTlsServer(tls);
    http.listen(0, tls === undefined ? "127.0.0.1" : "localhost");
    await once(http, "listening");
    return new WptServer(http, tls === undefined ? "ws" : "wss");
  }

  /** How many peers wait to be released. */
  get holding(): number {
    return this.#held.length;
  }

  /** Has `release` wait until the test says so. */
  hold(release: () => void): void {
    this.#held.push(release);
    this.#onHeld();
  }

  /** Resolves when a peer waits. */
  async held(): Promise<void> {
    if (this.#held.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#onHeld = resolve;
    });
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }

  stop(): void {
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Reads nothing before it is released. */
  #pause(connection: Connection): void {
    connection.onMessage(() => undefined);
    connection.pause();
    this.hold(() => connection.resume());
  }

  /** Sends much more than fits into the buffers between here and there, and when all is taken a last word. */
  async #flood(connection: Connection): Promise<void> {
    this.flooded = false;
    const message = new Uint8Array(2 * 1024 * 1024);
    for (let count = 0; count < 16; count += 1) await connection.write(message);
    this.flooded = true;
    connection.send("done");
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname } = new URL(request.url ?? "/", "ws://host");
    const hand = byHand[pathname];
    if (hand !== undefined) {
      socket.on("end", () => socket.end());
      hand(request, socket, this);
      return;
    }
    if (pathname === "/basic_auth") {
      const expected = `Basic ${Buffer.from("foo:bar").toString("base64")}`;
      if (request.headers.authorization !== expected) {
        socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        return;
      }
    }
    if (pathname === "/paused" || pathname === "/flood") {
      this.#slow.upgrade(request, socket, head).then(
        (connection) =>
          pathname === "/paused" ? this.#pause(connection) : this.#flood(connection),
        () => undefined,
      );
      return;
    }
    const server = this.#servers.get(pathname === "/basic_auth" ? "/echo" : pathname);
    if (server === undefined) socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    else server.upgrade(request, socket, head).catch(() => undefined);
  }
}

/**
 * The two that every test here plays with: `ws` itself, as the control that shows a fact to be one, and the package that
 * stands in for it.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createRequire } from "node:module";
import type * as wsTypes from "ws";
import * as face from "@tautline/ws";
import { onTestFinished } from "vitest";

// By require: only then is everything attached to the class.
const control = createRequire(import.meta.url)("ws") as typeof wsTypes & Record<string, unknown>;

/** The module, as `ws`'s own types have it: both have to fit them. */
export interface Face {
  readonly name: string;
  readonly WebSocket: typeof wsTypes.WebSocket;
  readonly WebSocketServer: typeof wsTypes.WebSocketServer;
  /** What `require` gives. */
  readonly module: Record<string, unknown>;
}

export const faces: readonly Face[] = [
  {
    name: "ws",
    WebSocket: control.WebSocket,
    WebSocketServer: control.WebSocketServer,
    module: control,
  },
  {
    name: "@tautline/ws",
    WebSocket: face.WebSocket as unknown as typeof wsTypes.WebSocket,
    WebSocketServer: face.WebSocketServer as unknown as typeof wsTypes.WebSocketServer,
    module: face.WebSocket as unknown as Record<string, unknown>,
  },
];

/** A server on a port of the system's choice, gone when the test is. */
export async function listen(
  { WebSocketServer }: Face,
  options: wsTypes.ServerOptions = {},
): Promise<wsTypes.WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  onTestFinished(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return server;
}

export function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

export function urlOf(server: { address(): unknown }): string {
  return `ws://127.0.0.1:${portOf(server)}`;
}

export interface Pair {
  readonly client: wsTypes.WebSocket;
  readonly peer: wsTypes.WebSocket;
  readonly server: wsTypes.WebSocketServer;
}

/** A client and the server's end of it, both open. */
export async function pair(
  face: Face,
  options: wsTypes.ServerOptions = {},
  clientOptions: wsTypes.ClientOptions = {},
): Promise<Pair> {
  const server = await listen(face, options);
  const client = new face.WebSocket(urlOf(server), clientOptions);
  const [[peer]] = (await Promise.all([once(server, "connection"), once(client, "open")])) as [
    [wsTypes.WebSocket],
    unknown[],
  ];
  return { client, peer, server };
}

/** A socket on which a handshake has been done by hand; its bytes are the test's. */
export async function rawClient(server: { address(): unknown }): Promise<Socket> {
  const socket = connect(portOf(server), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await once(socket, "data");
  return socket;
}

/** A message that came as a Buffer. */
export function textOf(data: wsTypes.RawData): string {
  if (!Buffer.isBuffer(data)) throw new Error("not a Buffer");
  return data.toString();
}

/** What happens to `websocket`, as lines, until it is closed. */
export async function life(websocket: wsTypes.WebSocket): Promise<string[]> {
  const lines: string[] = [];
  websocket.on("open", () => void lines.push("open"));
  websocket.on("message", (data, isBinary) => {
    lines.push(`message ${textOf(data)} ${String(isBinary)}`);
  });
  websocket.on("ping", (data) => void lines.push(`ping ${data.toString()}`));
  websocket.on("pong", (data) => void lines.push(`pong ${data.toString()}`));
  websocket.on("error", (error: Error & { code?: string }) => {
    lines.push(`error ${error.name} ${error.code ?? "-"} ${error.message}`);
  });
  await new Promise<void>((resolve) => {
    websocket.on("close", (code, reason) => {
      lines.push(`close ${code} ${reason.toString()} ${websocket.readyState}`);
      resolve();
    });
  });
  return lines;
}

/** A frame as a client sends it, with a key of zeros. */
export function clientFrame(first: number, payload: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(payload as string);
  const length =
    bytes.byteLength < 126
      ? [0x80 | bytes.byteLength]
      : [0xfe, bytes.byteLength >> 8, bytes.byteLength & 0xff];
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), bytes]);
}

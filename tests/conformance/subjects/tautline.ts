/** Tautline's server and client, each echoing: over HTTP/1.1, over HTTP/2, and with text received as bytes. */
import { WebSocketServer, connect } from "@tautline/node";
import type { ConnectOptions, Connection, ConnectionOptions, ServerOptions } from "@tautline/node";
import type { ClientSubject, ServerSubject } from "./subject.ts";

/** Cases 9.3.1 and 9.4.1 send 4 MiB in fragments of 64 bytes, four times as many as the default lets through. */
const options: ConnectionOptions = { maxFragments: 65_536 };

/** Sections 12 and 13 ask for compression; servers accept it on request. */
const serverOptions: ServerOptions = { ...options, compression: true, onConnection: echo };

function echo(connection: Connection): void {
  connection.onMessage((message) => void connection.send(message));
}

async function startServer(own: ServerOptions = {}): ReturnType<ServerSubject["start"]> {
  const server = new WebSocketServer({ ...serverOptions, ...own });
  const { port } = await server.listen({ host: "127.0.0.1" });
  return {
    url: `ws://127.0.0.1:${port}/`,
    stop: () => server.shutdown({ drainTimeoutMs: 0 }),
  };
}

async function echoAt(url: string, own: ConnectOptions = {}): Promise<unknown> {
  const connection = await connect(url, { ...options, ...own });
  echo(connection);
  return connection.closed;
}

export const tautlineServer: ServerSubject = {
  name: "Tautline server",
  role: "server",
  start: () => startServer(),
};

export const tautlineClient: ClientSubject = {
  name: "Tautline client",
  role: "client",
  echoAt: (url) => echoAt(url),
};

export const tautlineHttp2Server: ServerSubject = {
  name: "Tautline server over HTTP/2",
  role: "server",
  version: "2",
  start: () => startServer({ http2: true }),
};

export const tautlineHttp2Client: ClientSubject = {
  name: "Tautline client over HTTP/2",
  role: "client",
  version: "2",
  echoAt: (url) => echoAt(url, { http2: true }),
};

/** Text is then checked and copied instead of decoded, which is another way through the reader of messages. */
const asBytes = { receiveText: "bytes" } as const;

export const tautlineBytesServer: ServerSubject = {
  name: "Tautline server, text as bytes",
  role: "server",
  start: () => startServer(asBytes),
};

export const tautlineBytesClient: ClientSubject = {
  name: "Tautline client, text as bytes",
  role: "client",
  echoAt: (url) => echoAt(url, asBytes),
};

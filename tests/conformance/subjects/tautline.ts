/** Tautline's server and client, each echoing, over HTTP/1.1 and over HTTP/2. */
import { WebSocketServer, connect } from "@tautline/node";
import type { Connection, ConnectionOptions, ServerOptions } from "@tautline/node";
import type { ClientSubject, ServerSubject } from "./subject.ts";

/** Cases 9.3.1 and 9.4.1 send 4 MiB in fragments of 64 bytes, four times as many as the default lets through. */
const options: ConnectionOptions = { maxFragments: 65_536 };

/** Sections 12 and 13 ask for compression; servers accept it on request. */
const serverOptions: ServerOptions = { ...options, compression: true, onConnection: echo };

function echo(connection: Connection): void {
  connection.onMessage((message) => void connection.send(message));
}

async function startServer(http2: boolean): ReturnType<ServerSubject["start"]> {
  const server = new WebSocketServer({ ...serverOptions, http2 });
  const { port } = await server.listen({ host: "127.0.0.1" });
  return {
    url: `ws://127.0.0.1:${port}/`,
    stop: () => server.shutdown({ drainTimeoutMs: 0 }),
  };
}

async function echoAt(url: string, http2: boolean): Promise<unknown> {
  const connection = await connect(url, { ...options, http2 });
  echo(connection);
  return connection.closed;
}

export const tautlineServer: ServerSubject = {
  name: "Tautline server",
  role: "server",
  start: () => startServer(false),
};

export const tautlineClient: ClientSubject = {
  name: "Tautline client",
  role: "client",
  echoAt: (url) => echoAt(url, false),
};

export const tautlineHttp2Server: ServerSubject = {
  name: "Tautline server over HTTP/2",
  role: "server",
  version: "2",
  start: () => startServer(true),
};

export const tautlineHttp2Client: ClientSubject = {
  name: "Tautline client over HTTP/2",
  role: "client",
  version: "2",
  echoAt: (url) => echoAt(url, true),
};

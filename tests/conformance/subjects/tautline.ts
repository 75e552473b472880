/** Tautline's server and client, each echoing. */
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

export const tautlineServer: ServerSubject = {
  name: "Tautline server",
  role: "server",
  async start() {
    const server = new WebSocketServer(serverOptions);
    const { port } = await server.listen({ host: "127.0.0.1" });
    return {
      url: `ws://127.0.0.1:${port}/`,
      stop: () => server.shutdown({ drainTimeoutMs: 0 }),
    };
  },
};

export const tautlineClient: ClientSubject = {
  name: "Tautline client",
  role: "client",
  async echoAt(url) {
    const connection = await connect(url, options);
    echo(connection);
    return connection.closed;
  },
};

// Two workers of node:cluster that serve one port. Each answers with who it is, how many sockets Node.js has made in it, and what
// it was told; "stop" has it shut down. The argument says who hands out connections: "rr" the primary, "none" the system.

import cluster from "node:cluster";
import { subscribe } from "node:diagnostics_channel";
import process from "node:process";
import { WebSocketServer } from "@tautline/node";

const [, , policy] = process.argv;

async function serve() {
  let sockets = 0;
  subscribe("net.server.socket", () => {
    sockets += 1;
  });
  const server = new WebSocketServer({
    onConnection: (connection) => {
      connection.onMessage((message) => {
        if (message === "stop") void server.shutdown().then(() => process.disconnect());
        else connection.send(`${process.pid} ${sockets} ${String(message)}`);
      });
    },
  });
  await server.listen({ port: 0, host: "127.0.0.1" });
}

if (cluster.isPrimary) {
  cluster.schedulingPolicy = policy === "none" ? cluster.SCHED_NONE : cluster.SCHED_RR;
  let listening = 0;
  cluster.on("listening", (_worker, { port }) => {
    listening += 1;
    if (listening === 2) console.log(`port ${port}`);
  });
  cluster.on("exit", (_worker, code) => console.log(`exit ${code}`));
  cluster.fork();
  cluster.fork();
} else {
  await serve();
}

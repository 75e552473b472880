/** Workers as processes of `node:cluster`: this very program with the same arguments, told by a variable that it is one. */
import cluster from "node:cluster";

import type { Hand, HandEvents } from "./crew.ts";
import type { Report, WorkerTerms } from "./crew-messages.ts";
import { workerVariable } from "./crew-messages.ts";

export function hireProcess(terms: WorkerTerms, events: HandEvents): Hand {
  const worker = cluster.fork({ [workerVariable]: JSON.stringify(terms) });
  worker.on("message", (report: Report) => events.report(report));
  // A worker that ends while it is spoken to says so by its end.
  worker.on("error", () => undefined);
  worker.on("exit", (code, signal) => events.ended(signal ?? String(code)));
  return {
    pid: worker.process.pid,
    say: (order) => {
      if (worker.isConnected()) worker.send(order);
    },
  };
}

/**
 * A server that takes messages slowly or not at all, in a process of its own so that its memory can be measured.
 *
 * Prints its port. For each line on standard input it takes one message, if its kind takes any, and prints what
 * memory it holds, in bytes.
 */
import { createInterface } from "node:readline";
import { WebSocketServer } from "@tautline/node";

const consumers = {
  /** Has said that it wants nothing for now. */
  paused: (connection) => {
    connection.pause();
    return () => undefined;
  },
  /** Has not said anything. */
  nobody: () => () => undefined,
  /** Answers each message at once. */
  echo: (connection) => {
    connection.onMessage((message) => connection.send(message));
    return () => undefined;
  },
  /** An asynchronous loop whose body takes as long as the next line takes to come. */
  loop: (connection) => {
    let go;
    void (async () => {
      for await (const message of connection) {
        taken += message.length;
        await new Promise((resolve) => {
          go = resolve;
        });
      }
    })();
    return () => go?.();
  },
};

let taken = 0;
let take = () => undefined;
const server = new WebSocketServer({
  pingIntervalMs: 0,
  onConnection: (connection) => {
    take = consumers[process.argv[2]](connection);
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
console.log(port);

for await (const _line of createInterface({ input: process.stdin })) {
  take();
  // What the first collection finds dead may hold more until its handles are closed.
  globalThis.gc();
  await new Promise(setImmediate);
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ rss, held: heapUsed + external, taken }));
}
process.exit(0);

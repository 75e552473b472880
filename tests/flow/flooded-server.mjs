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
  /** Receives messages as streams, and gets none. */
  "stream nobody": () => () => undefined,
  /** Gets the streams and reads none. */
  "stream unread": (connection) => {
    connection.onMessageStream(() => undefined);
    return () => undefined;
  },
  /** Reads all streams one after the other, of which one chunk is taken for each line. */
  "stream loop": (connection) => {
    let go;
    void (async () => {
      for await (const stream of connection.messageStreams()) {
        for await (const chunk of stream) {
          taken += chunk.length;
          await new Promise((resolve) => {
            go = resolve;
          });
        }
      }
    })();
    return () => go?.();
  },
  /** Cancels each stream. */
  "stream cancel": (connection) => {
    connection.onMessageStream((stream) => {
      cancelled += 1;
      stream.cancel();
    });
    return () => {
      taken = cancelled;
    };
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
let cancelled = 0;
let take = () => undefined;
const kind = process.argv[2];
const server = new WebSocketServer({
  pingIntervalMs: 0,
  receive: kind.startsWith("stream") ? "streams" : "messages",
  compression: true,
  onConnection: (connection) => {
    take = consumers[kind](connection);
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

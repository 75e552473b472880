/**
 * Receives one frame of 64 MiB that its sender writes one byte at a time, each in a packet of its own, and shows that the
 * last bytes cost no more time than the first, and memory no more than the message.
 *
 *     npm run build && node --expose-gc tests/soak/trickle-64mib.mjs [messages|streams] [MiB]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocketServer } from "@tautline/node";

const MiB = 1024 * 1024;
const receive = process.argv[2] ?? "messages";
const total = Number(process.argv[3] ?? 64) * MiB;

const held = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

let resolveLength;
const length = new Promise((resolve) => {
  resolveLength = resolve;
});
const server = new WebSocketServer({
  receive,
  maxMessageBytes: total,
  maxFrameBytes: total,
  pingIntervalMs: 0,
  onConnection: async (connection) => {
    if (receive === "messages") {
      connection.onMessage((message) => resolveLength(message.length));
      return;
    }
    const { value: message } = await connection.messageStreams().next();
    let received = 0;
    for await (const chunk of message) received += chunk.length;
    resolveLength(received);
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
const socket = connect(port, "127.0.0.1").setNoDelay(true);
socket.write(
  "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
);
await once(socket, "data");

const before = held();
let most = before;
const quarters = [];
const head = Buffer.alloc(14);
head.set([0x82, 0xff]);
head.writeBigUInt64BE(BigInt(total), 2);
socket.write(head);
const byte = Buffer.of(7);
let start = performance.now();
for (let sent = 1; sent <= total; sent += 1) {
  if (!socket.write(byte)) await once(socket, "drain");
  // The reader's turn: what is not read at once would come in larger pieces.
  if (sent % 64 === 0) await new Promise(setImmediate);
  if (sent % (total / 4) === 0) {
    quarters.push((performance.now() - start) / 1000);
    most = Math.max(most, held());
    start = performance.now();
  }
}
const received = await length;
console.log(
  `${total / MiB} MiB in one frame, byte by byte (${receive}): ${quarters.map((seconds) => seconds.toFixed(1)).join(", ")} s ` +
    `for its quarters, at most ${((most - before) / MiB).toFixed(1)} MiB more held than before`,
);
const allowed = receive === "messages" ? 1.5 * total + 16 * MiB : 16 * MiB;
process.exit(received === total && most - before < allowed ? 0 : 1);

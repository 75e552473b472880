/**
 * Sends one message of 4 GiB from a source that makes it up, over the loopback, and shows that neither the time per MiB
 * nor the sender's memory grows with it. The peer is a plain socket that counts bytes.
 *
 *     npm run build && node --expose-gc tests/soak/stream-4gib.mjs [MiB]
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocketServer } from "@tautline/node";

const MiB = 1024 * 1024;
const total = Number(process.argv[2] ?? 4096) * MiB;
const chunkBytes = MiB;

let most = 0;
const memory = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

function* source() {
  for (let made = 0; made < total; made += chunkBytes) {
    if (made % (256 * MiB) === 0) {
      globalThis.gc?.();
      most = Math.max(most, memory());
    }
    yield Buffer.alloc(chunkBytes, made / chunkBytes);
  }
}

const server = new WebSocketServer({
  pingIntervalMs: 0,
  onConnection: (connection) => connection.sendStream(source()),
});
const { port } = await server.listen({ host: "127.0.0.1" });
globalThis.gc?.();
const before = memory();
const start = performance.now();
const socket = connect(port, "127.0.0.1");
const key = createHash("sha1").digest().subarray(0, 16).toString("base64");
socket.write(
  `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
);
// Fragments of 64 KiB have headers of 10 bytes, the last and empty one of 2.
const expected = total + (total / (64 * 1024)) * 10 + 2;
const [head] = await once(socket, "data");
let received = head.length - (head.indexOf("\r\n\r\n") + 4);
for await (const chunk of socket) {
  received += chunk.length;
  if (received >= expected) break;
}
const seconds = (performance.now() - start) / 1000;
console.log(
  `${total / MiB} MiB in one message: ${seconds.toFixed(1)} s, ${(total / MiB / seconds).toFixed(0)} MiB/s, ` +
    `at most ${((most - before) / MiB).toFixed(1)} MiB more held than before`,
);
process.exit(received === expected && most - before < 64 * MiB ? 0 : 1);

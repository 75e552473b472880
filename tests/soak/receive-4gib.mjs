/**
 * Receives one message of 4 GiB as a stream, over the loopback, and shows that the receiver's memory does not grow with it.
 * It comes in frames of 64 KiB, in one giant frame, or compressed a thousand times. The peer is a plain socket that sends
 * the same memory again and again.
 *
 *     npm run build && node --expose-gc tests/soak/receive-4gib.mjs [frames|frame|compressed] [MiB]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { constants, createDeflateRaw } from "node:zlib";
import { WebSocketServer } from "@tautline/node";

const KiB = 1024;
const MiB = 1024 * KiB;
const form = process.argv[2] ?? "frames";
const total = Number(process.argv[3] ?? 4096) * MiB;
const binary = 2;
const continuation = 0;

/** The head of a client's frame, with a key of zeros. */
function head(opcode, byteLength, { fin = true, compressed = false } = {}) {
  const bytes = Buffer.alloc(14);
  bytes.set([(fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode, 0xff]);
  bytes.writeBigUInt64BE(BigInt(byteLength), 2);
  return bytes;
}

function* frames() {
  const payload = Buffer.alloc(64 * KiB, 7);
  for (let sent = 0; sent < total; sent += payload.length) {
    const fin = sent + payload.length >= total;
    yield Buffer.concat([
      head(sent === 0 ? binary : continuation, payload.length, { fin }),
      payload,
    ]);
  }
}

function* frame() {
  yield head(binary, total);
  const piece = Buffer.alloc(MiB, 7);
  for (let sent = 0; sent < total; sent += piece.length) yield piece;
}

async function* compressed() {
  const deflate = createDeflateRaw({ level: 1, finishFlush: constants.Z_SYNC_FLUSH });
  const piece = Buffer.alloc(MiB, 7);
  const feed = async () => {
    for (let sent = 0; sent < total; sent += piece.length) {
      if (!deflate.write(piece)) await once(deflate, "drain");
    }
    deflate.end();
  };
  const fed = feed();
  let first = true;
  for await (const bytes of deflate) {
    // Only a length of more than 65,535 may be written in this form.
    for (let at = 0; at < bytes.length; at += 125) {
      const part = bytes.subarray(at, at + 125);
      const opcode = first ? 0x42 : continuation;
      yield Buffer.concat([Buffer.of(opcode, 0x80 | part.length, 0, 0, 0, 0), part]);
      first = false;
    }
  }
  await fed;
  // The bytes 00 00 FF FF have been sent as well, and the block after them is empty.
  yield Buffer.concat([Buffer.of(0x80, 0x81, 0, 0, 0, 0), Buffer.of(0)]);
}

const memory = () => {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, rss };
};
const most = { held: 0, rss: 0 };
const look = async () => {
  globalThis.gc?.();
  // What the first collection finds dead may hold more until its handles are closed.
  await new Promise(setImmediate);
  globalThis.gc?.();
  const { held, rss } = memory();
  most.held = Math.max(most.held, held);
  most.rss = Math.max(most.rss, rss);
};

let received = 0;
let finished;
const whole = new Promise((resolve, reject) => {
  finished = { resolve, reject };
});
const server = new WebSocketServer({
  receive: "streams",
  compression: true,
  pingIntervalMs: 0,
  onConnection: async (connection) => {
    connection.onClose(({ error }) => finished.reject(error));
    const { value: message } = await connection.messageStreams().next();
    let looked = 0;
    for await (const chunk of message) {
      if (chunk[0] !== 7 || chunk.at(-1) !== 7) throw new Error("other bytes than were sent");
      received += chunk.length;
      if (received - looked >= total / 16) {
        looked = received;
        await look();
      }
    }
    finished.resolve();
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
const socket = connect(port, "127.0.0.1");
const request = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ...(form === "compressed" ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []),
];
socket.write(`${request.join("\r\n")}\r\n\r\n`);
await once(socket, "data");
socket.resume();

globalThis.gc?.();
const before = memory();
const start = performance.now();
for await (const bytes of { frames, frame, compressed }[form]()) {
  if (!socket.write(bytes)) await once(socket, "drain");
}
await whole;
const seconds = (performance.now() - start) / 1000;
console.log(
  `${total / MiB} MiB in one message (${form}): ${seconds.toFixed(1)} s, ${(total / MiB / seconds).toFixed(0)} MiB/s, ` +
    `at most ${((most.held - before.held) / MiB).toFixed(1)} MiB more held than before, ` +
    `${((most.rss - before.rss) / MiB).toFixed(1)} MiB more resident`,
);
process.exit(received === total && most.held - before.held < 32 * MiB ? 0 : 1);

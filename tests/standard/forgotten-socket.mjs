// A socket that nothing refers to but its own listeners, which say what becomes of it.
import { setImmediate as turn } from "node:timers/promises";
import { WebSocket } from "@tautline/node";

const seen = [];
let weak;

async function collect() {
  for (let count = 0; count < 10; count += 1) {
    globalThis.gc();
    await turn();
  }
}

/** Opens a socket and forgets it. Its echo is asked for when the garbage has been collected. */
function forget() {
  return new Promise((resolve) => {
    const socket = new WebSocket(process.argv[2]);
    weak = new WeakRef(socket);
    socket.onopen = () => resolve();
  });
}

function closing() {
  return new Promise((resolve) => {
    const socket = weak.deref();
    if (socket === undefined) throw new Error("collected while it was open");
    socket.onmessage = ({ target }) => {
      seen.push("message");
      target.close();
    };
    socket.onclose = resolve;
    socket.send("x");
  }).then(() => undefined);
}

await forget();
await collect();
await closing();
await collect();
seen.push(weak.deref() === undefined ? "collected" : "still there");
console.log(seen.join(", "));

/** What only shows in a process of its own: what it has sent when it ends, and what it makes of a listener that throws. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { serve } from "./pair.mjs";
import { ours } from "./which.mjs";

const run = promisify(execFile);

function program(name, ...args) {
  const path = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  return run(process.execPath, [path, ...args]);
}

for (const when of ["at once", "at a message", "in a timer"]) {
  test(`process: what was sent before process.exit() arrives, ${when}`, async (t) => {
    const { wss, url } = await serve(t);
    const got = [];
    wss.on("connection", (socket) => {
      socket.on("message", (data) => got.push(String(data)));
      socket.send("go");
    });
    const closed = new Promise((resolve) => {
      wss.on("connection", (socket) => socket.on("close", resolve));
    });
    await program("leaving.mjs", url, when);
    await closed;
    assert.deepEqual(got, ["one", "two"]);
  });
}

test("different: a listener that throws is an uncaught exception, and its connection goes on", async (t) => {
  const { wss, url } = await serve(t, { closeTimeout: 500 });
  const connected = once(wss, "connection");
  const ended = program("throwing.mjs", url);
  const [server] = await connected;
  server.send("first");
  await once(server, "message");
  server.send("second");
  server.close();
  const { stdout } = await ended;
  // ws reads no more from such a connection, and does not tell of its end.
  assert.equal(stdout.trim(), ours ? "a bug, second" : "");
});

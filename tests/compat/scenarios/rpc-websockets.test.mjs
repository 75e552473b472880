/** rpc-websockets: JSON-RPC calls, notifications and events on namespaces. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { Client, Server } from "rpc-websockets";

test("rpc-websockets: calls, errors, events and the end", async () => {
  const server = new Server({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.register("sum", (numbers) => numbers.reduce((total, n) => total + n, 0));
  server.event("news");
  const { port } = server.wss.address();
  const client = new Client(`ws://127.0.0.1:${port}`, { reconnect: false });
  await once(client, "open");
  assert.equal(await client.call("sum", [1, 2, 3]), 6);
  await assert.rejects(client.call("missing"), { code: -32601 });
  await client.subscribe("news");
  const heard = once(client, "news");
  server.emit("news", "one");
  assert.deepEqual(await heard, ["one"]);
  const closed = once(client, "close");
  client.close();
  await closed;
  await server.close();
});

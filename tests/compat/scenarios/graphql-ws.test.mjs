/** graphql-ws: subscriptions, queries, errors and its own close codes over the graphql-transport-ws subprotocol. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { buildSchema } from "graphql";
import { createClient } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import WebSocket, { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { hello: String }
  type Subscription { count(to: Int!): Int }
`);

const roots = {
  query: { hello: () => "world" },
  subscription: {
    count: async function* count({ to }) {
      for (let n = 1; n <= to; n++) yield { count: n };
    },
  },
};

async function start(t, options = {}) {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql" });
  const server = useServer({ schema, roots, ...options }, wss);
  await once(wss, "listening");
  t.after(() => server.dispose());
  return { wss, url: `ws://127.0.0.1:${wss.address().port}/graphql` };
}

function clientOf(t, url, options = {}) {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  t.after(() => client.dispose());
  return client;
}

test("graphql-ws: a subscription yields every value and ends", async (t) => {
  const { url } = await start(t);
  const counted = [];
  const client = clientOf(t, url);
  for await (const { data } of client.iterate({ query: "subscription { count(to: 5) }" })) {
    counted.push(data.count);
  }
  assert.deepEqual(counted, [1, 2, 3, 4, 5]);
});

test("graphql-ws: two subscriptions and a query share a connection", async (t) => {
  const { wss, url } = await start(t);
  let connections = 0;
  wss.on("connection", (socket) => {
    connections += 1;
    assert.equal(socket.protocol, "graphql-transport-ws");
  });
  const client = clientOf(t, url);
  const collect = async (query) => {
    const all = [];
    for await (const { data } of client.iterate({ query })) all.push(data);
    return all.length;
  };
  const sizes = await Promise.all([
    collect("subscription { count(to: 100) }"),
    collect("subscription { count(to: 50) }"),
    collect("{ hello }"),
  ]);
  assert.deepEqual(sizes, [100, 50, 1]);
  assert.equal(connections, 1);
});

test("graphql-ws: a refused connection closes with 4403", async (t) => {
  const { url } = await start(t, { onConnect: () => false });
  const client = clientOf(t, url, { lazy: false, onNonLazyError: () => {} });
  const closed = await new Promise((resolve) => client.on("closed", resolve));
  assert.deepEqual([closed.code, closed.reason], [4403, "Forbidden"]);
});

test("graphql-ws: a client of another subprotocol fails to connect", async (t) => {
  const { url } = await start(t);
  const socket = new WebSocket(url, "something-else");
  const failed = new Promise((resolve) => socket.on("error", resolve));
  const [code] = await new Promise((resolve) => socket.on("close", (...args) => resolve(args)));
  assert.equal((await failed).message, "Server sent no subprotocol");
  assert.equal(code, 1006);
});

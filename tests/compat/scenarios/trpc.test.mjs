/** tRPC's ws adapter and client: queries, mutations, subscriptions, errors, and the hint to reconnect. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC, TRPCError } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import WebSocket, { WebSocketServer } from "ws";

const { procedure, router } = initTRPC.create();

const appRouter = router({
  double: procedure.input((value) => Number(value)).query(({ input }) => input * 2),
  fail: procedure.mutation(() => {
    throw new TRPCError({ code: "FORBIDDEN", message: "not you" });
  }),
  count: procedure
    .input((value) => Number(value))
    .subscription(async function* count({ input }) {
      for (let n = 1; n <= input; n++) yield n;
    }),
});

async function start(t, options = {}) {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const handler = applyWSSHandler({
    wss,
    router: appRouter,
    createContext: () => ({}),
    ...options,
  });
  await once(wss, "listening");
  const url = `ws://127.0.0.1:${wss.address().port}`;
  const client = createWSClient({ url, WebSocket, retryDelayMs: () => 0 });
  t.after(async () => {
    await client.close();
    await new Promise((resolve) => wss.close(resolve));
  });
  return { wss, handler, trpc: createTRPCClient({ links: [wsLink({ client })] }) };
}

test("trpc: queries and mutations, with their errors", async (t) => {
  const { trpc } = await start(t);
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => trpc.double.query(n))), [2, 4, 6]);
  await assert.rejects(trpc.fail.mutate(), /not you/);
});

test("trpc: a subscription yields every value and ends", async (t) => {
  const { trpc } = await start(t);
  const counted = [];
  await new Promise((resolve, reject) => {
    trpc.count.subscribe(5, {
      onData: (n) => counted.push(n),
      onComplete: resolve,
      onError: reject,
    });
  });
  assert.deepEqual(counted, [1, 2, 3, 4, 5]);
});

test("trpc: clients come back after the server's hint to reconnect", async (t) => {
  const { wss, handler, trpc } = await start(t);
  assert.equal(await trpc.double.query(1), 2);
  const again = once(wss, "connection");
  handler.broadcastReconnectNotification();
  await again;
  assert.equal(await trpc.double.query(2), 4);
});

test("trpc: its keep-alive ends a connection that does not answer", async (t) => {
  const { wss, trpc } = await start(t, {
    keepAlive: { enabled: true, pingMs: 20, pongWaitMs: 50 },
  });
  assert.equal(await trpc.double.query(1), 2);
  const silent = new WebSocket(`ws://127.0.0.1:${wss.address().port}`, { autoPong: false });
  silent.on("message", () => {});
  await once(silent, "open");
  assert.equal((await once(silent, "close"))[0], 1006);
});

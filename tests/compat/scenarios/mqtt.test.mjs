/** mqtt clients over WebSocket against aedes, through ws's own stream and through the older websocket-stream. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { Aedes } from "aedes";
import mqtt from "mqtt";
import websocketStream from "websocket-stream";
import { createWebSocketStream, WebSocketServer } from "ws";

const ways = {
  createWebSocketStream: (http, broker) => {
    const wss = new WebSocketServer({ server: http, handleProtocols: () => "mqtt" });
    wss.on("connection", (ws, request) => broker.handle(createWebSocketStream(ws), request));
  },
  "websocket-stream": (http, broker) => {
    websocketStream.createServer({ server: http }, (stream) => broker.handle(stream));
  },
};

// From Node.js 26 on, read() gives one chunk of several. aedes 1.2 reads once and waits for more, with ws and with ours;
// websocket-stream brings streams of its own.
const [major] = process.versions.node.split(".").map(Number);
const stalls = "aedes stalls where a stream of Node.js 26 has several chunks for it";
const skips = { createWebSocketStream: major >= 26 && stalls };

async function start(t, attach) {
  const broker = await Aedes.createBroker();
  const http = createServer();
  attach(http, broker);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => new Promise((resolve) => broker.close(resolve)));
  t.after(() => http.close());
  const url = `ws://127.0.0.1:${http.address().port}`;
  return async () => {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
    t.after(() => client.endAsync(true));
    return client;
  };
}

for (const [way, attach] of Object.entries(ways)) {
  const skip = skips[way] ?? false;

  test(`mqtt and aedes, ${way}: topics at every quality of service`, { skip }, async (t) => {
    const connect = await start(t, attach);
    const [sender, receiver] = [await connect(), await connect()];
    await receiver.subscribeAsync("house/+/light", { qos: 2 });
    for (const qos of [0, 1, 2]) {
      const received = once(receiver, "message");
      await sender.publishAsync(`house/${qos}/light`, `on ${qos}`, { qos });
      const [topic, payload] = await received;
      assert.deepEqual([topic, payload.toString()], [`house/${qos}/light`, `on ${qos}`]);
    }
  });

  test(
    `mqtt and aedes, ${way}: binary of 1 MiB, and many small ones in order`,
    { skip },
    async (t) => {
      const connect = await start(t, attach);
      const [sender, receiver] = [await connect(), await connect()];
      await receiver.subscribeAsync("bytes");
      const large = Buffer.alloc(1024 * 1024, "tautline");
      const first = once(receiver, "message");
      await sender.publishAsync("bytes", large);
      assert.ok(large.equals((await first)[1]));
      const got = [];
      const all = new Promise((resolve) => {
        receiver.on("message", (_topic, payload) => {
          got.push(Number(payload));
          if (got.length === 500) resolve();
        });
      });
      for (let n = 0; n < 500; n++) sender.publish("bytes", String(n));
      await all;
      assert.deepEqual(got, [...got.keys()]);
    },
  );

  test(
    `mqtt and aedes, ${way}: a will is published when its client breaks off`,
    { skip },
    async (t) => {
      const connect = await start(t, attach);
      const receiver = await connect();
      await receiver.subscribeAsync("wills");
      const doomed = await mqtt.connectAsync(receiver.options.href ?? urlOf(receiver), {
        reconnectPeriod: 0,
        will: { topic: "wills", payload: Buffer.from("gone"), qos: 0, retain: false },
      });
      const received = once(receiver, "message");
      doomed.stream.destroy();
      assert.equal((await received)[1].toString(), "gone");
    },
  );
}

function urlOf({ options }) {
  return `ws://${options.hostname}:${options.port}`;
}

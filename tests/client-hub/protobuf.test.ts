/** Our client in Protobuf, and one in JSON beside it, at a whole server over real sockets. */

import type { ClientOptions, WebSocketConstructor } from "@tautline/client";
import { Client } from "@tautline/client";
import { protobuf } from "@tautline/client/protobuf";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";

const noJson = Uint8Array.of(0, 255, 10);

async function start(): Promise<TautlineServer> {
  const channels = { historySize: 100, recovery: "stream", deltas: ["fossil"] } as const;
  const server = await serve({ port: 0, page: false, demos: false, hub: { channels } });
  onTestFinished(() => server.close());
  return server;
}

function dial(server: TautlineServer, options: ClientOptions): Client {
  const client = new Client(`${server.url}/connection/websocket`, {
    webSocket: WsWebSocket,
    reconnectDelayMs: 20,
    maxReconnectDelayMs: 50,
    ...options,
  });
  onTestFinished(() => client.disconnect());
  void client.connect();
  return client;
}

/** Every WebSocket class there is on this version of Node.js; 20 has none of its own. */
const constructors: readonly { name: string; webSocket: WebSocketConstructor }[] = [
  { name: "of the package ws", webSocket: WsWebSocket },
  ...("WebSocket" in globalThis
    ? [{ name: "of the platform", webSocket: globalThis.WebSocket }]
    : []),
];

test.each(constructors)(
  "JSON and Protobuf meet in a channel, with the WebSocket $name",
  async ({ webSocket }) => {
    const server = await start();
    const ann = dial(server, { webSocket, data: { name: "ann" } });
    const ben = dial(server, { webSocket, data: { name: "ben" }, format: protobuf() });
    const heard = [ann, ben].map((client) => {
      const got: unknown[] = [];
      const chat = client.subscribe("chat", { delta: "fossil" });
      const all = new Promise<unknown[]>((resolve) => {
        chat.onPublication(({ data }) => got.push(data) === 4 && resolve(got));
      });
      return { chat, all };
    });
    await Promise.all(heard.map(({ chat }) => chat.ready()));
    const text = "the same each time, and long enough to be worth a difference 🎉";
    for (const n of [1, 2]) await ann.publish("chat", { n, text });
    for (const n of [3, 4]) await ben.publish("chat", { n, text });
    for (const { all } of heard) {
      expect(await all).toEqual([1, 2, 3, 4].map((n) => ({ n, text })));
    }
    const present = await ben.presence("chat");
    expect(present.map(({ info }) => info)).toEqual(
      expect.arrayContaining([{ name: "ann" }, { name: "ben" }]),
    );
    const page = await ben.history("chat", { limit: 2, reverse: true, since: undefined });
    expect(page.publications.map(({ data }) => data)).toEqual([4, 3].map((n) => ({ n, text })));
  },
);

describe("bytes", () => {
  test("go from client to client, to procedures and back", async () => {
    const server = await start();
    server.hub.rpc("echo", (data) => data);
    const [ann, ben] = [dial(server, { format: protobuf() }), dial(server, { format: protobuf() })];
    const chat = ben.subscribe<Uint8Array>("bytes");
    const heard = new Promise((resolve) => chat.onPublication(({ data }) => resolve(data)));
    await chat.ready();
    await ann.publish("bytes", noJson);
    expect(await heard).toEqual(noJson);
    expect(await ann.rpc("echo", noJson)).toEqual(noJson);
  });

  test("that were missed come after the connection was lost, once and in order", async () => {
    const server = await start();
    const client = dial(server, { format: protobuf({ data: "bytes" }) });
    const chat = client.subscribe<Uint8Array>("bytes", { delta: "fossil" });
    const got: number[] = [];
    const done = new Promise<void>((resolve) => {
      chat.onPublication(({ data }) => {
        got.push(data[0] ?? -1);
        if (got.length === 60) resolve();
      });
    });
    await chat.ready();
    for (let n = 0; n < 60; n += 1) {
      const long = new Uint8Array(200).fill(200);
      long[0] = n;
      await server.channel<Uint8Array>("bytes").publish(long);
      if (n % 20 !== 10) continue;
      for (const one of server.hub.clients.values()) {
        one.disconnect({ code: 3011, reason: "force reconnect" });
      }
    }
    await done;
    expect(got).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });
});

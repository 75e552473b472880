/**
 * The official client over HTTP: what it is known by there, and the other nodes that its commands may come to. Everything else
 * holds over every transport: see tests/centrifuge/matrix.test.ts.
 */
import type { TransportName } from "centrifuge";
import { describe, expect, it } from "vitest";

import { MemoryRelay } from "tautline";

import { next, subscribe } from "../centrifuge/official-client.ts";
import { startProxy } from "./proxy.ts";
import { dial, startServer } from "./world.ts";

const transports: readonly TransportName[] = ["http_stream", "sse"];

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe.each(transports)("the official client over %s", (transport) => {
  it("is known by its address and its headers", async () => {
    const server = await startServer({
      hooks: {
        connect: ({ connection }) => ({
          info: { agent: typeof connection.headers?.["user-agent"] },
        }),
      },
    });
    const [connected] = await next(dial(server, [transport]), "connected");
    const one = server.hub.clients.get(connected?.client ?? "");
    expect(one?.info).toEqual({ agent: "string" });
    expect(one?.connection.remoteAddress).toContain("127.0.0.1");
  });

  it("hears that the server goes, and finds it again", async () => {
    const server = await startServer();
    const proxy = await startProxy(server.url);
    const client = dial(proxy, [transport]);
    await client.ready();
    const connecting = next(client, "connecting");
    await server.close();
    expect((await connecting)[0]).toMatchObject({ code: 3001, reason: "shutdown" });
    const again = next(client, "connected");
    proxy.target = (await startServer()).url;
    await again;
  });

  it("needs no sticky sessions: its commands may come to another node", async () => {
    const relay = new MemoryRelay();
    const [here, there] = [await startServer({ relay }), await startServer({ relay })];
    const client = dial(here, [transport], { emulation: there });
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish("by way of another node");
    expect((await publication)[0]?.data).toBe("by way of another node");
    expect([here.hub.clients.size, there.hub.clients.size]).toEqual([1, 0]);
  });
});

describe("the official client in Protobuf over http_stream", () => {
  const bytes = Uint8Array.of(0, 255, 10, 13);
  const format = "protobuf";

  it("publishes bytes through another node, and shares a channel with one in JSON", async () => {
    const relay = new MemoryRelay();
    const [here, there] = [await startServer({ relay }), await startServer({ relay })];
    const client = dial(here, ["http_stream"], { format, emulation: there });
    const chat = await subscribe(client, "chat");
    const own = next(chat, "publication", 2);
    await chat.publish(bytes);
    const other = await subscribe(dial(here, ["sse"]), "chat");
    const theirs = next(other, "publication");
    await chat.publish(json({ a: 1 }));
    expect((await own).map(({ data }) => data)).toEqual([bytes, json({ a: 1 })]);
    expect((await theirs)[0]?.data).toEqual({ a: 1 });
    expect(await chat.presenceStats()).toEqual({ numClients: 2, numUsers: 1 });
    expect([here.hub.clients.size, there.hub.clients.size]).toEqual([2, 0]);
  });
});

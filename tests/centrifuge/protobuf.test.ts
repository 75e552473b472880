/** What the official client has in Protobuf alone: data that is no JSON, and what becomes of it among clients in JSON. */

import { describe, expect, it } from "vitest";
import { dial, startServer } from "../transports/world.ts";
import { state, upTo } from "./combination.ts";
import { next, subscribe } from "./official-client.ts";

const value = (data: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(data));
const noJson = Uint8Array.of(0, 255, 10, 13);
const format = "protobuf";

describe.each(["websocket", "http_stream"] as const)("in Protobuf over %s, bytes", (transport) => {
  it("are published, called with and sent as they are", async () => {
    const server = await startServer({
      hooks: { connect: () => ({ subscriptions: [{ channel: "mine", data: noJson }] }) },
    });
    server.hub.rpc("bytes", (data) => data);
    const client = dial(server, [transport], { format });
    expect((await next(client, "subscribed"))[0]?.data).toEqual(noJson);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish(noJson);
    expect((await publication)[0]?.data).toEqual(noJson);
    expect((await client.rpc("bytes", noJson)).data).toEqual(noJson);
    const message = next(client, "message");
    for (const one of server.hub.clients.values()) one.send(noJson);
    expect((await message)[0]?.data).toEqual(noJson);
  });

  it("that are no JSON part it from a client in JSON, which is told why, as by Centrifugo", async () => {
    const server = await startServer();
    const [ann, ben] = [dial(server, [transport]), dial(server, [transport], { format })];
    await subscribe(ann, "chat");
    const chat = await subscribe(ben, "chat");
    const disconnected = next(ann, "disconnected");
    await chat.publish(noJson);
    expect((await disconnected)[0]).toEqual({ code: 3506, reason: "inappropriate protocol" });
    expect(ben.state).toBe("connected");
  });
});

describe("a client in JSON and one in Protobuf", () => {
  it("get deltas each in its own form", async () => {
    const server = await startServer({ hub: { channels: { deltas: ["fossil"] } } });
    const chats = [
      await subscribe(dial(server, ["websocket"]), "a", { delta: "fossil" }),
      await subscribe(dial(server, ["websocket"], { format }), "a", { delta: "fossil" }),
    ];
    const heard = chats.map((chat) => next(chat, "publication", 10));
    for (const n of upTo(10)) await server.channel("a").publish(state(n));
    const [json, binary] = await Promise.all(heard);
    expect(json?.map(({ data }) => data)).toEqual(upTo(10).map(state));
    expect(binary?.map(({ data }) => value(data))).toEqual(upTo(10).map(state));
    for (const chat of chats) expect(chat.deltaStats()).toMatchObject({ numDeltaPayloads: 9 });
  });
});

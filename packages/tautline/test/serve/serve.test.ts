// The server as a whole, as an application sees it.
import { channel, connect, refuse, replyErrors, serve } from "tautline";
import type { ServeOptions, TautlineServer } from "tautline";
import { Client } from "@tautline/client";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

const servers: TautlineServer[] = [];
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({ port: 0, page: false, ...options });
  servers.push(server);
  return server;
}

function client(server: TautlineServer, data?: unknown): Client {
  const made = new Client(`${server.url}/connection/websocket`, { webSocket: WebSocket, data });
  clients.push(made);
  return made;
}

describe("serve", () => {
  it("gives a contract's type to both sides, and shows the server what clients publish", async () => {
    const chat = channel<{ text: string }>("chat");
    const server = await start();
    const seen: string[] = [];
    server.channel(chat).onPublish((message, from) => {
      seen.push(`${JSON.stringify(from.info)}: ${message.text}`);
    });
    const ada = client(server, { name: "Ada" });
    await ada.connect();
    await ada.publish(chat, { text: "hello" });
    expect(seen).toEqual(['{"name":"Ada"}: hello']);
  });

  it("lets the server speak in a channel and see who is there", async () => {
    const server = await start();
    const ada = client(server, { name: "Ada" });
    const room = ada.subscribe<string>("news");
    const heard = new Promise((resolve) => room.onPublication(({ data }) => resolve(data)));
    await ada.connect();
    await room.ready();
    await server.channel<string>("news").publish("from the server");
    expect(await heard).toBe("from the server");
    const present = await server.channel("news").presence();
    expect(Array.from(present.values(), ({ info }) => info)).toEqual([{ name: "Ada" }]);
  });

  const guests = [
    { name: "a name", data: { name: " Ada " }, info: { name: "Ada" } },
    { name: "a name with controls", data: { name: "A\u001bd\na" }, info: { name: "Ada" } },
    { name: "a long name", data: { name: "x".repeat(99) }, info: { name: "x".repeat(40) } },
    { name: "no name", data: {}, info: undefined },
    { name: "an empty name", data: { name: "\n" }, info: undefined },
    { name: "a name that is no text", data: { name: { toString: 1 } }, info: undefined },
    { name: "nothing", data: undefined, info: undefined },
  ];
  for (const { name, data, info } of guests) {
    it(`lets a guest in who brings ${name}`, async () => {
      const server = await start();
      await client(server, data).connect();
      expect(Array.from(server.hub.clients.values(), (guest) => guest.info)).toEqual([info]);
    });
  }

  it("leaves decisions to hooks", async () => {
    const server = await start({
      hooks: {
        connect: ({ token }) => (token === "" ? { user: "nobody" } : { user: token }),
        subscribe: ({ channel: name }) =>
          name === "secret" ? refuse(replyErrors.permissionDenied) : undefined,
      },
    });
    const ada = client(server);
    await ada.connect();
    expect(Array.from(server.hub.clients.values(), ({ user }) => user)).toEqual(["nobody"]);
    await expect(ada.subscribe("secret").ready()).rejects.toThrow("permission denied");
    await ada.subscribe("open").ready();
  });

  it("lets nobody in when it is closed and no hook decides", async () => {
    const server = await start({ hub: { open: false } });
    expect(server.open).toBe(false);
    await expect(client(server).connect()).rejects.toThrow("disconnected");
  });

  it("compresses at /echo with who offers it, and with nobody else", async () => {
    const url = `${(await start()).url.replace("http", "ws")}/echo`;
    for (const [compression, agreed] of [
      [true, /^permessage-deflate/u],
      [false, /^$/u],
    ] as const) {
      const echo = await connect(url, { compression });
      expect(echo.extensions).toMatch(agreed);
      const answer = new Promise((resolve) => echo.onMessage(resolve));
      echo.send("hitch ".repeat(1_000));
      expect(await answer).toBe("hitch ".repeat(1_000));
      echo.close();
      await echo.closed;
    }
  });

  it("refuses pages of other origins, but not programs, and not at /echo", async () => {
    const server = await start();
    const foreign = { headers: { Origin: "https://elsewhere.example" } };
    const url = server.url.replace("http", "ws");
    await expect(connect(`${url}/broadcast`, foreign)).rejects.toMatchObject({ status: 403 });
    await expect(connect(`${url}/connection/websocket`, foreign)).rejects.toMatchObject({
      status: 403,
    });
    for (const attempt of [connect(`${url}/echo`, foreign), connect(`${url}/broadcast`)]) {
      (await attempt).close();
    }
  });

  it("can do without the endpoints for trying things out", async () => {
    const server = await start({ demos: false });
    await expect(connect(`${server.url.replace("http", "ws")}/echo`)).rejects.toMatchObject({
      status: 404,
    });
    expect((await fetch(`${server.url}/echo`)).status).toBe(404);
    expect((await fetch(server.url)).status).toBe(404);
  });

  it("says no to options that make no sense, and to a port that is taken", async () => {
    await expect(serve({ port: 65_536 })).rejects.toThrow(RangeError);
    await expect(serve({ drainTimeoutMs: -1 })).rejects.toThrow(RangeError);
    const { port } = await start();
    await expect(serve({ port, page: false })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("ends in order: hub clients are told to come back, others that it goes", async () => {
    const server = await start();
    const url = server.url.replace("http", "ws");
    const echo = await connect(`${url}/echo`);
    const ada = client(server);
    await ada.connect();
    const lost = new Promise((resolve) => ada.onStateChange(resolve));
    await server.close();
    expect(await echo.closed).toMatchObject({ code: 1001 });
    expect(await lost).toMatchObject({ state: "connecting", code: 3001 });
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
    // Closing what is closed does no harm.
    await server.close();
  });

  it("waits for a broker that does not answer no longer than for clients", async () => {
    const never = new Promise<never>(() => undefined);
    const broker = {
      start: () => Promise.resolve(),
      stop: () => never,
      subscribe: () => never,
      unsubscribe: () => never,
      publish: () => never,
      history: () => never,
      removeHistory: () => never,
      addMember: () => never,
      removeMember: () => never,
      announceJoin: () => never,
      announceLeave: () => never,
      members: () => never,
      memberStats: () => never,
    };
    const server = await start({ broker, drainTimeoutMs: 50 });
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });
});

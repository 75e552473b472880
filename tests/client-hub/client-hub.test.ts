/** Our client and our hub over real sockets. */

import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import type {
  ClientOptions,
  MemberList,
  StateChange,
  WebSocketConstructor,
} from "@tautline/client";
import { channel, Client, memberList, reasons } from "@tautline/client";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { HubOnAPort, stopAll } from "./hub-on-a-port.ts";

interface Chat {
  readonly text: string;
}
const chat = channel<Chat>("chat");

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await stopAll();
});

/** Quick to come back, for the sake of the test's duration. */
const hasty = { reconnectDelayMs: 20, maxReconnectDelayMs: 50 };

function newClient(server: HubOnAPort, options: ClientOptions = {}): Client {
  const client = new Client(server.url, { webSocket: WsWebSocket, ...hasty, ...options });
  clients.push(client);
  return client;
}

async function connected(server: HubOnAPort, options: ClientOptions = {}): Promise<Client> {
  const client = newClient(server, options);
  await client.connect();
  return client;
}

/** The first event that fits; rejects with the test's own timeout when none comes. */
function next<Event>(
  listen: (listener: (event: Event) => void) => () => void,
  fits: (event: Event) => boolean = () => true,
): Promise<Event> {
  return new Promise((resolve) => {
    const cancel = listen((event) => {
      if (!fits(event)) return;
      cancel();
      resolve(event);
    });
  });
}

const stateOf = (client: Client, state: StateChange["state"]): Promise<StateChange> =>
  next(
    (listener) => client.onStateChange(listener),
    (change: StateChange) => change.state === state,
  );

const users = (list: MemberList): string[] => list.current.map(({ user }) => user);

const publicationIn = (client: Client): Promise<Chat> => {
  const subscription = client.subscription(chat) ?? client.subscribe(chat);
  return next((listener: (data: Chat) => void) =>
    subscription.onPublication(({ data }) => listener(data)),
  );
};

/** Every WebSocket class there is on this version of Node.js; 20 has none of its own. */
const constructors: readonly { name: string; webSocket: WebSocketConstructor }[] = [
  { name: "of the package ws", webSocket: WsWebSocket },
  ...("WebSocket" in globalThis
    ? [{ name: "of the platform", webSocket: globalThis.WebSocket }]
    : []),
];

describe.each(constructors)("with the WebSocket $name", ({ webSocket }) => {
  test("a typed message goes from one client through the server's handler to another", async () => {
    const server = await HubOnAPort.start();
    const seen: Chat[] = [];
    server.hub.channel(chat).onPublish((message) => {
      seen.push(message);
    });
    const [ann, ben] = await Promise.all([
      connected(server, { webSocket }),
      connected(server, { webSocket }),
    ]);
    const heard = publicationIn(ben);
    await ben.subscription(chat)?.ready();
    await ann.publish(chat, { text: "hello, ben" });
    expect(await heard).toEqual({ text: "hello, ben" });
    expect(seen).toEqual([{ text: "hello, ben" }]);

    const fromServer = publicationIn(ben);
    await server.hub.channel(chat).publish({ text: "hello from the server" });
    expect(await fromServer).toEqual({ text: "hello from the server" });
  });

  test("the server is killed and started again on the same port: the client is back, subscribed", async () => {
    const first = await HubOnAPort.start();
    const client = await connected(first, { webSocket });
    const subscription = client.subscribe(chat);
    await subscription.ready();
    const firstId = client.connection?.client;

    const lost = stateOf(client, "connecting");
    await first.kill();
    const change = await lost;
    expect(change.nextAttemptAt).toBeDefined();
    expect(subscription.state).toBe("subscribing");
    const waiting = client.publish(chat, { text: "written while away" });

    const second = await HubOnAPort.start({}, first.port);
    const seen = new Promise<Chat>((resolve) => {
      second.hub.channel(chat).onPublish(resolve);
    });
    await client.ready();
    await subscription.ready();
    await waiting;
    expect(await seen).toEqual({ text: "written while away" });
    expect(client.connection?.client).not.toBe(firstId);

    const heard = publicationIn(client);
    await second.hub.channel(chat).publish({ text: "welcome back" });
    expect(await heard).toEqual({ text: "welcome back" });
  });
});

describe("a client of the hub", () => {
  test("calls procedures, gets refusals as errors, and sends messages that want no answer", async () => {
    const server = await HubOnAPort.start();
    server.hub.rpc("add", (data) =>
      Array.isArray(data) ? data.length : refuse(replyErrors.badRequest),
    );
    const client = await connected(server);
    expect(await client.rpc("add", [1, 2, 3])).toBe(3);
    await expect(client.rpc("add", "three")).rejects.toMatchObject({ serverCode: 107 });
    await expect(client.rpc("subtract")).rejects.toMatchObject({ serverCode: 104 });

    const message = new Promise<unknown>((resolve) => {
      server.hub.onMessage(resolve);
    });
    await client.send({ typing: true });
    expect(await message).toEqual({ typing: true });
    const answer = next((listener) => client.onMessage(listener));
    for (const one of server.hub.clients.values()) one.send("noticed");
    expect(await answer).toEqual({ data: "noticed" });
  });

  test("sees members come and go", async () => {
    const server = await HubOnAPort.start();
    server.hub.onConnect(({ data }) => ({ user: String(data), info: { name: data } }));
    server.hub.onSubscribe(({ data }) => ({ data: { room: data } }));
    const ann = await connected(server, { data: "ann" });
    const here = ann.subscribe("chat", { joinLeave: true, data: 7 });
    const members = memberList(here);
    const when = (...expected: string[]): Promise<MemberList> =>
      next(
        (listener) => members.onChange(listener),
        (list: MemberList) => users(list).join() === expected.join(),
      );
    await when("ann");
    expect(here.data).toEqual({ room: 7 });
    expect(members.current[0]).toMatchObject({ user: "ann", info: { name: "ann" } });

    const came = when("ann", "ben");
    const ben = await connected(server, { data: "ben" });
    const there = ben.subscribe("chat", { joinLeave: true });
    await there.ready();
    await came;
    expect(await ann.presenceStats("chat")).toEqual({ clients: 2, users: 2 });
    expect((await there.presence()).map(({ user }) => user).sort()).toEqual(["ann", "ben"]);

    const left = when("ann");
    await there.unsubscribe();
    await left;
  });

  test("comes back after an orderly shutdown, and says why it was away", async () => {
    const first = await HubOnAPort.start();
    const client = await connected(first);
    const lost = stateOf(client, "connecting");
    await first.stop();
    expect(await lost).toMatchObject(disconnects.shutdown);
    await HubOnAPort.start({}, first.port);
    await client.ready();
  });

  test("stays away when it is told to", async () => {
    const server = await HubOnAPort.start();
    const client = await connected(server);
    const ended = stateOf(client, "disconnected");
    for (const one of server.hub.clients.values()) one.disconnect();
    expect(await ended).toMatchObject(disconnects.forceNoReconnect);
  });

  test("is told at once when it may not connect", async () => {
    const server = await HubOnAPort.start();
    server.hub.onConnect(({ token }) =>
      token === "good" ? undefined : refuse(disconnects.invalidToken),
    );
    const client = newClient(server, { token: "bad" });
    await expect(client.connect()).rejects.toMatchObject({ code: "disconnected" });
    expect(client.status).toMatchObject(disconnects.invalidToken);
    await connected(server, { token: "good" });
  });

  test("is told when it may not subscribe or publish", async () => {
    const server = await HubOnAPort.start({ open: false });
    server.hub.onConnect(() => undefined);
    const client = await connected(server);
    await expect(client.subscribe("secret").ready()).rejects.toMatchObject({
      code: "unsubscribed",
    });
    await expect(client.publish("secret", 1)).rejects.toMatchObject({ serverCode: 103 });
  });

  test("answers the hub's pings, and so is not taken for dead", async () => {
    const server = await HubOnAPort.start({ pingIntervalMs: 30, pongTimeoutMs: 25 });
    const pings: unknown[] = [];
    let enough: () => void;
    const fivePings = new Promise<void>((resolve) => {
      enough = resolve;
    });
    class Watched extends WsWebSocket {
      constructor(url: string) {
        super(url);
        this.addEventListener("message", ({ data }) => {
          if (data === "{}" && pings.push(data) === 5) enough();
        });
      }
    }
    const client = await connected(server, { webSocket: Watched });
    await fivePings;
    expect(client.status).toMatchObject({ state: "connected", failedAttempts: 0 });
    expect(server.hub.clients.size).toBe(1);
  });

  test("gives up a server that takes connections and says nothing, and can be stopped while it waits", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
    });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const client = new Client(`ws://127.0.0.1:${port}`, {
      webSocket: WsWebSocket,
      connectTimeoutMs: 50,
      ...hasty,
    });
    const gaveUp = next(
      (listener) => client.onStateChange(listener),
      (change: StateChange) => change.reason === reasons.connectTimeout.reason,
    );
    void client.connect();
    await gaveUp;
    void client.connect();
    await client.disconnect();
    expect(client.state).toBe("disconnected");
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, "close");
  });

  test("resubscribes to a hundred channels after a restart", async () => {
    const first = await HubOnAPort.start();
    const client = await connected(first);
    const names = Array.from({ length: 100 }, (_, at) => `channel ${at}`);
    const subscriptions = names.map((name) => client.subscribe(name));
    await Promise.all(subscriptions.map((subscription) => subscription.ready()));
    const lost = stateOf(client, "connecting");
    await first.kill();
    await lost;
    const second = await HubOnAPort.start({}, first.port);
    await client.ready();
    await Promise.all(subscriptions.map((subscription) => subscription.ready()));
    const [here] = [...second.hub.clients.values()];
    expect([...(here?.channels ?? [])].sort()).toEqual([...names].sort());
  });
});

/** Connecting, losing the connection and coming back, against a scripted server. */

import type { ClientOptions, StateChange } from "@tautline/client";
import { CallFailed, Client, reasons } from "@tautline/client";
import { beforeEach, describe, expect, test } from "vitest";
import type { FakeEnvironment } from "./fake-environment.ts";
import { settle } from "./fake-environment.ts";
import type { FakeServer } from "./fake-server.ts";
import { World } from "./world.ts";

let world: World;
let environment: FakeEnvironment;
let server: FakeServer;
let changes: StateChange[];

beforeEach(() => {
  world = new World();
  ({ environment, server, changes } = world);
});

const newClient = (options?: ClientOptions): Client => world.client(options);
const connected = (options?: ClientOptions): Promise<Client> => world.connected(options);

describe("connecting", () => {
  test("the first command is connect, and the promise resolves when it is accepted", async () => {
    const client = await connected({
      token: "let me in",
      data: { theme: "dark" },
      name: "test",
      version: "1",
    });
    expect(client.state).toBe("connected");
    expect(client.connection).toEqual({ client: "client-1", data: undefined });
    expect(server.socket.url).toBe("ws://hub.example/connection/websocket");
    expect(server.socket.commands).toEqual([
      {
        id: 1,
        connect: { token: "let me in", data: '{"theme":"dark"}', name: "test", version: "1" },
      },
    ]);
    expect(
      changes.map(({ state, previous, code, reason }) => ({ state, previous, code, reason })),
    ).toEqual([
      { state: "connecting", previous: "disconnected", ...reasons.connectCalled },
      { state: "connected", previous: "connecting", ...reasons.connected },
    ]);
  });

  test("connecting twice opens one socket", async () => {
    const client = newClient();
    await Promise.all([client.connect(), client.connect(), environment.advance(20)]);
    void client.connect();
    await environment.advance(1000);
    expect(server.sockets).toHaveLength(1);
  });

  test("an attempt without an answer ends after the connect timeout, whatever it waited for", async () => {
    for (const mood of ["unreachable", "mute"] as const) {
      server.mood = mood;
      const client = newClient({ connectTimeoutMs: 3000 });
      void client.connect();
      await environment.advance(2999);
      expect(client.status.nextAttemptAt).toBeUndefined();
      await environment.advance(1);
      expect(client.status).toMatchObject({ state: "connecting", ...reasons.connectTimeout });
      expect(client.status.nextAttemptAt).toBe(environment.now() + 250);
      await client.disconnect();
    }
  });

  test("a token function is asked once, and again after the server called the token expired", async () => {
    let asked = 0;
    const client = await connected({
      token: () => {
        asked += 1;
        return Promise.resolve(`token ${asked}`);
      },
    });
    server.socket.end(3000);
    await environment.advance(1000);
    expect(client.state).toBe("connected");
    expect(asked).toBe(1);
    server.refusals.set("connect", { code: 109, message: "token expired" });
    server.socket.end(3005);
    await environment.advance(5000);
    expect(client.state).toBe("connected");
    expect(server.requests("connect").map(({ connect }) => connect?.token)).toEqual([
      "token 1",
      "token 1",
      "token 2",
      "token 3",
    ]);
  });

  test("a token that comes after disconnect opens no socket", async () => {
    const client = newClient({ token: () => Promise.resolve("late") });
    void client.connect();
    void client.disconnect();
    await environment.advance(1000);
    expect(server.sockets).toEqual([]);
    expect(environment.timerCount).toBe(0);
  });

  test("a token function that fails is a failed attempt", async () => {
    const client = newClient({
      token: () => {
        throw new Error("no session");
      },
    });
    void client.connect();
    await settle();
    expect(client.status).toMatchObject({ state: "connecting", code: reasons.tokenFailed.code });
    expect(client.status.nextAttemptAt).toBeDefined();
    expect(server.sockets).toHaveLength(0);
  });

  test("a WebSocket constructor that throws is a failed attempt", async () => {
    const client = newClient({
      webSocket: class extends server.WebSocket {
        constructor() {
          super("");
          throw new Error("SecurityError");
        }
      },
    });
    void client.connect();
    await settle();
    expect(client.status).toMatchObject({ state: "connecting", reason: "Error: SecurityError" });
  });

  const refusals = [
    {
      name: "temporary",
      error: { code: 100, message: "internal", temporary: true },
      state: "connecting",
    },
    { name: "for good", error: { code: 103, message: "permission denied" }, state: "disconnected" },
    {
      name: "of the application",
      error: { code: 401, message: "who are you" },
      state: "disconnected",
    },
  ] as const;
  test.each(refusals)("a refusal $name", async ({ error, state }) => {
    server.refusals.set("connect", error);
    const client = newClient();
    const connecting = client.connect();
    await environment.advance(20);
    expect(client.status).toMatchObject({ state, code: error.code, reason: error.message });
    await environment.advance(1000);
    const outcome = await connecting.then(
      () => "connected",
      (error: unknown) => (error instanceof CallFailed ? error.code : error),
    );
    expect(outcome).toBe(state === "connecting" ? "connected" : "disconnected");
    expect(server.sockets).toHaveLength(state === "connecting" ? 2 : 1);
  });
});

describe("disconnecting", () => {
  test("nothing is left: no socket, no timer, no listener", async () => {
    const client = await connected();
    const disconnected = client.disconnect();
    expect(client.status).toMatchObject({ state: "disconnected", ...reasons.disconnectCalled });
    await environment.advance(10);
    await disconnected;
    expect(server.living).toEqual([]);
    expect(environment.listenerCount).toBe(0);
    await environment.advance(30_000);
    expect(environment.timerCount).toBe(0);
  });

  test("while waiting, there will be no next attempt", async () => {
    const client = await connected();
    server.mood = "refusing";
    server.socket.end(1006);
    await client.disconnect();
    expect(client.status).toMatchObject({ failedAttempts: 0, nextAttemptAt: undefined });
    await environment.advance(100_000);
    expect(server.sockets).toHaveLength(1);
    expect(environment.timerCount).toBe(0);
  });

  test("a listener may disconnect while an attempt is being announced", async () => {
    const client = newClient();
    client.onStateChange(({ state }) => {
      if (state === "connecting") void client.disconnect();
    });
    await expect(client.connect()).rejects.toMatchObject({ code: "disconnected" });
    expect(client.state).toBe("disconnected");
    expect(server.sockets).toHaveLength(0);
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "disconnected"]);
  });

  test("a client that is disconnected can connect again", async () => {
    const client = await connected();
    void client.disconnect();
    const again = client.connect();
    await environment.advance(20);
    await again;
    expect(client.connection?.client).toBe("client-2");
    expect(server.living).toHaveLength(1);
  });
});

/** Each code as a close frame and as a disconnect push; codes below 3000 exist as close codes only. */
const codes = [
  { code: 1000, back: true },
  { code: 1001, back: true },
  { code: 1005, back: true },
  { code: 1006, back: true },
  { code: 1009, back: false },
  { code: 1011, back: true },
  { code: 1012, back: true },
  { code: 3000, back: true },
  { code: 3001, back: true },
  { code: 3008, back: true },
  { code: 3012, back: true },
  { code: 3499, back: true },
  { code: 3500, back: false },
  { code: 3501, back: false },
  { code: 3503, back: false },
  { code: 3999, back: false },
  { code: 4000, back: true },
  { code: 4499, back: true },
  { code: 4500, back: false },
  { code: 4999, back: false },
];

describe("after the server has ended the connection", () => {
  test.each(codes)("close frame with $code: comes back is $back", async ({ code, back }) => {
    const client = await connected();
    server.socket.end(code, "said the server");
    expect(client.status).toMatchObject({ code, reason: "said the server" });
    expect(client.state).toBe(back ? "connecting" : "disconnected");
    await environment.advance(1000);
    expect(client.state).toBe(back ? "connected" : "disconnected");
  });

  test.each(codes.filter(({ code }) => code >= 3000))(
    "disconnect push with $code: comes back is $back",
    async ({ code, back }) => {
      const client = await connected();
      const { socket } = server;
      socket.reply({ push: { disconnect: { code, reason: "pushed" } } });
      expect(client.status).toMatchObject({ code, reason: "pushed" });
      expect(socket.state).toBe("closing");
      await environment.advance(1000);
      expect(client.state).toBe(back ? "connected" : "disconnected");
      expect(server.living).toHaveLength(back ? 1 : 0);
    },
  );

  test("what stands behind the disconnect in the same frame is not heard", async () => {
    const client = await connected();
    const messages: unknown[] = [];
    client.onMessage(({ data }) => messages.push(data));
    server.socket.receive(
      '{"push":{"message":{"data":1}}}\n{"push":{"disconnect":{"code":3001}}}\n{"push":{"message":{"data":2}}}',
    );
    expect(messages).toEqual([1]);
  });

  const faults = ["", "{", "[]", '{"id":"one"}', '{"push":{"pub":7}}', 7, new ArrayBuffer(3)];
  test.each(faults.map((data) => ({ data })))("a malformed frame: $data", async ({ data }) => {
    const client = await connected();
    server.socket.receive(data);
    expect(client.status).toMatchObject({ state: "connecting", code: reasons.badFrame.code });
    await environment.advance(1000);
    expect(client.state).toBe("connected");
  });
});

describe("a silent server", () => {
  test("pings are answered and keep the connection", async () => {
    const client = await connected();
    await environment.advance(100_000);
    expect(client.state).toBe("connected");
    expect(server.socket.pongs).toBe(4);
    expect(server.sockets).toHaveLength(1);
  });

  test("is given up when no ping came within its interval and the grace", async () => {
    const client = await connected({ pingGraceMs: 4000 });
    // Connected 11 ms after the start: 10 to the open event, 1 to the answer; now it is 20 ms after.
    server.mood = "mute";
    await environment.advance(29_000 - 9 - 1);
    expect(client.state).toBe("connected");
    await environment.advance(1);
    expect(client.status).toMatchObject({ state: "connecting", ...reasons.noPing });
    expect(server.living).toEqual([]);
  });

  test("a server that announces no pings may be silent for ever", async () => {
    server.pingSeconds = 0;
    const client = await connected();
    await environment.advance(10_000_000);
    expect(client.state).toBe("connected");
  });

  test("after the machine has slept, the sign of a visible page is enough to notice", async () => {
    const client = await connected();
    environment.sleep(3_600_000);
    environment.give("visible");
    expect(client.status).toMatchObject({ state: "connecting", ...reasons.noPing });
  });

  test("a visible page changes nothing about a good connection", async () => {
    const client = await connected();
    await environment.advance(20_000);
    environment.give("visible");
    await environment.advance(50_000);
    expect(client.state).toBe("connected");
    expect(server.sockets).toHaveLength(1);
  });
});

describe("attempts", () => {
  test("come later and later, each within its interval, and the status says when", async () => {
    const client = await connected();
    server.mood = "refusing";
    server.socket.end(1006);
    const delays: number[] = [];
    for (let at = 0; at < 8; at += 1) {
      const next = client.status.nextAttemptAt ?? 0;
      expect(client.status.failedAttempts).toBe(at + 1);
      delays.push(next - environment.now());
      await environment.advance(next - environment.now());
      expect(client.status.nextAttemptAt).toBeUndefined();
      await environment.advance(10);
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    server.mood = "good";
    await environment.advance(20_000);
    expect(client.state).toBe("connected");
  });

  test("a connection that breaks again and again before it is stable does not start over", async () => {
    const client = await connected();
    const delays: number[] = [];
    for (let at = 0; at < 4; at += 1) {
      server.socket.end(1006);
      const delay = (client.status.nextAttemptAt ?? 0) - environment.now();
      delays.push(delay);
      await environment.advance(delay + 100);
      expect(client.state).toBe("connected");
    }
    expect(delays).toEqual([250, 500, 1000, 2000]);
    await environment.advance(10_000);
    server.socket.end(1006);
    expect(client.status.nextAttemptAt).toBe(environment.now() + 250);
  });

  const signs = [
    { name: "the network is back", wake: () => environment.give("online") },
    { name: "the page is visible", wake: () => environment.give("visible") },
    { name: "the application calls connect", wake: (client: Client) => void client.connect() },
  ];
  test.each(signs)("do not wait when $name", async ({ wake }) => {
    const client = await connected();
    server.mood = "refusing";
    server.socket.end(1006);
    await environment.advance(5000);
    server.mood = "good";
    expect(client.status.nextAttemptAt).toBeGreaterThan(environment.now());
    const { length } = server.sockets;
    wake(client);
    expect(server.sockets).toHaveLength(length + 1);
    await environment.advance(20);
    expect(client.state).toBe("connected");
    expect(server.living).toHaveLength(1);
  });
});

describe("without a network", () => {
  test("the connection is given up at once, and attempts rest until the network is back", async () => {
    const client = await connected();
    environment.give("offline");
    expect(client.status).toMatchObject({ state: "connecting", ...reasons.offline });
    expect(server.living).toEqual([]);
    await environment.advance(59_999);
    environment.give("visible");
    expect(server.sockets).toHaveLength(1);
    environment.give("online");
    expect(server.sockets).toHaveLength(2);
    await environment.advance(20);
    expect(client.state).toBe("connected");
  });

  test("a sign that was wrong does not silence the client for ever", async () => {
    const client = await connected({ offlineDelayMs: 30_000 });
    environment.give("offline");
    await environment.advance(30_020);
    expect(client.state).toBe("connected");
  });

  test("a server on this machine is reached all the same", async () => {
    const client = new Client("http://localhost:8080/connection/websocket", {
      webSocket: server.WebSocket,
      environment,
    });
    void client.connect();
    await environment.advance(20);
    expect(server.socket.url).toBe("ws://localhost:8080/connection/websocket");
    environment.give("offline");
    expect(client.state).toBe("connected");
    server.socket.end(1006);
    await environment.advance(300);
    expect(client.state).toBe("connected");
  });
});

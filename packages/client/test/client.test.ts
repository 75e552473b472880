/** What a client can be made of, and the package's door. */

import * as door from "@tautline/client";
import { Client, clientDefaults, UsageError } from "@tautline/client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { World } from "./world.ts";

afterEach(() => vi.unstubAllGlobals());

const { server, environment } = new World();
const webSocket = server.WebSocket;

describe("the door", () => {
  test("has these names", () => {
    expect(Object.keys(door).sort((a, b) => a.localeCompare(b))).toEqual([
      "CallFailed",
      "CallRefused",
      "channel",
      "Client",
      "clientDefaults",
      "ClientError",
      "clientErrorTexts",
      "clientTransitions",
      "defaultEnvironment",
      "LimitExceeded",
      "memberList",
      "reasons",
      "subscriptionTransitions",
      "UsageError",
    ]);
  });

  test("the states have these ways and no others", () => {
    expect(door.clientTransitions).toEqual({
      disconnected: { connect: "connecting" },
      connecting: { established: "connected", lost: "connecting", ended: "disconnected" },
      connected: { lost: "connecting", ended: "disconnected" },
    });
    expect(door.subscriptionTransitions).toEqual({
      unsubscribed: { subscribe: "subscribing" },
      subscribing: { accepted: "subscribed", lost: "subscribing", ended: "unsubscribed" },
      subscribed: { lost: "subscribing", ended: "unsubscribed" },
    });
  });

  test("reasons have codes of their own", () => {
    const codes = Object.values(door.reasons).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Math.max(...codes)).toBeLessThan(100);
  });
});

const make = (): Client => new Client("ws://localhost/");

describe("a client without a WebSocket", () => {
  test("cannot be made, and the error says what to do", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(/Node\.js has one from version 22.*"ws"/s);
  });

  test("takes the global one where there is one", async () => {
    const world = new World();
    vi.stubGlobal("WebSocket", world.server.WebSocket);
    const client = new Client("wss://hub.example/", { environment: world.environment });
    void client.connect();
    await world.environment.advance(20);
    expect(client.state).toBe("connected");
  });
});

describe("addresses", () => {
  const good = [
    { url: "ws://hub.example", opened: "ws://hub.example/" },
    { url: "wss://hub.example:8443/x?y=z#part", opened: "wss://hub.example:8443/x?y=z" },
    { url: "http://hub.example/connection", opened: "ws://hub.example/connection" },
    { url: new URL("https://hub.example/"), opened: "wss://hub.example/" },
    { url: "/connection/websocket", opened: "wss://app.example/connection/websocket" },
  ];
  test.each(good)("$url", ({ url, opened }) => {
    vi.stubGlobal("location", { href: "https://app.example/page#top" });
    const world = new World();
    const client = new Client(url, {
      webSocket: world.server.WebSocket,
      environment: world.environment,
    });
    void client.connect();
    expect(world.server.socket.url).toBe(opened);
  });

  test.each(["", "hub", "/connection", "ftp://hub.example", "ws://"])("%j is none", (url) => {
    expect(() => new Client(url, { webSocket })).toThrow(
      expect.objectContaining({ code: "bad-url" }),
    );
  });
});

describe("options", () => {
  test("that are undefined have their defaults", async () => {
    const client = new Client("ws://hub.example", {
      webSocket,
      environment,
      name: undefined,
      callTimeoutMs: undefined,
      token: undefined,
    });
    void client.connect();
    await environment.advance(20);
    expect(server.requests("connect").at(-1)).toEqual({ id: 1, connect: { name: "js" } });
  });

  test.each(Object.keys(clientDefaults))("%s must be above 0", (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => new Client("ws://hub.example", { webSocket, [name]: value })).toThrow(
        expect.objectContaining({ code: "bad-option", message: expect.stringContaining(name) }),
      );
    }
  });

  test("the first delay must not exceed the last", () => {
    const options = { webSocket, reconnectDelayMs: 2, maxReconnectDelayMs: 1 };
    expect(() => new Client("ws://hub.example", options)).toThrow(
      expect.objectContaining({ code: "bad-option" }),
    );
  });

  test("connect data must have a JSON form", () => {
    expect(() => new Client("ws://hub.example", { webSocket, data: 1n })).toThrow(
      expect.objectContaining({ code: "bad-payload" }),
    );
  });
});

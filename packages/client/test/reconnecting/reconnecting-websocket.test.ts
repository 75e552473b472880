import * as door from "@tautline/client/reconnecting-websocket";
import type { ReconnectingWebSocketOptions } from "@tautline/client/reconnecting-websocket";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeEnvironment, settle } from "../fake-environment.ts";
import { FakeSocket } from "./fake-socket.ts";

const { ReconnectingWebSocket, comesBack, reconnectingDefaults } = door;

type Sources = ConstructorParameters<typeof ReconnectingWebSocket>;

/** A socket in a world that stands still, and every event of it. */
function setUp(
  options: ReconnectingWebSocketOptions = {},
  url: Sources[0] = "ws://host/",
  protocols?: Sources[1],
) {
  const environment = new FakeEnvironment();
  const socket = new ReconnectingWebSocket(url, protocols, {
    webSocket: FakeSocket,
    environment,
    ...options,
  });
  const events: unknown[] = [];
  for (const type of ["open", "message", "lost", "error", "close"]) {
    socket.addEventListener(type, (event) => {
      const code: number | undefined = Reflect.get(event, "code");
      events.push(code === undefined ? type : `${type} ${code}`);
    });
  }
  return { environment, socket, events };
}

/** As {@link setUp}, and open. */
function opened(options: ReconnectingWebSocketOptions = {}) {
  const world = setUp(options);
  FakeSocket.newest.open();
  return world;
}

beforeEach(() => FakeSocket.forget());

it("the door has these names", () => {
  expect(Object.keys(door).sort()).toEqual([
    "ReconnectingWebSocket",
    "comesBack",
    "reconnectingDefaults",
  ]);
});

describe("a socket that comes back", () => {
  it("is connecting while it is away, and open each time it is there", async () => {
    const { environment, socket, events } = setUp();
    const states = [socket.readyState];
    FakeSocket.newest.open();
    states.push(socket.readyState);
    FakeSocket.newest.end(1006);
    states.push(socket.readyState);
    await environment.advance(reconnectingDefaults.reconnectDelayMs);
    expect(FakeSocket.made).toHaveLength(2);
    FakeSocket.newest.open();
    states.push(socket.readyState);
    expect(states).toEqual([0, 1, 0, 1]);
    expect(events).toEqual(["open", "lost 1006", "open"]);
  });

  it("waits longer each time, a random part of it, and starts over when a connection was stable", async () => {
    const { environment, socket } = setUp();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const before = FakeSocket.made.length;
      const began = environment.now();
      FakeSocket.newest.end(1006);
      while (FakeSocket.made.length === before) await environment.advance(50);
      delays.push(environment.now() - began);
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(socket.failedAttempts).toBe(8);
    FakeSocket.newest.open();
    await environment.advance(reconnectingDefaults.stableAfterMs);
    FakeSocket.newest.end(1006);
    expect(socket.failedAttempts).toBe(1);
    await environment.advance(250);
    expect(FakeSocket.made).toHaveLength(10);
  });

  it("does not start over when the server drops it at once", async () => {
    const { environment, socket } = opened();
    FakeSocket.newest.end(1001);
    await environment.advance(500);
    FakeSocket.newest.open();
    FakeSocket.newest.end(1001);
    expect(socket.failedAttempts).toBe(2);
  });

  it("gives up an attempt that takes too long, and hears nothing of it any more", async () => {
    const { environment, events } = setUp();
    const slow = FakeSocket.newest;
    await environment.advance(reconnectingDefaults.connectTimeoutMs);
    expect(slow.closes).toHaveLength(1);
    slow.open();
    slow.receive("late");
    slow.end(1000);
    expect(events).toEqual(["lost 1006"]);
    await environment.advance(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each(["online", "visible"] as const)("does not wait when the sign is %s", async (sign) => {
    const { environment, socket } = opened();
    FakeSocket.newest.end(1006);
    environment.give("offline");
    expect(FakeSocket.made).toHaveLength(1);
    environment.give(sign);
    expect(FakeSocket.made).toHaveLength(2);
    // Nor is there a timer left that would make another one.
    await environment.advance(reconnectingDefaults.reconnectDelayMs);
    expect(FakeSocket.made).toHaveLength(2);
    environment.give(sign);
    socket.reconnect();
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("makes sockets of the class, with protocols and binaryType", async () => {
    const { environment, socket, events } = setUp({}, "ws://host/", ["a", "b"]);
    socket.binaryType = "arraybuffer";
    Reflect.set(socket, "binaryType", "neither");
    expect(FakeSocket.newest).toMatchObject({ protocols: ["a", "b"], binaryType: "arraybuffer" });
    FakeSocket.newest.end(1012);
    await environment.advance(500);
    FakeSocket.newest.protocol = "b";
    FakeSocket.newest.open();
    expect(FakeSocket.newest).toMatchObject({ protocols: ["a", "b"], binaryType: "arraybuffer" });
    expect(socket).toMatchObject({ url: "ws://host/", protocol: "b", binaryType: "arraybuffer" });
    FakeSocket.newest.receive("x");
    expect(events).toEqual(["lost 1012", "open", "message"]);
  });
});

describe("where the address comes from functions", () => {
  it("asks anew for each attempt", async () => {
    let token = 0;
    const url = () => Promise.resolve(`ws://host/?token=${++token}`);
    const { environment } = setUp({}, url, () => `p${token}`);
    await settle();
    expect(FakeSocket.newest).toMatchObject({ url: "ws://host/?token=1", protocols: ["p1"] });
    FakeSocket.newest.end(1006);
    await environment.advance(500);
    expect(FakeSocket.newest).toMatchObject({ url: "ws://host/?token=2", protocols: ["p2"] });
  });

  it("one that fails is a failed attempt", async () => {
    const { environment, events } = setUp({}, () => Promise.reject(new Error("no token")));
    await settle();
    expect(events).toEqual(["lost 1006"]);
    await environment.advance(500);
    expect(events).toEqual(["lost 1006", "lost 1006"]);
  });

  it("one that takes too long is given up, and what it finds later is not used", async () => {
    const found: ((url: string) => void)[] = [];
    const url = () => new Promise<string>((resolve) => void found.push(resolve));
    const { environment, events } = setUp({}, url);
    await environment.advance(reconnectingDefaults.connectTimeoutMs);
    found[0]?.("ws://host/");
    await settle();
    expect(events).toEqual(["lost 1006"]);
    expect(FakeSocket.made).toEqual([]);
  });

  it("an address that is none ends it", async () => {
    const { events, socket } = setUp({}, () => "invalid");
    await settle();
    expect(events).toEqual(["error", "close 1006"]);
    expect(socket.readyState).toBe(3);
  });
});

describe("what stops it", () => {
  it.each([1000, 1003, 1007, 1008, 1009, 1010, 3500, 3999, 4500, 4999])("code %i", (code) => {
    const { environment, socket, events } = opened();
    FakeSocket.newest.end(code);
    expect(events).toEqual(["open", `close ${code}`]);
    expect(socket.readyState).toBe(3);
    expect([environment.timerCount, environment.listenerCount]).toEqual([0, 0]);
  });

  it.each([1001, 1002, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 3499, 4000, 4499])(
    "not code %i",
    (code) => expect(comesBack({ code })).toBe(true),
  );

  it("what the caller decides", () => {
    const { events } = opened({ shouldReconnect: ({ code }) => code === 1000 });
    FakeSocket.newest.end(1000);
    expect(events).toEqual(["open", "lost 1000"]);
    const other = opened({ shouldReconnect: () => false });
    FakeSocket.newest.end(1006);
    expect(other.events).toEqual(["open", "error", "close 1006"]);
  });

  it("what the caller's rule throws is reported, and the usual rule holds", () => {
    const failure = new Error("the rule's");
    const { environment, events } = opened({
      shouldReconnect: () => {
        throw failure;
      },
    });
    FakeSocket.newest.end(1006);
    expect(environment.errors).toEqual([failure]);
    expect(events).toEqual(["open", "lost 1006"]);
  });

  it("close() while it is open", () => {
    const { environment, socket, events } = opened();
    socket.close(3001, "bye");
    expect(socket.readyState).toBe(2);
    expect(FakeSocket.newest.closes).toEqual([[3001, "bye"]]);
    FakeSocket.newest.receive("too late");
    FakeSocket.newest.end(3001);
    expect(events).toEqual(["open", "close 3001"]);
    expect([environment.timerCount, environment.listenerCount]).toEqual([0, 0]);
    socket.close();
  });

  it.each(["connects", "waits"])("close() while it %s", async (when) => {
    const { environment, socket, events } = setUp();
    if (when === "waits") FakeSocket.newest.end(1006);
    events.length = 0;
    socket.send("never");
    socket.close();
    expect([socket.readyState, events.length, socket.bufferedAmount]).toEqual([2, 0, 5]);
    await environment.advance(0);
    expect(events).toEqual(["error", "close 1006"]);
    expect(socket.readyState).toBe(3);
    await environment.advance(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect([environment.timerCount, environment.listenerCount]).toEqual([0, 0]);
  });

  it("close() checks code and reason whatever the state", () => {
    const { socket } = setUp();
    expect(() => socket.close(2999)).toThrow("close code");
    expect(() => socket.close(3000, "\u00E4".repeat(62))).toThrow("close reason");
    expect(socket.readyState).toBe(0);
  });
});

describe("what is sent while it is away", () => {
  it("waits, and follows what listeners of open send", async () => {
    const { environment, socket } = setUp();
    socket.onopen = () => socket.send("hello");
    socket.send("1");
    FakeSocket.newest.open();
    FakeSocket.newest.end(1006);
    const bytes = Uint8Array.of(2);
    socket.send(bytes);
    bytes[0] = 9;
    socket.send(Uint8Array.of(3).buffer);
    expect(socket.bufferedAmount).toBe(2);
    await environment.advance(500);
    FakeSocket.newest.open();
    expect(FakeSocket.made.map(({ sent }) => sent)).toEqual([
      ["hello", "1"],
      ["hello", Uint8Array.of(2), Uint8Array.of(3).buffer],
    ]);
    expect(socket.bufferedAmount).toBe(0);
  });

  it("is bounded in number and bytes", () => {
    const { socket } = setUp({ maxQueuedMessages: 2, maxQueuedBytes: 10 });
    socket.send("1");
    expect(() => socket.send("\u00E4".repeat(5))).toThrow(
      expect.objectContaining({ code: "queue-full" }) as Error,
    );
    socket.send(new Blob(["2"]));
    expect(() => socket.send("3")).toThrow("Too much is waiting");
    expect(socket.bufferedAmount).toBe(2);
  });

  it("is only counted once it is closed for good", () => {
    const { socket } = opened();
    FakeSocket.newest.end(1000);
    socket.send("four");
    expect(socket.bufferedAmount).toBe(4);
  });

  it("does not follow where a listener of open closes it", () => {
    const { socket } = setUp();
    socket.send("1");
    socket.onopen = () => socket.close();
    FakeSocket.newest.open();
    expect(FakeSocket.newest.sent).toEqual([]);
  });
});

describe("handler attributes", () => {
  it("are listeners, and what cannot be called is null", () => {
    const { socket } = setUp();
    const seen: string[] = [];
    socket.onopen = () => seen.push("open");
    socket.onmessage = ({ data, origin }) => seen.push(`${String(data)} from ${origin}`);
    socket.onerror = () => seen.push("error");
    socket.onclose = ({ code }) => seen.push(`close ${code}`);
    Reflect.set(socket, "onerror", 5);
    expect(socket.onerror).toBe(null);
    expect([socket.onopen, socket.onmessage, socket.onclose].map((it) => typeof it)).toEqual([
      "function",
      "function",
      "function",
    ]);
    FakeSocket.newest.open();
    FakeSocket.newest.receive("x");
    FakeSocket.newest.end(1008, { wasClean: false });
    expect(seen).toEqual(["open", "x from ws://host", "close 1008"]);
  });
});

describe("misuse throws at once", () => {
  it.each([
    [{ connectTimeoutMs: 0 }, "connectTimeoutMs"],
    [{ maxQueuedBytes: -1 }, "maxQueuedBytes"],
    [{ reconnectDelayMs: Number.NaN }, "reconnectDelayMs"],
  ])("%o", (options, text) => {
    expect(() => setUp(options)).toThrow(text);
  });

  it("an address that is none", () => {
    expect(() => setUp({}, "invalid")).toThrow(DOMException);
  });
});

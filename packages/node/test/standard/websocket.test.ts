import { Blob } from "node:buffer";
import { CloseEvent, WebSocket } from "@tautline/node";
import type { Connection, ServerOptions, WebSocketOptions } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { echo, letThingsHappen, serve, tcpServer } from "../servers.ts";
import { takeUncaught } from "../uncaught.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

type Types = "open" | "message" | "error" | "close";

/** The next event of `type`. */
function event(socket: WebSocket, type: Types): Promise<Event> {
  return new Promise((resolve) => {
    socket.addEventListener(type, resolve, { once: true });
  });
}

/** Lets the event loop run once around. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

interface Joined {
  readonly socket: WebSocket;
  readonly accepted: Connection;
  readonly url: string;
}

/** An open socket and the server's end of it. */
async function joined(options: ServerOptions = {}, given?: WebSocketOptions): Promise<Joined> {
  let accepted: Connection | undefined;
  const { url } = await serve({
    ...options,
    onConnection: (connection) => {
      accepted = connection;
    },
  });
  const socket = new WebSocket(url, given);
  onTestFinished(() => socket.terminate());
  await event(socket, "open");
  return { socket, accepted: accepted!, url };
}

/** Writes down every event, with what `look` says at its time. */
function diary(socket: WebSocket, look: (event: Event) => unknown = () => undefined): unknown[] {
  const entries: unknown[] = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, (event) => entries.push([event.type, look(event)]));
  }
  return entries;
}

describe("events", () => {
  it("come in tasks of their own, so that promises settle between two messages", async () => {
    const { socket, accepted } = await joined();
    const order: string[] = [];
    socket.addEventListener("message", async ({ data }) => {
      order.push(`${String(data)} begins`);
      for (let hop = 0; hop < 10; hop += 1) await Promise.resolve();
      order.push(`${String(data)} ends`);
    });
    accepted.send("1");
    accepted.send("2");
    accepted.close();
    await event(socket, "close");
    expect(order).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  it("never come within a call of the script", async () => {
    const { socket, url } = await joined();
    let within = true;
    const seen = diary(socket, () => within);
    const other = new WebSocket(url);
    const seenOther = diary(other, () => within);
    socket.send("x");
    socket.terminate();
    other.close();
    await Promise.resolve();
    within = false;
    await Promise.all([event(socket, "close"), event(other, "close")]);
    expect([...seen, ...seenOther]).toEqual([
      ["error", false],
      ["close", false],
      ["error", false],
      ["close", false],
    ]);
  });

  it("messages that came before the peer's Close are given while it is still open", async () => {
    const { socket, accepted } = await joined();
    const seen = diary(socket, () => socket.readyState);
    accepted.send("1");
    accepted.send("2");
    accepted.close(4000);
    await event(socket, "close");
    expect(seen).toEqual([
      ["message", WebSocket.OPEN],
      ["message", WebSocket.OPEN],
      ["close", WebSocket.CLOSED],
    ]);
  });

  it("messages that come once it closes are dropped", async () => {
    const { socket, accepted } = await joined();
    const seen = diary(socket);
    accepted.onMessage(() => void accepted.send("too late"));
    socket.send("x");
    socket.close();
    await event(socket, "close");
    expect(seen).toEqual([["close", undefined]]);
  });

  it("what a listener throws is uncaught, and the others are called all the same", async () => {
    const { socket, accepted } = await joined();
    const errors = takeUncaught();
    const failure = new Error("a listener's");
    socket.onmessage = () => {
      throw failure;
    };
    const message = event(socket, "message");
    accepted.send("x");
    await message;
    await letThingsHappen(1);
    expect(errors).toEqual([failure]);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("event handler attributes", () => {
  it("have the place of their first setting, and lose it with null", async () => {
    const { socket } = await joined();
    const order: string[] = [];
    socket.onmessage = () => order.push("first");
    socket.addEventListener("message", () => order.push("listener"));
    socket.onmessage = () => order.push("second");
    socket.dispatchEvent(new Event("message"));
    // oxlint-disable-next-line unicorn/no-useless-undefined
    Reflect.set(socket, "onmessage", undefined);
    socket.onmessage = () => order.push("third");
    socket.dispatchEvent(new Event("message"));
    expect(order).toEqual(["second", "listener", "listener", "third"]);
  });

  it("cancel an event by returning false", async () => {
    const { socket } = await joined();
    socket.onmessage = () => false;
    expect(socket.dispatchEvent(new Event("message", { cancelable: true }))).toBe(false);
  });

  it("may change each other while an event is dispatched", async () => {
    const { socket } = await joined();
    const order: string[] = [];
    socket.addEventListener("message", () => {
      socket.onmessage = null;
      socket.onmessage = () => order.push("set within");
    });
    socket.onmessage = () => order.push("set before");
    socket.dispatchEvent(new Event("message"));
    expect(order).toEqual([]);
  });
});

describe("sending", () => {
  it("keeps the order of Blobs and what is sent behind them, and of the Close", async () => {
    const { socket, accepted } = await joined();
    socket.send("1");
    socket.send(new Blob(["2"]));
    const bytes = Uint8Array.of(3);
    socket.send(bytes);
    bytes[0] = 9;
    socket.send(new Blob(["4"]));
    socket.send("5");
    expect(socket.bufferedAmount).toBe(5);
    socket.close(3000);
    socket.send("not any more");
    const received: unknown[] = [];
    for await (const message of accepted) received.push(message);
    expect(received).toEqual([
      "1",
      Uint8Array.of(0x32),
      Uint8Array.of(3),
      Uint8Array.of(0x34),
      "5",
    ]);
    expect(await accepted.closed).toMatchObject({ code: 3000, wasClean: true });
  });

  it("counts what the peer does not take, and never less than before within a task", async () => {
    const { socket, accepted } = await joined();
    accepted.pause();
    const part = new Uint8Array(MiB);
    for (let count = 1; count <= 32; count += 1) {
      socket.send(part);
      expect(socket.bufferedAmount).toBe(count * MiB);
    }
    await letThingsHappen();
    const waiting = socket.bufferedAmount;
    expect(waiting % MiB).toBe(0);
    expect(waiting).toBeGreaterThan(0);
    accepted.onMessage((message) => {
      if (message === "last") accepted.send("done");
    });
    accepted.resume();
    socket.send("last");
    await event(socket, "message");
    expect(socket.bufferedAmount).toBe(0);
  });

  it("keeps the count of what was not sent when the connection ends", async () => {
    const { socket, accepted } = await joined();
    accepted.pause();
    for (let count = 0; count < 32; count += 1) socket.send(new Uint8Array(MiB));
    await letThingsHappen();
    socket.terminate();
    await event(socket, "close");
    const left = socket.bufferedAmount;
    expect(left).toBeGreaterThan(0);
    socket.send("four");
    expect(socket.bufferedAmount).toBe(left + 4);
  });

  it.each([
    ["bytes", () => new Uint8Array(80 * KiB)],
    ["behind a Blob", () => new Blob([new Uint8Array(80 * KiB)])],
  ])("fails, and not at once, when the queue is full: %s", async (_, make) => {
    const { socket, accepted } = await joined({}, { maxQueuedBytes: 64 * KiB, closeTimeoutMs: 1 });
    accepted.onMessage(() => undefined);
    const seen = diary(socket);
    socket.send(make());
    expect(socket.bufferedAmount).toBe(80 * KiB);
    await event(socket, "close");
    expect(seen).toEqual([
      ["error", undefined],
      ["close", undefined],
    ]);
    expect(socket.failure).toMatchObject({ code: "LIMIT_QUEUED_BYTES" });
  });

  it("throws, and counts nothing, where a full queue refuses", async () => {
    const { socket } = await joined({}, { maxQueuedBytes: 64 * KiB, whenQueueFull: "refuse" });
    expect(() => socket.send(new Uint8Array(80 * KiB))).toThrow(
      expect.objectContaining({ code: "USAGE_QUEUE_FULL" }) as Error,
    );
    expect([socket.bufferedAmount, socket.readyState]).toEqual([0, WebSocket.OPEN]);
  });

  it("fails when a Blob cannot be read", async () => {
    const { socket } = await joined();
    const blob = new Blob(["x"]);
    blob.arrayBuffer = () => Promise.reject(new Error("gone"));
    socket.send(blob);
    await event(socket, "close");
    expect(socket.failure?.cause).toEqual(new Error("gone"));
  });

  it.each([
    ["a view of shared memory", () => new Uint8Array(new SharedArrayBuffer(1))],
    ["a Symbol", () => Symbol("x")],
  ])("throws a TypeError for %s", async (_, make) => {
    const { socket } = await joined();
    expect(() => socket.send(make() as never)).toThrow(TypeError);
  });
});

describe("the end", () => {
  it("has no code but that of the peer's Close", async () => {
    const port = await tcpServer((socket) => {
      socket.once("data", () => socket.end());
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const close = await event(socket, "close");
    expect(close).toMatchObject({ code: 1006, reason: "", wasClean: false });
    expect(socket.failure).toMatchObject({ code: "CONNECTION_HANDSHAKE_CUT" });
  });

  it("by a protocol's violation is 1006 for scripts, and named beside the standard", async () => {
    const { socket, accepted } = await joined({}, { maxMessageBytes: 10 });
    const seen = diary(socket);
    accepted.send("longer than ten bytes");
    const close = await event(socket, "close");
    expect(close).toMatchObject({ code: 1006, reason: "", wasClean: false });
    expect(seen).toHaveLength(2);
    expect(socket.failure).toMatchObject({ code: "LIMIT_MESSAGE_BYTES" });
    expect(await accepted.closed).toMatchObject({ code: 1009 });
  });

  it("is not a failure when it is clean", async () => {
    const { socket, accepted } = await joined();
    accepted.close(4001, "over");
    const close = await event(socket, "close");
    expect(close).toBeInstanceOf(CloseEvent);
    expect(close).toMatchObject({ code: 4001, reason: "over", wasClean: true });
    expect(socket.failure).toBe(undefined);
  });

  it("is seen by send between the peer's Close and the close event", async () => {
    const { socket, accepted } = await joined();
    accepted.close();
    while (socket.readyState === WebSocket.OPEN) await turn();
    socket.send("x");
    expect(socket.bufferedAmount).toBe(1);
    if (socket.readyState !== WebSocket.CLOSED) await event(socket, "close");
    expect(socket.bufferedAmount).toBe(1);
  });
});

describe("beyond the standard", () => {
  it("headers, limits and protocols are given in the place of the protocols", async () => {
    const { url } = await serve({
      subprotocols: ["b"],
      onConnection: (connection, { headers }) => void connection.send(String(headers["x-token"])),
    });
    const socket = new WebSocket(url, { protocols: ["a", "b"], headers: { "X-Token": "secret" } });
    expect(await event(socket, "message")).toMatchObject({ data: "secret" });
    expect(socket.protocol).toBe("b");
    socket.close();
  });

  it("messages are received whole, whatever the options say", async () => {
    const { socket, accepted } = await joined({}, { receive: "streams" } as never);
    accepted.send("whole");
    expect(await event(socket, "message")).toMatchObject({ data: "whole" });
  });

  it("options that could not work throw at once", () => {
    const url = "ws://127.0.0.1:9999/";
    expect(() => new WebSocket(url, { maxMessageBytes: -1 })).toThrow("maxMessageBytes");
    expect(() => new WebSocket(url, { headers: { "bad name": "x" } })).toThrow("bad name");
    expect(() => new WebSocket(url, { protocols: 5 as never })).not.toThrow();
    expect(() => new WebSocket(url, { protocols: {} as never })).toThrow(TypeError);
  });

  it.each([["before"], ["while"]])("a signal gives the attempt up: %s it is made", async (when) => {
    const port = await tcpServer(() => undefined);
    const controller = new AbortController();
    if (when === "before") controller.abort();
    const { signal } = controller;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { signal });
    const seen = diary(socket);
    expect(socket.readyState).toBe(WebSocket.CONNECTING);
    controller.abort();
    await event(socket, "close");
    expect(seen).toEqual([
      ["error", undefined],
      ["close", undefined],
    ]);
    expect(socket.failure).toBe(signal.reason);
  });

  it("a signal does nothing once it is open", async () => {
    const controller = new AbortController();
    const { socket, accepted } = await joined({}, { signal: controller.signal });
    controller.abort();
    accepted.send("still here");
    expect(await event(socket, "message")).toMatchObject({ data: "still here" });
  });

  it("ping and terminate", async () => {
    const { socket, accepted } = await joined();
    const ping = new Promise((resolve) => {
      accepted.onPing(resolve);
    });
    socket.ping("are you there");
    expect(await ping).toEqual(new TextEncoder().encode("are you there"));
    socket.terminate();
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    expect(await event(socket, "close")).toMatchObject({ code: 1006 });
    socket.terminate();
    socket.ping();
    expect(socket.failure).toMatchObject({ code: "CONNECTION_TERMINATED" });
  });

  it("terminate gives an attempt up", async () => {
    const port = await tcpServer(() => undefined);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    socket.terminate();
    expect(await event(socket, "close")).toMatchObject({ code: 1006, wasClean: false });
  });

  it("a heartbeat notices a peer that is gone", async () => {
    const { socket, accepted } = await joined({}, { pingIntervalMs: 5, pongTimeoutMs: 5 });
    accepted.pause();
    await event(socket, "close");
    expect(socket.failure).toMatchObject({ code: "CONNECTION_PONG_TIMEOUT" });
  });

  it("what is not the standard's does not show", () => {
    for (const name of ["failure", "ping", "terminate"]) {
      const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
      expect(descriptor?.enumerable).toBe(false);
    }
  });
});

describe("closing while it connects", () => {
  it("after the handshake and before open is told still closes", async () => {
    const { url, server } = await serve();
    const socket = new WebSocket(url);
    const seen = diary(socket);
    await new Promise<void>((resolve) => {
      server.onConnection((connection) => {
        void connection.closed.then(() => resolve());
        socket.close();
      });
    });
    if (socket.readyState !== WebSocket.CLOSED) await event(socket, "close");
    expect(seen.map((entry) => (entry as unknown[])[0])).not.toContain("open");
    expect(seen).toHaveLength(2);
  });
});

describe("extensions", () => {
  it.each([
    [true, "permessage-deflate"],
    [false, ""],
  ])("are named once it is open: compression %s", async (compression, extensions) => {
    const { socket } = await joined({ compression });
    expect(socket.extensions).toMatch(extensions);
    expect(socket.extensions === "").toBe(!compression);
  });
});

describe("subclasses", () => {
  class Counting extends WebSocket {
    count = 0;

    override send(data: Parameters<WebSocket["send"]>[0]): void {
      this.count += 1;
      super.send(data);
    }
  }

  it("work", async () => {
    const { url } = await serve({ onConnection: echo });
    const socket = new Counting(url);
    await event(socket, "open");
    socket.send("x");
    expect(await event(socket, "message")).toMatchObject({ data: "x" });
    expect(socket.count).toBe(1);
    socket.close();
  });
});

describe("a CloseEvent", () => {
  it("converts what it is given", () => {
    const init = { code: 0x1_0001, reason: "\uD800", wasClean: 1 as never };
    expect(new CloseEvent("close", init)).toMatchObject({
      code: 1,
      reason: "\uFFFD",
      wasClean: true,
    });
    expect(new CloseEvent("close", null as never)).toMatchObject({ code: 0 });
    expect(() => new CloseEvent("close", 5 as never)).toThrow(TypeError);
    expect(() => Reflect.construct(CloseEvent, [])).toThrow(TypeError);
  });
});

describe("binary messages", () => {
  it("as an ArrayBuffer are exactly the message", async () => {
    const { socket, accepted } = await joined();
    socket.binaryType = "arraybuffer";
    accepted.send(Uint8Array.of(1, 2, 3).subarray(1));
    const { data } = (await event(socket, "message")) as MessageEvent;
    expect(data).toEqual(Uint8Array.of(2, 3).buffer);
  });
});

/** Speaks with implementations of others: the npm package ws in both roles, and the WebSocket that Node.js has built in. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket as WsWebSocket, WebSocketServer as WsServer } from "ws";
import { echo, next, open, serve } from "./servers.ts";

const samples: (string | Uint8Array)[] = [
  "hellö \u{1f600}",
  "",
  new Uint8Array([1, 2, 3]),
  "x".repeat(70_000),
  new Uint8Array(1_000_000).fill(7),
];

describe("the client of ws", () => {
  it("exchanges messages, pings and Close frames with our server", async () => {
    const { url, server } = await serve({ onConnection: echo, subprotocols: ["echo"] });
    const theirs = new WsWebSocket(url, ["other", "echo"]);
    await once(theirs, "open");
    const [ours] = [...server.connections];
    expect([theirs.protocol, theirs.extensions]).toEqual(["echo", ""]);
    for (const sample of samples) {
      theirs.send(sample);
      const [data, isBinary] = (await once(theirs, "message")) as [Buffer, boolean];
      expect(isBinary).toBe(typeof sample !== "string");
      expect(data.equals(Buffer.from(sample as string))).toBe(true);
    }
    theirs.ping("there?");
    expect(((await once(theirs, "pong")) as [Buffer])[0].toString()).toBe("there?");
    ours!.ping("and there?");
    await new Promise<void>((resolve) => {
      ours!.onPong(() => resolve());
    });
    const closed = once(theirs, "close");
    theirs.close(3000, "bye");
    expect(await ours!.closed).toEqual({ code: 3000, reason: "bye", wasClean: true });
    const [code] = (await closed) as [number];
    expect(code).toBe(3000);
  });

  it("receives fragments of ours whole, and sends us its own", async () => {
    const { url, server } = await serve();
    const theirs = new WsWebSocket(url);
    await once(theirs, "open");
    const [ours] = [...server.connections];
    theirs.send("one ", { fin: false });
    theirs.ping();
    theirs.send("message", { fin: true });
    expect(await next(ours!)).toBe("one message");
    theirs.terminate();
    expect(await ours!.closed).toMatchObject({ code: 1006 });
  });

  it("is told of a refusal", async () => {
    const { url } = await serve({ path: "/here" });
    const theirs = new WsWebSocket(`${url}elsewhere`);
    const [error] = (await once(theirs, "error")) as [Error];
    expect(error.message).toContain("404");
  });

  it("is told of a shutdown", async () => {
    const { url, server } = await serve();
    const theirs = new WsWebSocket(url);
    await once(theirs, "open");
    const closed = once(theirs, "close");
    await server.shutdown({ reason: "maintenance" });
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1001, "maintenance"]);
  });
});

async function theirServer(): Promise<{ url: string; server: WsServer }> {
  const server = new WsServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: true,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe("the server of ws", () => {
  it("exchanges messages, pings and Close frames with our client", async () => {
    const { url, server } = await theirServer();
    server.on("connection", (socket) => {
      socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
    });
    const ours = await open(url, { subprotocols: ["one", "two"] });
    expect(ours.subprotocol).toBe("one");
    for (const sample of samples) {
      ours.send(sample);
      const received = await next(ours);
      expect(typeof received).toBe(typeof sample);
      expect(Buffer.from(received as string).equals(Buffer.from(sample as string))).toBe(true);
    }
    const answered = new Promise<void>((resolve) => {
      ours.onPong(() => resolve());
    });
    ours.ping("there?");
    await answered;
    const [theirs] = [...server.clients];
    const closed = once(theirs!, "close");
    ours.close(4000, "bye");
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4000, "bye"]);
    expect(await ours.closed).toMatchObject({ code: 4000, wasClean: true });
  });

  it("closes from its side", async () => {
    const { url, server } = await theirServer();
    server.on("connection", (socket) => socket.close(1013, "later"));
    const ours = await open(url);
    expect(await ours.closed).toEqual({ code: 1013, reason: "later", wasClean: true });
  });
});

// Before Node.js 22 there is nothing to speak with.
const hasGlobal = typeof globalThis.WebSocket === "function";
describe.runIf(hasGlobal)("the global WebSocket (Node.js 22 and later)", () => {
  it("exchanges messages and Close frames with our server", async () => {
    const { url, server } = await serve({ onConnection: echo, subprotocols: ["echo"] });
    const theirs = new WebSocket(url, ["echo"]);
    theirs.binaryType = "arraybuffer";
    await once(theirs, "open");
    const [ours] = [...server.connections];
    expect([theirs.protocol, theirs.extensions]).toEqual(["echo", ""]);
    for (const sample of samples) {
      theirs.send(sample as string);
      const [{ data }] = (await once(theirs, "message")) as [MessageEvent<string | ArrayBuffer>];
      const bytes = typeof data === "string" ? Buffer.from(data) : Buffer.from(data);
      expect(bytes.equals(Buffer.from(sample as string))).toBe(true);
    }
    const closed = once(theirs, "close");
    theirs.close(3000, "bye");
    expect(await ours!.closed).toEqual({ code: 3000, reason: "bye", wasClean: true });
    const [event] = (await closed) as [CloseEvent];
    expect([event.code, event.wasClean]).toEqual([3000, true]);
  });
});

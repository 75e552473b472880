// The probe over real sockets: what it shows of a connection that it dials, and of one that it watches.
import { EventEmitter, once } from "node:events";
import { createServer } from "node:net";
import type { Socket } from "node:net";

import { connect } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";

import type { TautlineServer } from "../../../src/serve/server.ts";
import { ProbePage, startServer, textOf } from "./probe-page.ts";

const webSocketUrl = (server: TautlineServer, path: string): string =>
  server.url.replace(/^http/u, "ws") + path;

/** A server that does with a connection what the test says. */
async function tcpServer(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createServer(onSocket);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
}

describe("dialling", () => {
  it("shows request, response and the accept key that was to come", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    expect(await page.kind("ready")).toMatchObject({ here: webSocketUrl(server, ""), hosts: [] });
    const handshake = await page.dial(webSocketUrl(server, "/echo"), {
      headers: [["X-Trace", "a b"]],
      origin: "https://example.com",
    });
    const request = await page.kind("request");
    expect(JSON.stringify(request["head"])).toContain('{"name":"X-Trace","value":"a b"}');
    expect(JSON.stringify(request["head"])).toContain("https://example.com");
    expect(handshake).toMatchObject({ problems: [] });
    expect(handshake["acceptComputed"]).toBe(handshake["acceptReceived"]);
    expect(await page.kind("dialing")).toMatchObject({
      address: expect.stringMatching(/^(?:127\.0\.0\.1|::1) \d+$/u),
    });
  });

  it("shows frames of both directions, headers and masks as they travel", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    await page.dial(webSocketUrl(server, "/echo"));
    page.order({
      do: "frames",
      frames: [
        { opcode: 1, fin: false, mask: "01020304", payload: { text: "Hel" } },
        { opcode: 9, payload: { hex: "70 69" } },
        { opcode: 0, payload: { base64: "bG8=" } },
      ],
    });
    const echoed = await page.frame("server", 1);
    expect(textOf(echoed)).toBe("Hello");
    expect(echoed).toMatchObject({ header: "8105", payloadLength: 5, problems: [] });
    expect(await page.frame("client", 1)).toMatchObject({
      header: "018301020304",
      maskKey: "01020304",
      fin: false,
    });
    expect(textOf(await page.frame("server", 10))).toBe("pi");
  });

  it("cuts a message into frames, and compresses it where that was agreed on", async () => {
    const server = await startServer({ connection: { compression: true } as object });
    const page = await ProbePage.open(server);
    await page.dial(webSocketUrl(server, "/echo"), { compression: true });
    const text = "taut ".repeat(400);
    page.order({ do: "message", payload: { text }, fragments: 3, compress: true });
    const echoed = await page.frame("server", 1);
    const sent = page.events.filter(({ kind, from }) => kind === "frame" && from === "client");
    expect(sent).toHaveLength(3);
    expect(sent[0]).toMatchObject({ rsv: [true, false, false], fin: false, opcode: 1 });
    expect(sent[2]).toMatchObject({ inflatedLength: 2_000, fin: true, opcode: 0 });
    expect(Buffer.from(String(sent[2]?.["inflated"]), "base64").toString()).toBe(text);
    expect(echoed).toMatchObject({ inflatedLength: 2_000 });
  });

  it("lets what is wrong through, and shows what the server makes of it", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    await page.dial(webSocketUrl(server, "/echo"));
    page.order({ do: "frames", frames: [{ opcode: 3, payload: { text: "?" } }] });
    expect(await page.frame("client", 3)).toMatchObject({
      problems: ["reserved opcode (RFC 6455 §5.2)"],
    });
    const close = await page.frame("server", 8);
    expect(Buffer.from(String(close["payload"]), "base64").readUInt16BE(0)).toBe(1002);
    expect(await page.kind("end")).toMatchObject({ reason: "ended" });
  });

  it("leaves pings and Close to the page when it is told to", async () => {
    const url = await tcpServer((socket) => {
      socket.once("data", () => {
        const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        socket.write(Buffer.concat([Buffer.from(head), Buffer.from("8900880203e8", "hex")]));
        // Whatever is answered is told back.
        socket.on("data", (bytes: Buffer) => socket.end(Buffer.from([0x82, bytes.length])));
      });
    });
    const server = await startServer();
    const page = await ProbePage.open(server);
    await page.dial(url, { answers: false });
    await page.frame("server", 8);
    expect(await page.kind("end")).toMatchObject({ reason: "ended" });
    expect(page.events.some(({ from }) => from === "client")).toBe(false);
  });

  it("shows a refusal, with what it says", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    const handshake = await page.dial(webSocketUrl(server, "/nowhere"));
    expect(handshake["problems"]).toEqual(["the server refused: HTTP/1.1 404 Not Found"]);
    expect(await page.kind("end")).toMatchObject({ reason: "ended" });
    page.order({ do: "frames", frames: [{ opcode: 1 }] });
    expect(await page.kind("wrong")).toMatchObject({ text: "dial first" });
  });

  it("says when nobody answers", async () => {
    const url = await tcpServer(() => undefined);
    const server = await startServer();
    const page = await ProbePage.open(server);
    page.order({ do: "dial", url: url.replace(/:\d+\//u, ":1/") });
    expect(await page.kind("end")).toMatchObject({ reason: "unreachable", detail: "ECONNREFUSED" });
  });

  it("ends one connection when another is dialled, and all when the page goes", async () => {
    const ends = new EventEmitter();
    const url = await tcpServer((socket) => {
      socket.on("data", () => undefined);
      socket.on("close", () => ends.emit("end"));
    });
    const server = await startServer();
    const page = await ProbePage.open(server);
    const requests = (): number => page.events.filter(({ kind }) => kind === "request").length;
    page.order({ do: "dial", url });
    await page.kind("request");
    const firstEnd = once(ends, "end");
    page.order({ do: "dial", url });
    await firstEnd;
    await page.event(() => requests() === 2);
    const secondEnd = once(ends, "end");
    page.line.close();
    await secondEnd;
    expect(requests()).toBe(2);
  });
});

describe("watching", () => {
  it("shows a connection of the server that somebody else has, and lets go of it", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    const other = await connect(webSocketUrl(server, "/echo"), {
      headers: { Cookie: "secret=1", "User-Agent": "other/1" },
    });
    onTestFinished(() => other.terminate());
    page.order({ do: "list" });
    const { connections } = await page.kind("connections");
    expect(connections).toMatchObject([{ path: "/echo", userAgent: "other/1" }]);
    const [{ id }] = connections as [{ id: number }];
    page.order({ do: "watch", connection: id });
    const handshake = await page.kind("handshake");
    expect(handshake["acceptComputed"]).toBe(handshake["acceptReceived"]);
    expect(JSON.stringify(handshake)).not.toContain("secret=1");
    other.send("hello");
    const received = await page.frame("client", 1);
    expect(textOf(received)).toBe("hello");
    expect(received["maskKey"]).toMatch(/^[0-9a-f]{8}$/u);
    expect(textOf(await page.frame("server", 1))).toBe("hello");
    page.order({ do: "hang-up" });
    expect(await page.kind("end")).toMatchObject({ reason: "hung-up" });
    expect(other.state).toBe("open");
  });

  it("is told of the client that a connection carries, and of its end", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    const client = await connect(webSocketUrl(server, "/connection/websocket"));
    onTestFinished(() => client.terminate());
    client.send(JSON.stringify({ id: 1, connect: { data: { name: "Ada" } } }));
    const reply = String((await client[Symbol.asyncIterator]().next()).value);
    const { connect: connected } = JSON.parse(reply) as { connect: { client: string } };
    page.order({ do: "list" });
    const { connections } = await page.kind("connections");
    expect(connections).toMatchObject([{ client: connected.client, info: { name: "Ada" } }]);
    const [{ id }] = connections as [{ id: number }];
    page.order({ do: "watch", connection: id });
    await page.kind("watching");
    client.close(1000);
    expect(await page.kind("end")).toMatchObject({ reason: "ended" });
    page.order({ do: "watch", connection: id });
    await page.event(({ kind, reason }) => kind === "end" && reason === "gone");
  });

  it("sends nothing on what is not the page's own", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    const other = await connect(webSocketUrl(server, "/echo"));
    onTestFinished(() => other.terminate());
    page.order({ do: "list" });
    const { connections } = await page.kind("connections");
    const [{ id }] = connections as [{ id: number }];
    page.order({ do: "watch", connection: id });
    await page.kind("watching");
    page.order({ do: "frames", frames: [{ opcode: 1, payload: { text: "not mine" } }] });
    expect(await page.kind("wrong")).toMatchObject({ text: "dial first" });
  });
});

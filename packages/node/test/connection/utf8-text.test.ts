import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { Utf8Text, WebSocketServer, prepareMessage } from "@tautline/node";
import type { Message, Sendable, ServerOptions } from "@tautline/node";
import { RawClient, clientFrame, echo, next, open, pair, serve } from "../servers.ts";

const texts = ["", "plain", "żółw 你好 🐢", "x".repeat(200), "ж".repeat(40_000)];

/** A server on another's http server, where sockets are those of Node.js. */
async function attached(options: ServerOptions): Promise<string> {
  const http = createServer();
  onTestFinished(() => void http.close());
  const server = new WebSocketServer(options);
  server.attach(http);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

const ports: [string, (options: ServerOptions) => Promise<string>][] = [
  ["a port of its own", async (options) => (await serve(options)).url],
  ["another's port", attached],
];

describe.each(ports)("text received as bytes on %s", (_name, listen) => {
  it.each([false, true])("comes and goes back as text, compression: %s", async (compression) => {
    const seen: Message[] = [];
    const url = await listen({
      receiveText: "bytes",
      compression,
      onConnection: (connection) => {
        connection.onMessage((message) => seen.push(message));
        echo(connection);
      },
    });
    const client = await open(url);
    for (const text of texts) {
      client.send(text);
      expect(await next(client)).toBe(text);
    }
    expect(seen.map((message) => message instanceof Utf8Text)).toEqual(texts.map(() => true));
    expect(seen.map(String)).toEqual(texts);
  });

  it("leaves binary messages as they are", async () => {
    const seen: Message[] = [];
    const url = await listen({
      receiveText: "bytes",
      onConnection: (connection) => {
        connection.onMessage((message) => seen.push(message));
        echo(connection);
      },
    });
    const client = await open(url);
    client.send(new Uint8Array([0xff]));
    expect(await next(client)).toEqual(new Uint8Array([0xff]));
    expect(seen[0]).not.toBeInstanceOf(Utf8Text);
  });

  it.each([
    ["whole", [clientFrame(1, Buffer.from([0x41, 0xff]))]],
    ["in fragments", [clientFrame(1, "ok"), clientFrame(0, Buffer.from([0xff]))]],
  ])("closes with 1007 what is no UTF-8, %s (RFC 6455 §8.1)", async (_form, frames) => {
    const url = await listen({ receiveText: "bytes", onConnection: echo });
    const client = await RawClient.opened(Number(new URL(url).port));
    if (frames.length > 1) frames[0]![0] = 0x01;
    for (const frame of frames) client.socket.write(frame);
    const answer = Buffer.from(await client.all(), "latin1");
    expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, 1007]);
  });
});

describe("text received as bytes", () => {
  it("is kept by whoever receives it, whatever comes next", async () => {
    const { accepted, client } = await pair({ receiveText: "bytes" });
    for (const text of ["first", "other"]) client.send(text);
    const [first, other] = [await next(accepted), await next(accepted)];
    expect([String(first), String(other)]).toEqual(["first", "other"]);
  });

  it("is received by clients too, and broadcast as text", async () => {
    const running = await serve();
    const client = await open(running.url, { receiveText: "bytes" });
    for (const connection of running.server.connections) connection.send("hello");
    const message = await next(client);
    expect(message).toBeInstanceOf(Utf8Text);
    const plain = await open(running.url);
    running.server.broadcast(message!);
    expect(await next(plain)).toBe("hello");
  });

  it("can be made, prepared and cut", async () => {
    const { accepted, client } = await pair();
    const text = new Utf8Text(Buffer.from("żółw"));
    expect(text.buffer).toBeInstanceOf(ArrayBuffer);
    accepted.send(text);
    accepted.send(prepareMessage(text));
    // A part may be no text.
    accepted.send(text.subarray(0, 1));
    expect([await next(client), await next(client)]).toEqual(["żółw", "żółw"]);
    expect(await next(client)).toEqual(new Uint8Array([0xc5]));
  });

  it("is refused as an option in any other word", () => {
    const options = { receiveText: "buffer" } as unknown as ServerOptions;
    expect(() => new WebSocketServer(options)).toThrow("receiveText");
  });

  it("is a message and can be sent, by its type", () => {
    expectTypeOf<Utf8Text>().toExtend<Message>();
    expectTypeOf<Utf8Text>().toExtend<Sendable>();
  });
});

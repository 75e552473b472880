/* oxlint-disable import/no-named-as-default, unicorn/prefer-add-event-listener -- Programs do it so. */
/**
 * The types: everything that `@types/ws` declares is here under the same name, and programs that were written for it
 * compile. The compiler is the test; what it has accepted runs, too.
 */
import WebSocket, { createWebSocketStream, WebSocketServer } from "@tautline/ws";
import * as all from "@tautline/ws";
import type * as declared from "ws";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { expect, expectTypeOf, test } from "vitest";

/** A class of connections, as applications make them. */
class Client extends WebSocket {
  isAlive = true;
}

/** A program in the types of `ws`, which is never run. */
export function program(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const options: WebSocket.ServerOptions<typeof Client> = {
    port: 1,
    WebSocket: Client,
    perMessageDeflate: { zlibDeflateOptions: { level: 3 }, threshold: 10 },
    verifyClient: ({ origin, secure, req }, done) => {
      done(secure && origin === req.url, 401, "no", { a: "b" });
    },
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  };
  const server: WebSocket.Server<typeof Client> = new WebSocket.Server(options, () => {});
  const sameServer: WebSocket.WebSocketServer<typeof Client> = server;
  const one: WebSocket.WebSocket = new all.WebSocket("ws://a", { timeout: 1, maxPayload: 2 });
  sameServer.emit("connection", one, request);
  server.on("connection", function (client, { headers }) {
    client.isAlive = headers.host !== this.path;
    client.on("message", function (data: WebSocket.RawData, isBinary) {
      if (Array.isArray(data)) this.send(Buffer.concat(data), { binary: isBinary }, () => {});
      else this.send(data, (error) => void error?.message);
    });
    client.on("close", (code, reason) => client.emit("mine", code + reason.byteLength));
    client.on("mine", (total: number) => void total.toFixed());
    client.addEventListener("message", ({ data }) => {
      const text: WebSocket.Data = data;
      client.ping(typeof text, false, () => {});
    });
  });
  server.on("headers", (lines, { url }) => void lines.push(String(url)));
  server.on("wsClientError", (error, duplex) => duplex.end(error.message));
  server.handleUpgrade(request, socket, head, (client) => void (client.isAlive = false));
  for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send("a");
  const address: string | WebSocket.AddressInfo | null = server.address();
  const settings: WebSocket.ClientOptions = {
    headers: { a: JSON.stringify(address) },
    origin: "b",
  };
  const client = new all.WebSocket(new URL("ws://a"), ["b"], settings);
  client.onmessage = ({ data, target }: WebSocket.MessageEvent) => {
    target.send(data);
  };
  client.onerror = (event: WebSocket.ErrorEvent) => void event.message;
  client.onclose = ({ code, wasClean }: WebSocket.CloseEvent) => code === 1000 && wasClean;
  client.once("unexpected-response", (sent, { statusCode }) =>
    sent.destroy(new Error(`${statusCode}`)),
  );
  createWebSocketStream(client, { encoding: "utf8" }).pipe(process.stdout);
}

test("programs written for the types of ws compile", () => {
  expect(new Client(null)).toBeInstanceOf(WebSocket);
  expect(new WebSocketServer({ noServer: true }).options.maxPayload).toBe(104_857_600);
  expect(program.length).toBe(3);
});

test("options of ws's types are options of ours", () => {
  expectTypeOf<declared.ClientOptions["perMessageDeflate"]>().toExtend<
    WebSocket.ClientOptions["perMessageDeflate"]
  >();
  expectTypeOf<Omit<declared.ServerOptions, "WebSocket">>().toExtend<
    Omit<WebSocket.ServerOptions, "WebSocket">
  >();
  expectTypeOf<declared.RawData>().toEqualTypeOf<WebSocket.RawData>();
  expectTypeOf<declared.Data>().toEqualTypeOf<WebSocket.Data>();
  expectTypeOf<keyof declared.WebSocketServer>().toExtend<keyof WebSocketServer>();
  expectTypeOf<keyof declared.WebSocket>().toExtend<keyof WebSocket>();
});

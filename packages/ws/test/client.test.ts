/**
 * A client's opening handshake: what it sends, what it refuses, redirects, and being given up on the way.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { faces, life, listen, urlOf } from "./faces.ts";

const before = "WebSocket was closed before the connection was established";

/** An http server that answers upgrades as the test says. */
async function answering(
  answer: (request: IncomingMessage, socket: Socket) => void,
): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  server.on("upgrade", answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return server;
}

/** The head of an answer that accepts, with other headers where they are given. */
function accepting(request: IncomingMessage, ...headers: string[]): string {
  const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

const extensions = (value: string): string => `Sec-WebSocket-Extensions: ${value}`;

const refused: readonly {
  readonly name: string;
  readonly answer: (request: IncomingMessage) => string;
  readonly options?: object;
  readonly protocols?: string[];
  readonly message: string;
}[] = [
  {
    name: "another upgrade",
    answer: (request) => accepting(request).replace("Upgrade: websocket", "Upgrade: foo"),
    message: "Invalid Upgrade header",
  },
  {
    name: "a wrong accept key",
    answer: () => accepting({ headers: {} } as IncomingMessage),
    message: "Invalid Sec-WebSocket-Accept header",
  },
  {
    name: "a subprotocol nobody asked for",
    answer: (request) => accepting(request, "Sec-WebSocket-Protocol: a"),
    message: "Server sent a subprotocol but none was requested",
  },
  {
    name: "another subprotocol",
    answer: (request) => accepting(request, "Sec-WebSocket-Protocol: b"),
    protocols: ["a"],
    message: "Server sent an invalid subprotocol",
  },
  {
    name: "no subprotocol",
    answer: accepting,
    protocols: ["a"],
    message: "Server sent no subprotocol",
  },
  {
    name: "an extension where none was offered",
    answer: (request) => accepting(request, extensions("permessage-deflate")),
    options: { perMessageDeflate: false },
    message: "Server sent a Sec-WebSocket-Extensions header but no extension was requested",
  },
  {
    name: "malformed extensions",
    answer: (request) => accepting(request, extensions("a;=")),
    message: "Invalid Sec-WebSocket-Extensions header",
  },
  {
    name: "another extension",
    answer: (request) => accepting(request, extensions("foo")),
    message: "Server indicated an extension that was not requested",
  },
  {
    name: "parameters that cannot be",
    answer: (request) => accepting(request, extensions("permessage-deflate; foo")),
    message: "Invalid Sec-WebSocket-Extensions header",
  },
  {
    name: "another status",
    answer: () => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    message: "Unexpected server response: 401",
  },
];

describe.each(faces)("a client of $name", (face) => {
  test.each(refused)("refuses $name", async ({ answer, options, protocols, message }) => {
    const server = await answering((request, socket) => void socket.end(answer(request)));
    const client = new face.WebSocket(urlOf(server), protocols ?? [], options);
    expect(await life(client)).toEqual([`error Error - ${message}`, "close 1006  3"]);
  });

  test.each([
    ["no url", SyntaxError, "Invalid URL: no url"],
    [
      "ftp://a",
      SyntaxError,
      'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    ],
    ["ws://a/#b", SyntaxError, "The URL contains a fragment identifier"],
    ["ws+unix:", SyntaxError, "The URL's pathname is empty"],
  ])("does not take %s", (url, kind, message) => {
    expect(() => new face.WebSocket(url)).toThrow(new kind(message));
  });

  test("does not take malformed subprotocols, nor other versions", () => {
    const invalid = new SyntaxError("An invalid or duplicated subprotocol was specified");
    for (const protocols of ["", "a,b", ["a", "a"], [null as unknown as string]]) {
      expect(() => new face.WebSocket("ws://localhost", protocols)).toThrow(invalid);
    }
    expect(() => new face.WebSocket("ws://localhost", { protocolVersion: 1000 })).toThrow(
      new RangeError("Unsupported protocol version: 1000 (supported versions: 8, 13)"),
    );
  });

  test("sends these headers", async () => {
    const seen: IncomingMessage[] = [];
    const server = await answering((request, socket) => {
      seen.push(request);
      socket.destroy();
    });
    const url = urlOf(server).replace("//", "//user:p%40ss@");
    const options = { origin: "http://a", headers: { "X-Mine": "1" } };
    await life(new face.WebSocket(`${url}/x?y`, ["a", "b"], options));
    await life(
      new face.WebSocket(url, { protocolVersion: 8, origin: "b", perMessageDeflate: false }),
    );
    const [first, second] = seen.map(({ headers }) => headers);
    expect(seen[0]?.url).toBe("/x?y");
    expect(first).toMatchObject({
      upgrade: "websocket",
      connection: "Upgrade",
      origin: "http://a",
      "x-mine": "1",
      "sec-websocket-protocol": "a,b",
      "sec-websocket-version": "13",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
      authorization: `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
    });
    expect(second).toMatchObject({ "sec-websocket-version": "8", "sec-websocket-origin": "b" });
    expect(second).not.toHaveProperty("sec-websocket-extensions");
  });

  test("lets finishRequest end the request, and createConnection connect", async () => {
    const server = await listen(face);
    const seen = once(server, "connection");
    const { port } = server.address() as { port: number };
    const client = new face.WebSocket("ws://nowhere.invalid", {
      finishRequest(request, websocket) {
        expect(websocket).toBeInstanceOf(face.WebSocket);
        request.setHeader("X-Late", "yes");
        request.end();
      },
      createConnection: (() => connect(port, "127.0.0.1")) as unknown as typeof connect,
    });
    const [[, request]] = (await Promise.all([seen, once(client, "open")])) as [
      [unknown, IncomingMessage],
      unknown[],
    ];
    expect(request.headers["x-late"]).toBe("yes");
    client.terminate();
  });

  test("connects through a socket in the file system", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ws-"));
    const path = join(folder, "socket");
    const http = createServer().listen(path);
    onTestFinished(() => {
      http.close();
      rmSync(folder, { recursive: true });
    });
    await once(http, "listening");
    const server = new face.WebSocketServer({ server: http });
    const seen = once(server, "connection");
    const client = new face.WebSocket(`ws+unix:${path}:/a?b`);
    const [[, request]] = (await Promise.all([seen, once(client, "open")])) as [
      [unknown, IncomingMessage],
      unknown[],
    ];
    expect(request.url).toBe("/a?b");
    client.close();
    await once(client, "close");
  });

  test("can be given up while it connects, in these words", async () => {
    const server = await answering(() => {});
    for (const method of ["close", "terminate"] as const) {
      const client = new face.WebSocket(urlOf(server));
      const seen = life(client);
      client[method]();
      expect(client.readyState).toBe(2);
      expect(await seen).toEqual([`error Error - ${before}`, "close 1006  3"]);
    }
    const slow = new face.WebSocket(urlOf(server), { handshakeTimeout: 20 });
    expect(await life(slow)).toEqual([
      "error Error - Opening handshake has timed out",
      "close 1006  3",
    ]);
    expect(() => new face.WebSocket(urlOf(server)).on("error", () => {}).send("a")).toThrow(
      "WebSocket is not open: readyState 0 (CONNECTING)",
    );
  });

  test("follows redirects, without telling others what was for the first", async () => {
    const last = await answering((request, socket) => {
      const { cookie, authorization, "x-mine": mine } = request.headers;
      socket.end(`HTTP/1.1 404 ${JSON.stringify([cookie, authorization, mine])}\r\n\r\n`);
    });
    const first = await answering((_request, socket) => {
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${urlOf(last)}/next\r\n\r\n`);
    });
    const headers = { Cookie: "a=b", Authorization: "secret", "X-Mine": "1" };
    const client = new face.WebSocket(urlOf(first), { followRedirects: true, headers });
    const [, response] = (await once(client, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusMessage).toBe('[null,null,"1"]');
    expect(client.url).toBe(`${urlOf(last)}/next`);
    client.on("error", () => {});
    client.terminate();
    const held = new face.WebSocket(urlOf(first), { followRedirects: true, maxRedirects: 0 });
    expect(await life(held)).toEqual(["error Error - Maximum redirects exceeded", "close 1006  3"]);
  });

  test("tells of the answer before it opens", async () => {
    const server = await listen(face);
    const client = new face.WebSocket(urlOf(server));
    const log: string[] = [];
    client.on("upgrade", ({ statusCode }) => void log.push(`upgrade ${String(statusCode)}`));
    client.on("open", () => void log.push("open"));
    await once(client, "open");
    expect(log).toEqual(["upgrade 101", "open"]);
    client.close();
    await once(client, "close");
  });
});

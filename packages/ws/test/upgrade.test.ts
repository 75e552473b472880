/**
 * What servers answer to requests for a WebSocket: statuses, headers, bodies and hooks.
 */
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { WebSocketServer } from "ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { faces, listen, pair, portOf, urlOf } from "./faces.ts";

const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

/** What a request gets: status, the headers that say something, and the body. */
async function answer(
  server: WebSocketServer,
  headers: OutgoingHttpHeaders,
  rest: { method?: string; path?: string } = {},
): Promise<unknown[]> {
  const sent = request({ host: "127.0.0.1", port: portOf(server), headers, ...rest });
  sent.end();
  const [event, response, socket] = await Promise.race([
    once(sent, "response").then(([of]) => ["response", of as IncomingMessage] as const),
    once(sent, "upgrade").then(([of, s]) => ["upgrade", of as IncomingMessage, s] as const),
  ]);
  if (event === "upgrade") {
    (socket as { destroy(): void }).destroy();
    const { "sec-websocket-protocol": protocol, "sec-websocket-extensions": extensions } =
      response.headers;
    return [101, response.headers["sec-websocket-accept"], protocol, extensions];
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { connection, "content-type": type, "sec-websocket-version": version } = response.headers;
  return [response.statusCode, Buffer.concat(chunks).toString(), connection, type, version];
}

const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const html = ["close", "text/html", undefined];

interface Row {
  readonly name: string;
  readonly headers: OutgoingHttpHeaders;
  readonly rest?: { method?: string; path?: string };
  readonly options?: object;
  readonly expected: unknown[];
}

const rows: readonly Row[] = [
  {
    name: "no upgrade",
    headers: {},
    expected: [426, "Upgrade Required", "keep-alive", "text/plain", undefined],
  },
  {
    name: "another method",
    headers: upgrade,
    rest: { method: "POST" },
    expected: [405, "Invalid HTTP method", ...html],
  },
  {
    name: "another protocol",
    headers: { ...upgrade, Upgrade: "h2c" },
    expected: [400, "Invalid Upgrade header", ...html],
  },
  {
    name: "a bad key",
    headers: { ...upgrade, "Sec-WebSocket-Key": "P5l8BJcZwRc=" },
    expected: [400, "Missing or invalid Sec-WebSocket-Key header", ...html],
  },
  {
    name: "a bad version",
    headers: { ...upgrade, "Sec-WebSocket-Version": "12" },
    expected: [
      400,
      "Missing or invalid Sec-WebSocket-Version header",
      "close",
      "text/html",
      "13, 8",
    ],
  },
  {
    name: "version 8",
    headers: { ...upgrade, "Sec-WebSocket-Version": "8" },
    expected: [101, accept, undefined, undefined],
  },
  {
    name: "another path",
    headers: upgrade,
    rest: { path: "/other?a=b" },
    options: { path: "/here" },
    expected: [400, "Bad Request", ...html],
  },
  {
    name: "the path with a query",
    headers: upgrade,
    rest: { path: "/here?a=b" },
    options: { path: "/here" },
    expected: [101, accept, undefined, undefined],
  },
  {
    name: "malformed subprotocols",
    headers: { ...upgrade, "Sec-WebSocket-Protocol": "a,,b" },
    expected: [400, "Invalid Sec-WebSocket-Protocol header", ...html],
  },
  {
    name: "subprotocols, of which the first is taken",
    headers: { ...upgrade, "Sec-WebSocket-Protocol": "b, a" },
    expected: [101, accept, "b", undefined],
  },
  {
    name: "malformed extensions",
    headers: {
      ...upgrade,
      "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=7",
    },
    options: { perMessageDeflate: true },
    expected: [400, "Invalid or unacceptable Sec-WebSocket-Extensions header", ...html],
  },
  {
    name: "compression that is not wanted",
    headers: { ...upgrade, "Sec-WebSocket-Extensions": "permessage-deflate" },
    expected: [101, accept, undefined, undefined],
  },
  {
    name: "compression",
    headers: {
      ...upgrade,
      "Sec-WebSocket-Extensions":
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
    },
    options: { perMessageDeflate: { serverNoContextTakeover: true, clientMaxWindowBits: 9 } },
    expected: [
      101,
      accept,
      undefined,
      "permessage-deflate; client_max_window_bits=9; server_max_window_bits=10; server_no_context_takeover",
    ],
  },
];

describe.each(faces)("a server of $name", (face) => {
  test.each(rows)("answers $name", async ({ headers, rest, options, expected }) => {
    const server = await listen(face, options);
    expect(await answer(server, headers, rest)).toEqual(expected);
  });

  test("takes HTTP/1.0", async () => {
    const server = await listen(face);
    const socket = connect(portOf(server), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    const lines = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}`);
    socket.write(`GET / HTTP/1.0\r\n${lines.join("\r\n")}\r\n\r\n`);
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  });

  test("asks verifyClient, with one argument or two", async () => {
    const one = await listen(face, {
      verifyClient: (info: { origin: string }) => info.origin === "a",
    });
    expect(await answer(one, { ...upgrade, Origin: "a" })).toEqual([
      101,
      accept,
      undefined,
      undefined,
    ]);
    expect(await answer(one, upgrade)).toEqual([401, "Unauthorized", ...html]);
    const two = await listen(face, {
      verifyClient: (_info, done) => void setImmediate(done, false, 404, "gone", { A: "b" }),
    });
    expect(await answer(two, upgrade)).toEqual([404, "gone", ...html]);
  });

  test("asks handleProtocols, as it is at the time", async () => {
    const server = await listen(face);
    server.options.handleProtocols = (protocols, { url }) =>
      url === "/no" ? false : [...protocols][1]!;
    const headers = { ...upgrade, "Sec-WebSocket-Protocol": "a, b" };
    expect(await answer(server, headers)).toEqual([101, accept, "b", undefined]);
    expect(await answer(server, headers, { path: "/no" })).toEqual([
      101,
      accept,
      undefined,
      undefined,
    ]);
  });

  test("can be told by assignment what to handle", async () => {
    const server = await listen(face);
    server.shouldHandle = ({ url }) => url === "/mine";
    expect(await answer(server, upgrade)).toEqual([400, "Bad Request", ...html]);
    expect(await answer(server, upgrade, { path: "/mine" })).toEqual([
      101,
      accept,
      undefined,
      undefined,
    ]);
  });

  test("leaves refusals to those who listen for wsClientError", async () => {
    const server = await listen(face);
    server.on("wsClientError", (error, socket) => {
      socket.end(`HTTP/1.1 418 ${error.message}\r\nConnection: close\r\n\r\n`);
    });
    const [status] = await answer(server, { ...upgrade, Upgrade: "h2c" });
    expect(status).toBe(418);
  });

  test("lets `headers` add to the answer", async () => {
    const server = await listen(face);
    server.on("headers", (headers, { url }) => void headers.push(`Sec-WebSocket-Protocol: ${url}`));
    expect(await answer(server, upgrade, { path: "/x" })).toEqual([101, accept, "/x", undefined]);
  });

  test("upgrades by hand, in the call, and a socket only once", async () => {
    const server = new face.WebSocketServer({ noServer: true });
    const http = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void http.close());
    await once(http, "listening");
    const log: string[] = [];
    http.on("upgrade", (message, socket, head) => {
      server.handleUpgrade(message, socket, head, (websocket, of) => {
        log.push(`callback ${String(of === message)} ${websocket.readyState}`);
      });
      log.push("returned");
      expect(() => {
        server.handleUpgrade(message, socket, head, () => {});
      }).toThrow(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      );
      socket.destroy();
    });
    const client = new face.WebSocket(urlOf(http));
    await once(client, "close");
    expect(log).toEqual(["callback true 1", "returned"]);
    expect(() => server.address()).toThrow('The server is operating in "noServer" mode');
  });

  test("wants one way of being reached", () => {
    const message =
      'One and only one of the "port", "server", or "noServer" options must be specified';
    expect(() => new face.WebSocketServer()).toThrow(new TypeError(message));
    expect(() => new face.WebSocketServer({ port: 0, noServer: true })).toThrow(
      new TypeError(message),
    );
  });

  test("keeps its clients, and waits for them when it closes", async () => {
    const { server, client, peer } = await pair(face);
    expect([...server.clients]).toEqual([peer]);
    const closed = new Promise((resolve) => server.close(resolve));
    client.close();
    const [error] = await Promise.all([closed, once(peer, "close")]);
    expect(error).toBe(undefined);
    expect(server.clients.size).toBe(0);
    const again = await new Promise<Error | undefined>((resolve) => server.close(resolve));
    expect(again?.message).toBe("The server is not running");
    const untracked = await listen(face, { clientTracking: false });
    expect(untracked.clients).toBe(undefined);
  });

  test("refuses what comes when it is closing", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void http.close());
    await once(http, "listening");
    const server = new face.WebSocketServer({ noServer: true });
    http.on("upgrade", (message, socket, head) => {
      server.close();
      server.handleUpgrade(message, socket, head, () => {});
    });
    const client = new face.WebSocket(urlOf(http));
    const [error] = (await once(client, "error")) as [Error];
    expect(error.message).toBe("Unexpected server response: 503");
  });
});

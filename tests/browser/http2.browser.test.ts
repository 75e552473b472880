// The browser's own `new WebSocket("wss://…")` from a page that came over HTTP/2: an extended CONNECT (RFC 8441) on the
// session that brought the page. The server is Node.js' own, shared with the application.
import { Http2ServerRequest } from "node:http2";
import type { Http2Session } from "node:http2";
import { WebSocketServer } from "@tautline/node";
import type { Connection, ServerOptions, UpgradeRequest } from "@tautline/node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { secureServer } from "../../packages/node/test/http2-peers.ts";
import { echo } from "../../packages/node/test/servers.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

/** Everything a test looks at: the page, and what the server has seen of it. */
interface Site {
  readonly page: Page;
  readonly server: WebSocketServer;
  readonly port: number;
  /** The sessions that have brought pages, in order. */
  readonly pageSessions: readonly Http2Session[];
  /** What each WebSocket was asked for with, in order. */
  readonly requests: readonly UpgradeRequest[];
  /** The sessions that carry them; `undefined` for one over HTTP/1.1. */
  readonly sessions: readonly (Http2Session | undefined)[];
}

/** A page over HTTP/2, and a WebSocketServer on the server that it comes from. */
async function openSite(options: ServerOptions = {}): Promise<Site> {
  const pageSessions: Http2Session[] = [];
  const { server: httpServer, port } = await secureServer((request, response) => {
    if (request instanceof Http2ServerRequest && request.stream.session !== undefined) {
      pageSessions.push(request.stream.session);
    }
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>page</title>");
  });
  const requests: UpgradeRequest[] = [];
  const server = new WebSocketServer(options);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  const sessions: (Http2Session | undefined)[] = [];
  server.onConnection((_connection, request) => {
    requests.push(request);
    sessions.push(sessionOf(request));
  });
  server.attach(httpServer);
  const page = await trustingPage();
  await page.goto(`https://localhost:${port}/`);
  return { page, server, port, pageSessions, requests, sessions };
}

/** A page of a browser that takes the tests' certificate. */
async function trustingPage(): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  onTestFinished(() => context.close());
  return context.newPage();
}

/** The session whose stream carries the WebSocket of `request`. */
function sessionOf({ raw }: UpgradeRequest): Http2Session | undefined {
  return raw instanceof Http2ServerRequest ? raw.stream.session : undefined;
}

/** In the page: opens a WebSocket, sends `send`, closes with `close` after as many messages, and tells all. */
interface Script {
  readonly port: number;
  readonly path?: string;
  readonly protocols?: string[];
  readonly send: readonly string[];
  /** Whether each of them waits for the answer to the one before. */
  readonly inTurn?: boolean;
  readonly close: readonly [code: number, reason: string];
}

function playInPage(script: Script): Promise<string[]> {
  const { port, path = "/", protocols = [], send, inTurn = false, close } = script;
  return new Promise((resolve) => {
    const events: string[] = [];
    const socket = new WebSocket(`wss://localhost:${port}${path}`, protocols);
    let messages = 0;
    socket.addEventListener("open", () => {
      events.push(`open ${socket.protocol}|${socket.extensions}`);
      for (const text of inTurn ? send.slice(0, 1) : send) socket.send(text);
    });
    socket.addEventListener("message", (event) => {
      const text = String(event.data);
      events.push(`message ${text.length > 40 ? text.length : text}`);
      messages += 1;
      if (messages === send.length) socket.close(...close);
      else if (inTurn) socket.send(send[messages] ?? "");
    });
    socket.addEventListener("error", () => events.push("error"));
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      events.push(`close ${code} ${reason} ${wasClean}`);
      resolve(events);
    });
  });
}

describe("the browser's WebSocket over HTTP/2", () => {
  it("is a stream of the session that brought the page, and costs no socket [RFC8441-5-1]", async () => {
    const site = await openSite({ subprotocols: ["chat"] });
    const { page, port, pageSessions, requests, sessions, server } = site;
    const ended = new Promise((resolve) => {
      server.onConnection((connection) => {
        echo(connection);
        connection.onClose(resolve);
      });
    });
    const script: Script = {
      port,
      path: "/room?user=ada",
      protocols: ["other", "chat"],
      // The empty one is not the last: Chromium 156 does not always send an empty message that follows another closely.
      send: ["", "hello", "你好 👋"],
      close: [1000, "done"],
    };
    expect(await page.evaluate(playInPage, script)).toEqual([
      "open chat|",
      "message ",
      "message hello",
      "message 你好 👋",
      "close 1000 done true",
    ]);
    expect(requests.map(({ httpVersion, method }) => [httpVersion, method])).toEqual([
      ["2.0", "CONNECT"],
    ]);
    const [request] = requests;
    expect([request?.target, request?.host]).toEqual(["/room?user=ada", `localhost:${port}`]);
    expect(request?.headers.origin).toBe(`https://localhost:${port}`);
    expect(sessions[0]).toBe(pageSessions[0]);
    expect(sessions[0]).toBeDefined();
    expect(await ended).toMatchObject({ code: 1000, reason: "done", wasClean: true });
  });

  it("is compressed where the server wants it", async () => {
    const { page, port, requests } = await openSite({ compression: true, onConnection: echo });
    const text = "tautline ".repeat(40_000);
    const script: Script = { port, send: [text, "short", text], close: [1000, ""] };
    expect(await page.evaluate(playInPage, script)).toEqual([
      expect.stringMatching(/^open \|permessage-deflate/),
      `message ${text.length}`,
      "message short",
      `message ${text.length}`,
      "close 1000  true",
    ]);
    expect(requests.map(({ httpVersion }) => httpVersion)).toEqual(["2.0"]);
  });

  it("shares the session with others, each with messages of its own", async () => {
    const site = await openSite({ onConnection: echo });
    const { page, port, pageSessions, sessions } = site;
    const scripts = Array.from({ length: 10 }, (_, index): Script => {
      return { port, send: [`${index}a`, `${index}b`], close: [3000 + index, ""] };
    });
    const plays = await Promise.all(scripts.map((script) => page.evaluate(playInPage, script)));
    expect(plays).toEqual(
      scripts.map((_, index) => [
        "open |",
        `message ${index}a`,
        `message ${index}b`,
        `close ${3000 + index}  true`,
      ]),
    );
    expect(sessions).toHaveLength(10);
    expect(sessions.every((session) => session === pageSessions[0])).toBe(true);
  });

  const ends: [string, (connection: Connection) => void, string[]][] = [
    [
      "a code and a reason",
      (connection) => connection.close(4001, "not now"),
      ["open |", "message hello", "close 4001 not now true"],
    ],
    [
      "no code",
      (connection) => connection.close(),
      ["open |", "message hello", "close 1005  true"],
    ],
    [
      "a reset of the stream",
      (connection) => connection.terminate(),
      ["open |", "message hello", "close 1006  false"],
    ],
  ];
  it.each(ends)("is told of the server's end with %s [RFC8441-5-9]", async (_name, act, events) => {
    const { page, port } = await openSite({
      onConnection: (connection) => {
        echo(connection);
        connection.onMessage((message) => message === "end" && act(connection));
      },
    });
    // What a reset overtakes is lost: the first answer has to be there before.
    const script: Script = { port, send: ["hello", "end", ""], inTurn: true, close: [1000, ""] };
    const played = await page.evaluate(playInPage, script);
    expect(played.filter((event) => event !== "message end")).toEqual(events);
  });

  it("is told 1001 when the server shuts down, and refused with an error afterwards", async () => {
    const { page, port, server } = await openSite();
    const opened = new Promise((resolve) => {
      server.onConnection(resolve);
    });
    const script: Script = { port, send: [], close: [1000, ""] };
    const played = page.evaluate(playInPage, script);
    await opened;
    await server.shutdown();
    expect(await played).toEqual(["open |", "close 1001  true"]);
    expect(await page.evaluate(playInPage, script)).toEqual(["error", "close 1006  false"]);
  });

  it("is HTTP/1.1 to a port that it has no session with, and HTTP/2 once it has", async () => {
    const { page } = await openSite();
    const { server: httpServer, port } = await secureServer((_request, response) => {
      response.end("here");
    });
    const versions: string[] = [];
    const server = new WebSocketServer({ allowedOrigins: "any", onConnection: echo });
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    server.onConnection((_connection, { httpVersion }) => void versions.push(httpVersion));
    server.attach(httpServer);
    const script: Script = { port, send: ["hello"], close: [1000, ""] };
    const expected = ["open |", "message hello", "close 1000  true"];
    expect(await page.evaluate(playInPage, script)).toEqual(expected);
    await page.evaluate(
      async (url) => void (await fetch(url, { mode: "no-cors", credentials: "include" })),
      `https://localhost:${port}/`,
    );
    expect(await page.evaluate(playInPage, script)).toEqual(expected);
    expect(versions).toEqual(["1.1", "2.0"]);
  });
});

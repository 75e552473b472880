// `tautline check`, from the command line to the report.
import { once } from "node:events";
import { connect as connectTcp, createServer } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocketServer, connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { FakeTerminal } from "../fake-terminal.ts";

const servers: WebSocketServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
});

function echo(connection: Connection): void {
  connection.onMessage((message) => void connection.send(message));
}

async function serve(
  onConnection: (connection: Connection) => void,
  http2 = false,
): Promise<string> {
  const server = new WebSocketServer({ onConnection, http2 });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

/** Opens for those alone who have a token, a subprotocol and an origin that it knows. */
async function guarded(http2: boolean): Promise<string> {
  const server = new WebSocketServer({
    http2,
    subprotocols: ["chat"],
    allowedOrigins: ["https://a.test"],
    onHandshake: ({ headers, offeredSubprotocols }) =>
      headers["authorization"] === "Bearer t" && offeredSubprotocols.includes("chat")
        ? undefined
        : new Response(null, { status: 401 }),
    onConnection: echo,
  });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

/** A server that takes any request: it makes a good one of it. */
async function openToAll(): Promise<string> {
  const inner = new URL(await serve(echo));
  const server = createServer((socket) => {
    const onward = connectTcp(Number(inner.port), inner.hostname);
    const over = (): void => void onward.destroy();
    socket.on("error", over).on("close", over);
    onward.on("error", () => socket.destroy()).pipe(socket);
    socket.once("data", (head: Buffer) => {
      onward.write(head.toString("latin1").replace(/^[A-Z]+ /, "GET "), "latin1");
      socket.pipe(onward);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "tautline-check-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function check(args: readonly string[], tty = false) {
  const terminal = new FakeTerminal({ tty });
  const code = await runProgram(["check", ...args], terminal);
  return { code, terminal };
}

describe("checking a server", () => {
  it("passes one that does all things right, and says so in one line", async () => {
    const { code, terminal } = await check([await serve(echo), "--only", "1,2,5"]);
    expect(code).toBe(0);
    expect(terminal.out).toMatch(
      /^PASS server ws:\/\/127\.0\.0\.1:\d+\/: 47 cases, 47 pass, 0 fail, in \d+\.\d s\n$/,
    );
    expect(terminal.err).toBe("");
  });

  it("fails one that does not: what was expected, what came, and where it is written", async () => {
    const url = await serve((connection) => {
      connection.onMessage((message) => {
        connection.send(typeof message === "string" ? message : "not bytes");
      });
    });
    const { code, terminal } = await check([url, "--only", "1.2.2"]);
    expect(code).toBe(1);
    expect(terminal.out).toContain(`fail 1.2.2 A binary message of 125 bytes, comes back
  why       what came back is not what is due
  expected  a binary message of 125 bytes: fe fe`);
    expect(terminal.out).toContain("  came      a text message of 9 bytes: “not bytes”; the Close");
    expect(terminal.out).toContain("  see       RFC 6455 §6.1");
    expect(terminal.out).toContain("1 case, 0 pass, 1 fail");
  });

  it("skips what the server says by itself at the beginning", async () => {
    const url = await serve((connection) => {
      connection.send("Welcome!");
      echo(connection);
    });
    expect((await check([url, "--only", "1.1.2,6.4.1"])).code).toBe(0);
  });

  it("plays the cases about the opening handshake, and tells which rule is broken", async () => {
    expect((await check([await serve(echo), "--only", "14"])).code).toBe(0);
    const { code, terminal } = await check([await openToAll(), "--only", "1.1.2,14.2.1"]);
    expect(code).toBe(1);
    expect(terminal.out).toContain(`fail 14.2.1 POST
  why       the handshake is accepted
  expected  an HTTP status of 400 or above
  came      status 101
  see       RFC 6455 §4.2.1`);
  });

  it.each([
    { over: "HTTP/1.1", more: ["--only", "1.1.2,14"] },
    { over: "HTTP/2", more: ["--only", "1.1.2,12.1.1", "--http2"] },
  ])("sends what the server wants in each request over $over", async ({ more }) => {
    const url = await guarded(more.includes("--http2"));
    const wishes = ["-p", "chat", "-H", "Authorization: Bearer t", "--origin", "https://a.test"];
    const { code, terminal } = await check([url, ...wishes, ...more]);
    expect(terminal.out).toMatch(/^PASS/mu);
    expect(code).toBe(0);
    const refused = await check([url, ...wishes.slice(2), ...more]);
    expect(refused.terminal.err).toContain("the opening handshake failed");
    expect(refused.code).toBe(1);
  });

  it.each([
    { args: ["-H", "Host: a.test"], says: "Host is set by the handshake" },
    { args: ["-H", "Authorization"], says: "--header takes 'Name: value'" },
    { args: ["-p", "no token"], says: "no token" },
    { args: ["--origin", "https://a.test\r\nX-More: 1"], says: "Origin" },
    { args: ["--origin", "https://a.test", "-H", "origin: null"], says: "one Origin" },
    { args: ["--client", "-p", "chat"], says: "--subprotocol is for checking a server" },
  ])("refuses $args", async ({ args, says }) => {
    const url = args.includes("--client") ? [] : ["ws://localhost:1/"];
    const { code, terminal } = await check([...url, ...args]);
    expect(code).toBe(2);
    expect(terminal.err).toContain(says);
  });

  it("works over HTTP/2", async () => {
    const url = await serve(echo, true);
    expect((await check([url, "--only", "1.1.2,12.1.1", "--http2"])).code).toBe(0);
  });

  it("shows how far it is on a terminal, and in colour", async () => {
    const { terminal } = await check([await serve(echo), "--only", "2"], true);
    expect(terminal.err).toContain("100%");
    expect(terminal.err).toContain("11 of 11");
    // The bar is gone before the summary stands.
    expect(terminal.err.endsWith("\r\u001b[K")).toBe(true);
    expect(terminal.out).toContain("\u001b[32mPASS\u001b[39m");
  });

  it("writes the report as JSON and as a page that stands by itself", async () => {
    const at = await folder();
    const [json, html] = [join(at, "report.json"), join(at, "report.html")];
    const url = await serve(echo);
    const { code } = await check([url, "--only", "1.1,12.1.1", "--json", json, "--html", html]);
    expect(code).toBe(0);
    const report: unknown = JSON.parse(await readFile(json, "utf8"));
    expect(report).toMatchObject({
      subject: { role: "server", address: url },
      full: false,
      good: true,
      counts: { pass: 8, notice: 0, "not applicable": 1, "not played": 0, fail: 0 },
    });
    expect(report).toHaveProperty("cases.1", {
      id: "1.1.2",
      section: "1.1",
      title: "A text message of 125 bytes, comes back",
      verdict: "pass",
      because: null,
      expected: `a text message of 125 bytes: “${"*".repeat(32)}…”; the tester closes, and the peer answers its Close frame`,
      received: `a text message of 125 bytes: “${"*".repeat(32)}…”; the Close frame was answered with 1000`,
      rules: ["RFC 6455 §6.1", "RFC 6455 §6.2", "RFC 6455 §5.2"],
    });
    const page = await readFile(html, "utf8");
    expect(page).toContain("permessage-deflate was not agreed on");
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=|url\(/);
  });

  it("writes nothing but JSON to standard output with --json -", async () => {
    const { terminal } = await check([await serve(echo), "--only", "1.1.1", "--json", "-"]);
    expect(JSON.parse(terminal.out)).toMatchObject({ good: true });
    expect(terminal.err).toContain("PASS");
  });

  it("says what is in the way when there is nothing to check", async () => {
    const mute = await check([await serve((connection) => connection.close(1000))]);
    expect(mute.code).toBe(1);
    expect(mute.terminal.err).toMatch(/cannot check ws:.*: it does not send back what it gets/);
    const closed = await serve(echo);
    await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
    const nobody = await check([closed]);
    expect(nobody.code).toBe(1);
    expect(nobody.terminal.err).toContain("nothing listens there");
    const nowhere = await check([await serve(echo), "--only", "1.1.1", "--json", "/nowhere/x"]);
    expect(nowhere.code).toBe(1);
    expect(nowhere.terminal.err).toContain("cannot write '/nowhere/x' (ENOENT)");
  });

  it("reports what it has when it is interrupted", async () => {
    const terminal = new FakeTerminal();
    let seen = 0;
    const url = await serve((connection) => {
      seen += 1;
      if (seen === 5) terminal.signal("SIGINT");
      echo(connection);
    });
    expect(await runProgram(["check", url, "--only", "1,2", "--at-once", "1"], terminal)).toBe(1);
    expect(terminal.out).toMatch(/27 cases, 4 pass, 23 not played, 0 fail/);
  });
});

/** Echoes until the connection is over. */
async function echoAt(url: string): Promise<void> {
  const connection = await connect(url);
  echo(connection);
  await connection.closed;
}

async function listening(args: readonly string[]) {
  const terminal = new FakeTerminal();
  const end = runProgram(["check", "--client", "--port", "0", ...args], terminal);
  await terminal.complained("Ctrl-C ends the run.");
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+/.exec(terminal.err) ?? [];
  return { terminal, end, url };
}

describe("checking a client", () => {
  it("plays a case to each connection, and ends with the last", async () => {
    const { terminal, end, url } = await listening(["--only", "2"]);
    for (let count = 0; count < 11; count++) await echoAt(`${url}/`);
    expect(await end).toBe(0);
    expect(terminal.out).toContain(`PASS client at ${url}: 11 cases, 11 pass, 0 fail`);
  });

  it("plays the cases about the opening handshake, and tells which rule is broken", async () => {
    const { terminal, end, url } = await listening(["--only", "15.1.1,15.3.1,15.3.13"]);
    await echoAt(`${url}/`);
    await expect(echoAt(`${url}/`)).rejects.toThrow("200");
    // A client that takes whatever comes.
    const socket = connectTcp(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    // "ok", masked with zeros.
    socket.end(Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x6f, 0x6b));
    expect(await end).toBe(1);
    expect(terminal.out).toContain(`fail 15.3.13 The accept key of another key
  why       the handshake is accepted
  expected  the client closes the TCP connection and sends nothing
  came      a text message of 2 bytes: “ok”`);
    expect(terminal.out).toContain("3 cases, 2 pass, 1 fail");
  });

  it("lets a client that follows the redirect use up one case", async () => {
    const { end, url } = await listening(["--only", "15.3.3,15.3.4"]);
    const connection = await connect(`${url}/`, { maxRedirects: 1 });
    echo(connection);
    expect(await connection.closed).toMatchObject({ code: 1000 });
    await expect(echoAt(`${url}/`)).rejects.toThrow("401");
    expect(await end).toBe(0);
  });

  it("lets no request that is none of a WebSocket use up a case", async () => {
    const { end, url } = await listening(["--only", "15.1.1"]);
    const response = await fetch(`${url.replace("ws:", "http:")}/favicon.ico`);
    expect(response.status).toBe(426);
    await echoAt(`${url}/`);
    expect(await end).toBe(0);
  });

  it("has the addresses of Autobahn's fuzzing server", async () => {
    const { terminal, end, url } = await listening(["--only", "5"]);
    const told: unknown[] = [];
    for (const path of ["/getCaseCount", "/getCaseInfo?case=3"]) {
      const connection = await connect(url + path);
      connection.onMessage((message) => told.push(message));
      await connection.closed;
    }
    await echoAt(`${url}/runCase?case=3&agent=test`);
    const status = await connect(`${url}/getCaseStatus?case=3&agent=test`);
    status.onMessage((message) => told.push(message));
    await status.closed;
    expect(told).toEqual([
      "20",
      JSON.stringify({ id: "5.3", description: "A text message in two fragments, in one write" }),
      JSON.stringify({ behavior: "OK" }),
    ]);
    await echoAt(`${url}/updateReports?agent=test`);
    expect(await end).toBe(1);
    expect(terminal.out).toContain("20 cases, 1 pass, 19 not played, 0 fail");
  });

  it("ends when no client comes", async () => {
    const { terminal, end } = await listening(["--only", "1.1.1", "--idle", "0.01"]);
    expect(await end).toBe(1);
    expect(terminal.out).toContain("1 case, 0 pass, 1 not played, 0 fail");
  });

  it("ends at Ctrl-C, and says when the port is taken", async () => {
    const { terminal, end } = await listening(["--only", "1.1.1"]);
    terminal.signal("SIGINT");
    expect(await end).toBe(1);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = String(typeof address === "object" ? address?.port : 0);
    const taken = await check(["--client", "--port", port]);
    expect(taken.code).toBe(1);
    expect(taken.terminal.err).toContain(`port ${port} is taken. Choose another: --port`);
  });
});

describe("--list", () => {
  it("shows cases and plays none", async () => {
    const { code, terminal } = await check(["--list", "--only", "5.1,5.2"]);
    expect(code).toBe(0);
    expect(terminal.out).toBe(
      "5.1      A ping in two fragments\n5.2      A pong in two fragments\n",
    );
  });

  it.each([
    { flags: [], count: 517 + 41 },
    // Those about the opening handshake are for HTTP/1.1, and clients have their own.
    { flags: ["--client"], count: 517 + 71 },
    { flags: ["--http2"], count: 517 },
  ])("knows all $count ($flags)", async ({ flags, count }) => {
    const { terminal } = await check(["--list", ...flags]);
    expect(terminal.out.trimEnd().split("\n")).toHaveLength(count);
  });
});

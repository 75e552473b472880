import type { Socket } from "node:net";
import { connect } from "@tautline/node";
import type { Connection, ConnectOptions } from "@tautline/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { httpProxy, socksProxy } from "../proxies.ts";
import { certificate, echo, next, open, serve, tcpServer } from "../servers.ts";

const secure = { tls: certificate };
const trusting = { tls: { ca: certificate.cert } };

async function isEchoed(client: Connection): Promise<boolean> {
  // Far more than one read of any socket on the way.
  const text = "through and back ".repeat(20_000);
  client.send(text);
  return (await next(client)) === text;
}

const failure = (url: string, options: ConnectOptions): Promise<unknown> =>
  connect(url, options).then(
    () => expect.unreachable("it connected"),
    (error: unknown) => error,
  );

describe("an HTTP proxy [RFC6455-4.1-7]", () => {
  it("is asked for host and port by name, and carries ws: and wss:", async () => {
    for (const tls of [false, true]) {
      const { port } = await serve({ ...(tls ? secure : {}), onConnection: echo });
      const proxy = await httpProxy({ port });
      const url = tls ? "wss://localhost/room" : "ws://far.example/room";
      const client = await open(url, { ...trusting, proxy: `http://127.0.0.1:${proxy.port}` });
      expect(await isEchoed(client)).toBe(true);
      expect(client.encrypted).toBe(tls);
      const place = tls ? "localhost:443" : "far.example:80";
      expect(proxy.asked).toEqual([`${place} ${place}`]);
      client.close(1000);
      expect(await client.closed).toMatchObject({ code: 1000, wasClean: true });
    }
  });

  it("can be spoken to inside TLS, with TLS to the server inside that", async () => {
    for (const tls of [false, true]) {
      const { port, server } = await serve({ ...(tls ? secure : {}), onConnection: echo });
      const proxy = await httpProxy({ port, tls: true });
      const client = await open(`${tls ? "wss" : "ws"}://localhost:${port}/`, {
        ...trusting,
        proxy: new URL(`https://localhost:${proxy.port}`),
        proxyTls: { ca: certificate.cert },
      });
      expect(await isEchoed(client)).toBe(true);
      const [accepted] = server.connections;
      client.terminate();
      expect(await accepted!.closed).toMatchObject({ code: 1006 });
    }
  });

  it.each([undefined, null])(
    "of https: whose certificate does not verify is refused, with rejectUnauthorized %s",
    async (rejectUnauthorized) => {
      const { port } = await serve();
      const proxy = await httpProxy({ port, tls: true });
      const error = await failure("ws://localhost/", {
        proxy: `https://localhost:${proxy.port}`,
        proxyTls: { rejectUnauthorized } as object,
      });
      expect(error).toMatchObject({ cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
      expect(proxy.asked).toEqual([]);
    },
  );

  it("is given the user and password of its URL, and the server is not", async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      onConnection: (_connection, { headers }) => {
        seen.push(headers.authorization, headers["proxy-authorization"]);
      },
    });
    const proxy = await httpProxy({ port, credentials: "us:é" });
    const url = `http://us:%C3%A9@127.0.0.1:${proxy.port}`;
    await open("ws://[2001:db8::1]:81/", { proxy: url });
    const basic = Buffer.from("us:é").toString("base64");
    expect(proxy.asked).toEqual([`[2001:db8::1]:81 [2001:db8::1]:81 Basic ${basic}`]);
    expect(seen).toEqual([undefined, undefined]);
    expect(
      await failure("ws://a.example/", { proxy: `http://127.0.0.1:${proxy.port}` }),
    ).toMatchObject({ name: "ConnectionFailed", code: "CONNECTION_PROXY", message: /status 407/ });
  });

  it("keeps what the server says in the packet of the proxy's answer", async () => {
    const port = await tcpServer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 418 Early\r\nContent-Length: 0\r\n\r\n");
      });
    });
    const error = await failure("ws://a.example/", { proxy: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ code: "CONNECTION_HANDSHAKE_REFUSED", status: 418 });
  });

  it.each([
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["says no", "HTTP/1.1 502 Bad Gateway\r\n\r\n"],
    ["sends a redirect", "HTTP/1.1 302 Found\r\nLocation: ws://b.example/\r\n\r\n"],
    ["never ends", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}`],
    ["is news without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)],
  ])("whose answer %s fails the attempt", async (_name, answer) => {
    const port = await tcpServer((socket) => void socket.once("data", () => socket.write(answer)));
    const options = { proxy: `http://127.0.0.1:${port}`, maxRedirects: 5 };
    expect(await failure("ws://a.example/", options)).toMatchObject({ code: "CONNECTION_PROXY" });
  });
});

describe("a SOCKS5 proxy [RFC6455-4.1-7]", () => {
  it.each([
    ["ws://far.example/", "far.example 80"],
    ["ws://10.1.2.3:82/", "0a010203 82"],
    ["ws://[2001:db8::1:2]/", "20010db8000000000000000000010002 80"],
    ["ws://[::]/", "00000000000000000000000000000000 80"],
    ["ws://[1:2:3:4:5:6:7:8]/", "00010002000300040005000600070008 80"],
  ])("is asked for the way to %s", async (url, place) => {
    const { port } = await serve({ onConnection: echo });
    const proxy = await socksProxy({ port });
    const client = await open(url, { proxy: `socks5://127.0.0.1:${proxy.port}` });
    expect(await isEchoed(client)).toBe(true);
    expect(proxy.asked).toEqual([place]);
  });

  it("carries TLS, after user and password", async () => {
    const { port } = await serve({ ...secure, onConnection: echo });
    const proxy = await socksProxy({ port, credentials: "user:p:w" });
    const url = `socks5h://user:p%3Aw@127.0.0.1:${proxy.port}`;
    const client = await open("wss://localhost/", { ...trusting, proxy: url });
    expect(await isEchoed(client)).toBe(true);
    expect(proxy.asked).toEqual(["user:p:w", "localhost 443"]);
  });

  it.each([
    ["wants credentials and gets none", "", { credentials: "a:b" }, /no authentication method/],
    ["does not like them", "a:c@", { credentials: "a:b" }, /not accepted/],
    ["cannot send names so long", `${"a".repeat(256)}@`, { credentials: "a:b" }, /255/],
    ["is refused by the server", "", { reply: 5 }, /connection refused/],
    ["has a reason of its own", "", { reply: 99 }, /reply 99/],
  ])("that %s fails the attempt", async (_name, user, script, message) => {
    const proxy = await socksProxy({ port: 9, ...script });
    const options = { proxy: `socks5://${user}127.0.0.1:${proxy.port}` };
    expect(await failure("ws://a.example/", options)).toMatchObject({
      code: "CONNECTION_PROXY",
      message,
    });
  });

  it.each([
    ["another version", [4, 0]],
    ["another version in the reply", [5, 0, 4, 0, 0, 1]],
    ["an unknown kind of address", [5, 0, 5, 0, 0, 9]],
  ])("that answers with %s fails the attempt", async (_name, bytes) => {
    const port = await tcpServer((socket) => {
      socket.once("data", () => socket.write(Buffer.from(bytes)));
    });
    const options = { proxy: `socks5://127.0.0.1:${port}` };
    expect(await failure("ws://a.example/", options)).toMatchObject({ code: "CONNECTION_PROXY" });
  });
});

describe("an attempt through any proxy", () => {
  it("fails when nobody is there, or the proxy goes away or says nothing", async () => {
    const { server, port: gone } = await serve();
    await server.shutdown();
    const cut = await tcpServer((socket) => void socket.once("data", () => socket.end()));
    const silent = await tcpServer((socket) => void socket.resume());
    for (const scheme of ["http", "https", "socks5"]) {
      const through = (port: number): ConnectOptions => ({
        proxy: `${scheme}://127.0.0.1:${port}`,
        connectTimeoutMs: 60,
      });
      expect(await failure("ws://a.example/", through(gone))).toMatchObject({
        code: "CONNECTION_UNREACHABLE",
      });
      expect(
        await failure("ws://a.example/", { ...through(cut), connectTimeoutMs: 10_000 }),
      ).toMatchObject({
        code: "CONNECTION_UNREACHABLE",
      });
      expect(await failure("ws://a.example/", through(silent))).toMatchObject({
        code: "CONNECTION_CONNECT_TIMEOUT",
      });
    }
  });

  it("waits for others to the same name, and not for those to another [RFC6455-4.1-5]", async () => {
    const held: (() => void)[] = [];
    const asked: string[] = [];
    let wake: (() => void) | undefined;
    const port = await tcpServer((socket) => {
      socket.once("data", (request: Buffer) => {
        asked.push(/CONNECT (\S+)/.exec(request.toString())![1]!);
        held.push(() => socket.end("HTTP/1.1 502 No\r\n\r\n"));
        wake?.();
      });
    });
    const until = async (count: number): Promise<void> => {
      while (asked.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const options = { proxy: `http://127.0.0.1:${port}` };
    const ends = ["a", "a", "b"].map((name) => failure(`ws://${name}.example/`, options));
    await until(2);
    expect(asked.toSorted()).toEqual(["a.example:80", "b.example:80"]);
    held[asked.indexOf("a.example:80")]!();
    await until(3);
    expect(asked.filter((place) => place === "a.example:80")).toHaveLength(2);
    for (const letGo of held) letGo();
    await Promise.all(ends);
  });

  const breaks: [string, (socket: Socket) => void][] = [
    ["is reset", (socket) => void socket.resetAndDestroy()],
    ["ends", (socket) => void socket.end()],
    ["sends garbage", (socket) => void socket.write("x".repeat(1000))],
  ];
  it.each(breaks)("gave a connection that is over when the proxy %s", async (_name, cut) => {
    for (const [kind, tls] of [
      ["http", false],
      ["http", true],
      ["https", false],
      ["https", true],
      ["socks5", true],
    ] as const) {
      const { port } = await serve(tls ? secure : {});
      const proxy = await (kind === "socks5"
        ? socksProxy({ port })
        : httpProxy({ port, tls: kind === "https" }));
      const client = await open(`${tls ? "wss" : "ws"}://localhost/`, {
        ...trusting,
        proxy: `${kind}://localhost:${proxy.port}`,
        proxyTls: { ca: certificate.cert },
      });
      const [carrier] = proxy.sockets;
      cut(carrier!);
      const { wasClean } = await client.closed;
      expect(wasClean, `${kind} ${tls}`).toBe(false);
    }
  });

  it.each([
    ["ftp://a.example", "USAGE_PROXY"],
    ["a.example:80", "USAGE_PROXY"],
    ["", "USAGE_PROXY"],
    ["http://us%ff@a.example", "USAGE_PROXY"],
  ])("is not begun for the proxy %j", async (proxy, code) => {
    expect(await failure("ws://localhost/", { proxy })).toMatchObject({ name: "UsageError", code });
  });

  it("is not begun when a socketPath is given too", async () => {
    expect(
      await failure("ws://localhost/", { proxy: "http://localhost", socketPath: "/a" }),
    ).toMatchObject({ code: "USAGE_OPTION" });
  });

  it("never tells the password of a proxy in an error", async () => {
    const error = (await failure("ws://a/", { proxy: "gopher://u:secret@h" })) as Error;
    expect(`${error.message} ${String(error.cause)}`).not.toContain("secret");
  });
});

describe("the environment's proxy", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is used when it is asked for, and only then", async () => {
    const { port } = await serve();
    const proxy = await httpProxy({ port });
    for (const name of ["HTTP_PROXY", "http_proxy"]) {
      vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
    }
    for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
    await open(`ws://127.0.0.1:${port}/`);
    expect(proxy.asked).toEqual([]);
    await open(`ws://127.0.0.1:${port}/`, { proxy: "environment" });
    expect(proxy.asked).toHaveLength(1);
    for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, `127.0.0.1:${port}`);
    await open(`ws://127.0.0.1:${port}/`, { proxy: "environment" });
    expect(proxy.asked).toHaveLength(1);
  });
});

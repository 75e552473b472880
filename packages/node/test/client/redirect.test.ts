import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { HandshakeRefused, connect } from "@tautline/node";
import type { ConnectOptions } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { certificate, open, serve, tcpServer } from "../servers.ts";

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const clientIdentity = { cert: fixture("client-cert.pem"), key: fixture("client-key.pem") };
const trusting = { tls: { ca: certificate.cert } };

/** A server that answers every request with a redirect. */
async function redirecting(
  location: string | readonly string[] | ((request: IncomingMessage) => string),
  { status = 302, secure = false } = {},
): Promise<{ port: number; requests: IncomingMessage[]; secrets: unknown[] }> {
  const requests: IncomingMessage[] = [];
  const secrets: unknown[] = [];
  const answer: RequestListener = (request, response) => {
    requests.push(request);
    secrets.push(secretsOf(request));
    const value = typeof location === "function" ? location(request) : location;
    response.writeHead(status, { Location: value as string, Connection: "close" }).end();
  };
  const tls = { ...certificate, requestCert: true, rejectUnauthorized: false };
  const server = secure ? createHttpsServer(tls, answer) : createHttpServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, requests, secrets };
}

const failure = (url: string, options: ConnectOptions): Promise<unknown> =>
  connect(url, options).then(
    () => expect.unreachable("it connected"),
    (error: unknown) => error,
  );

/** What of the secrets has come along. */
function secretsOf({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): unknown {
  return {
    authorization: headers.authorization,
    cookie: headers.cookie,
    other: headers["x-other"],
    certificate: socket instanceof TLSSocket && Object.keys(socket.getPeerCertificate()).length > 0,
  };
}

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])(
    "with %i are followed when that is asked for",
    async (status) => {
      const targets: string[] = [];
      const { port } = await serve({ onConnection: (_c, { target }) => void targets.push(target) });
      const { port: first } = await redirecting(`http://127.0.0.1:${port}/there?a=b#part`, {
        status,
      });
      await open(`ws://127.0.0.1:${first}/`, { maxRedirects: 1 });
      expect(targets).toEqual(["/there?a=b"]);
    },
  );

  it("are the caller's business otherwise", async () => {
    const { port, requests } = await redirecting("/elsewhere");
    const error = await failure(`ws://127.0.0.1:${port}/`, {});
    expect(error).toBeInstanceOf(HandshakeRefused);
    expect(error).toMatchObject({ status: 302 });
    expect((error as HandshakeRefused).headers.values("location")).toEqual(["/elsewhere"]);
    expect(requests).toHaveLength(1);
  });

  it("end where maxRedirects says, which is 5 at most", async () => {
    const { port, requests } = await redirecting(({ url }) => `${url}x`);
    const error = await failure(`ws://127.0.0.1:${port}/`, { maxRedirects: 5 });
    expect(error).toMatchObject({ code: "CONNECTION_HANDSHAKE_REFUSED", status: 302 });
    expect(requests.map(({ url }) => url)).toEqual(["/", "/x", "/xx", "/xxx", "/xxxx", "/xxxxx"]);
    for (const maxRedirects of [6, -1, 1.5]) {
      expect(await failure("ws://localhost/", { maxRedirects })).toMatchObject({
        code: "USAGE_OPTION",
      });
    }
  });

  it("count against connectTimeoutMs", async () => {
    const silent = await tcpServer((socket) => void socket.resume());
    const { port, requests } = await redirecting(`ws://127.0.0.1:${silent}/`);
    const options = { maxRedirects: 5, connectTimeoutMs: 200 };
    expect(await failure(`ws://127.0.0.1:${port}/`, options)).toMatchObject({
      code: "CONNECTION_CONNECT_TIMEOUT",
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["no location", []],
    ["two", ["/a", "/b"]],
    ["one that is no URL", "http://[/"],
    ["one of another scheme", "ftp://127.0.0.1/"],
    ["one of a script", "javascript:alert(1)"],
  ])("with %s are not followed", async (_name, location) => {
    const { port, requests } = await redirecting(location);
    const error = await failure(`ws://127.0.0.1:${port}/`, { maxRedirects: 5 });
    expect(error).toMatchObject({ status: 302 });
    expect(requests).toHaveLength(1);
  });

  it("with a status that is none are not followed", async () => {
    const { port } = await redirecting("/a", { status: 300 });
    expect(await failure(`ws://127.0.0.1:${port}/`, { maxRedirects: 5 })).toMatchObject({
      status: 300,
    });
  });

  it.each(["ws", "http"])("never lead from wss: to %s:", async (scheme) => {
    const { port: plain, server } = await serve();
    const { port } = await redirecting(`${scheme}://127.0.0.1:${plain}/`, { secure: true });
    const error = await failure(`wss://127.0.0.1:${port}/`, { ...trusting, maxRedirects: 5 });
    expect(error).toMatchObject({ status: 302 });
    expect(server.connections.size).toBe(0);
  });

  it("stay on a socketPath, and are not followed away from it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "taut-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "socket");
    const targets: (string | undefined)[] = [];
    const server = createHttpServer(({ url }, response) => {
      targets.push(url);
      const location = url === "/" ? "/next" : "ws://other.example/";
      response.writeHead(302, { Location: location, Connection: "close" }).end();
    });
    onTestFinished(() => void server.close());
    server.listen(path);
    await once(server, "listening");
    const error = await failure("ws://one.example/", { socketPath: path, maxRedirects: 5 });
    expect(error).toMatchObject({ status: 302 });
    expect(targets).toEqual(["/", "/next"]);
  });
});

describe("secrets", () => {
  const secrets: ConnectOptions = {
    tls: { ...trusting.tls, ...clientIdentity },
    headers: { cookie: "a=b", "X-Other": "kept" },
    maxRedirects: 5,
  };
  const all = { authorization: "Basic dTpw", cookie: "a=b", other: "kept", certificate: true };
  const none = { authorization: undefined, cookie: undefined, other: "kept", certificate: false };

  it("come along to the same scheme, host and port", async () => {
    const { port, secrets: heard } = await redirecting(({ url }) => `${url}x`, { secure: true });
    await failure(`wss://u:p@127.0.0.1:${port}/`, { ...secrets, maxRedirects: 1 });
    expect(heard).toEqual([all, all]);
  });

  it.each(["127.0.0.1", "localhost", "x:y@127.0.0.1"])(
    "stay behind where the port, or the host too, is another: %s",
    async (host) => {
      const seen: unknown[] = [];
      const { port } = await serve({
        tls: { ...certificate, requestCert: true, rejectUnauthorized: false },
        onConnection: (_connection, request) => void seen.push(secretsOf(request.raw)),
      });
      const first = await redirecting(`wss://${host}:${port}/`, { secure: true });
      await open(`wss://u:p@127.0.0.1:${first.port}/`, secrets);
      expect(seen).toEqual([none]);
    },
  );

  it("do not come back when a redirect leads home", async () => {
    const seen: unknown[] = [];
    const home = await redirecting(
      (request) => {
        seen.push(request.headers.authorization);
        return request.url === "/" ? `http://127.0.0.1:${away.port}/` : "/end";
      },
      { status: 307 },
    );
    const away = await redirecting(() => `http://127.0.0.1:${home.port}/home`);
    await failure(`ws://u:p@127.0.0.1:${home.port}/`, { maxRedirects: 2 });
    expect(seen).toEqual(["Basic dTpw", undefined]);
  });
});

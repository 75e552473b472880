import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer, connect } from "@tautline/node";
import type { ServerOptions } from "@tautline/node";
import { expect, it, onTestFinished } from "vitest";
import { certificate, echo, next, open } from "./servers.ts";

/** A place for a socket: a short path in a folder of its own, or the name of a pipe. */
function socketPlace(): string {
  const folder = mkdtempSync(join(tmpdir(), "taut-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const name = join(folder, "socket");
  return process.platform === "win32" ? `\\\\.\\pipe\\${name.replaceAll(/[\\/:]/g, "-")}` : name;
}

function newServer(options: ServerOptions = {}): WebSocketServer {
  const server = new WebSocketServer(options);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  return server;
}

it("carries a connection, with the path and the host of the URL", async () => {
  const seen: unknown[] = [];
  const server = newServer({
    onConnection: (connection, { target, headers, remoteAddress }) => {
      seen.push(target, headers.host, remoteAddress, connection.remoteAddress);
      echo(connection);
    },
  });
  const path = socketPlace();
  expect(await server.listen({ path })).toBe(path);
  const client = await open("ws://inside.example/room?a=b", { socketPath: path });
  client.send("through a file");
  expect(await next(client)).toBe("through a file");
  expect(seen).toEqual(["/room?a=b", "inside.example", undefined, undefined]);
});

it("carries TLS, with the name of the URL verified", async () => {
  const server = newServer({ tls: certificate, onConnection: echo });
  const path = socketPlace();
  await server.listen({ path });
  const options = { socketPath: path, tls: { ca: certificate.cert } };
  const client = await open("wss://localhost/", options);
  client.send("sealed");
  expect(await next(client)).toBe("sealed");
  expect(client.encrypted).toBe(true);
  await expect(connect("wss://other.example/", options)).rejects.toMatchObject({
    code: "CONNECTION_UNREACHABLE",
    cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
  });
});

it("is looked for in vain where nobody listens, whatever is behind the URL's host", async () => {
  const connecting = connect("ws://127.0.0.1/", { socketPath: socketPlace() });
  await expect(connecting).rejects.toMatchObject({
    code: "CONNECTION_UNREACHABLE",
    cause: { code: "ENOENT" },
  });
});

it("cannot be had twice, and is gone when the server is", async () => {
  const path = socketPlace();
  const server = newServer();
  await server.listen({ path });
  await expect(newServer().listen({ path })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await server.shutdown();
  expect(existsSync(path)).toBe(false);
});

it("is not opened for a signal that is aborted already", async () => {
  const path = socketPlace();
  const signal = AbortSignal.abort(new Error("no longer wanted"));
  await expect(newServer().listen({ path, signal })).rejects.toThrow("no longer wanted");
  expect(existsSync(path)).toBe(false);
});

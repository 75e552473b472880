import { createServer } from "node:http";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { RawClient, open, serve, upgradeRequest } from "../servers.ts";

describe("shutdown", () => {
  it("closes every connection with 1001, and then the port", async () => {
    const { server, url, port } = await serve();
    const ends = [];
    for (let index = 0; index < 5; index += 1) ends.push((await open(url)).closed);
    await server.shutdown();
    for (const end of await Promise.all(ends)) {
      expect(end).toMatchObject({ code: 1001, wasClean: true });
    }
    expect(server.connections.size).toBe(0);
    const socket = connectTcp(port, "127.0.0.1");
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  });

  it("spreads the Close frames over spreadMs, in the order the connections came", async () => {
    const { server, url } = await serve();
    const times: number[] = [];
    const order: number[] = [];
    const ends = [];
    for (let index = 0; index < 4; index += 1) {
      const client = await open(url);
      client.onClose(() => {
        times.push(performance.now());
        order.push(index);
      });
      ends.push(client.closed);
    }
    const start = performance.now();
    await server.shutdown({ spreadMs: 80 });
    await Promise.all(ends);
    expect(order).toEqual([0, 1, 2, 3]);
    for (const [index, time] of times.entries()) {
      expect(time - start).toBeGreaterThanOrEqual(index * 20 - 1);
    }
  });

  it("tells code and reason", async () => {
    const { server, url } = await serve();
    const client = await open(url);
    await server.shutdown({ code: 1012, reason: "back soon" });
    expect(await client.closed).toMatchObject({ code: 1012, wasClean: true });
  });

  it("cuts off who does not answer, and who has not even been told, after drainTimeoutMs", async () => {
    const { server, port } = await serve();
    const deaf = await RawClient.opened(port);
    const late = await RawClient.opened(port);
    const ends = [...server.connections].map(({ closed }) => closed);
    const start = performance.now();
    await server.shutdown({ drainTimeoutMs: 60, spreadMs: 60 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
    for (const end of await Promise.all(ends)) {
      expect(end).toMatchObject({ code: 1006, error: { code: "CONNECTION_TERMINATED" } });
    }
    expect((await deaf.all()).slice(0, 4)).toBe("\x88\x02\x03\xe9");
    await late.all();
  });

  it("refuses newcomers with 503 on a shared http server, and leaves that server alone", async () => {
    const httpServer = createServer((_request, response) => response.end("plain"));
    onTestFinished(() => {
      httpServer.closeAllConnections();
      httpServer.close();
    });
    httpServer.listen(0, "127.0.0.1");
    await once(httpServer, "listening");
    const { port } = httpServer.address() as AddressInfo;
    const errors: unknown[] = [];
    const server = new WebSocketServer({
      onError: (error) => void errors.push("code" in error && error.code),
    });
    server.attach(httpServer);
    const deaf = await RawClient.opened(port);

    const done = server.shutdown();
    const refused = await RawClient.connect(port);
    refused.socket.write(upgradeRequest());
    expect(await refused.head()).toMatch(/^HTTP\/1.1 503 /);
    expect(errors).toEqual(["CONNECTION_SHUTDOWN"]);
    expect(() => server.attach(createServer())).toThrow(
      expect.objectContaining({ code: "USAGE_SERVER_STATE" }),
    );
    await expect(server.listen()).rejects.toMatchObject({ code: "USAGE_SERVER_STATE" });

    deaf.socket.end();
    await done;
    expect(httpServer.listenerCount("upgrade")).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("plain");
  });

  it("waits for the first one when it is called again", async () => {
    const { server, url } = await serve();
    const client = await open(url);
    const calls = [server.shutdown(), server.shutdown({ drainTimeoutMs: 0 })];
    await Promise.all(calls);
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
    await server.shutdown();
  });

  it("does not wait for peers that have sent no request", async () => {
    const { server, port } = await serve();
    const silent = await RawClient.connect(port);
    const slow = await RawClient.connect(port);
    slow.socket.write("GET / HTTP/1.1\r\n");
    // The server must have taken both before it stops.
    await RawClient.opened(port).then(({ socket }) => socket.end());
    await server.shutdown();
    expect(await Promise.all([silent.all(), slow.all()])).toEqual(["", ""]);
  });

  it("of a server that never listened is nothing", async () => {
    await expect(new WebSocketServer().shutdown()).resolves.toBeUndefined();
  });

  it.each([
    [{ spreadMs: 20, drainTimeoutMs: 10 }, "USAGE_OPTION"],
    [{ drainTimeoutMs: -1 }, "USAGE_OPTION"],
    [{ code: 1006 }, "USAGE_CLOSE_CODE"],
    [{ reason: "x".repeat(124) }, "USAGE_CLOSE_REASON"],
  ])("with %j is the caller's mistake and changes nothing", async (options, code) => {
    const { server, url } = await serve();
    await expect(server.shutdown(options)).rejects.toMatchObject({ name: "UsageError", code });
    expect((await open(url)).state).toBe("open");
  });
});

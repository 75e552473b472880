/**
 * The recipes of docs/how-to/frameworks.md, with the real packages: an app keeps its routes and gets one for WebSocket.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { serve as serveHono } from "@hono/node-server";
import { HandshakeRefused, WebSocketServer, connect } from "@tautline/node";
import express from "express";
import { fastify } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, onTestFinished, test } from "vitest";

/** Starts an app on any free port, with `sockets` attached. */
type Start = (sockets: WebSocketServer) => Promise<Server>;

const listening = async (server: Server): Promise<Server> => {
  if (!server.listening) await once(server, "listening");
  return server;
};

const frameworks: readonly { name: string; start: Start }[] = [
  {
    name: "Express",
    start(sockets) {
      const app = express();
      app.get("/chat", (_request, response) => void response.send("a page"));
      const server = app.listen(0, "127.0.0.1");
      sockets.attach(server);
      return listening(server);
    },
  },
  {
    name: "Fastify",
    async start(sockets) {
      const app = fastify();
      app.get("/chat", () => "a page");
      sockets.attach(app.server);
      app.addHook("preClose", () => sockets.shutdown());
      await app.listen({ port: 0, host: "127.0.0.1" });
      onTestFinished(() => app.close());
      return app.server;
    },
  },
  {
    name: "Hono",
    start(sockets) {
      const app = new Hono();
      app.get("/chat", (context) => context.text("a page"));
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
      sockets.attach(server);
      return listening(server);
    },
  },
  {
    name: "Koa",
    start(sockets) {
      const app = new Koa();
      app.use((context) => {
        context.body = "a page";
      });
      const server = app.listen(0, "127.0.0.1");
      sockets.attach(server);
      return listening(server);
    },
  },
];

/** An app of `framework` with a route that greets `?user=` and sends messages back, and refuses everybody else. */
async function run(start: Start): Promise<{ port: number; sockets: WebSocketServer }> {
  const sockets = new WebSocketServer({
    path: "/chat",
    onHandshake: ({ query }) => {
      const user = query.get("user");
      return user === null ? Response.json({ user }, { status: 401 }) : { data: user };
    },
    onConnection: (connection) => {
      connection.send(`hello ${connection.data}`);
      connection.onMessage((message) => void connection.send(message));
    },
  });
  onTestFinished(() => sockets.shutdown({ drainTimeoutMs: 0 }));
  const server = await start(sockets);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

const failure = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(frameworks)("an app of $name", ({ start }) => {
  test("has a route for WebSocket beside its pages", async () => {
    const { port, sockets } = await run(start);
    const client = await connect(`ws://127.0.0.1:${port}/chat?user=ada`);
    client.send("and back");
    const received = [];
    for await (const message of client) {
      received.push(message);
      if (received.length === 2) break;
    }
    expect(received).toEqual(["hello ada", "and back"]);
    expect(sockets.connections.size).toBe(1);
    expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe("a page");
    client.close();
    await client.closed;
  });

  test("refuses by the hook, and paths that nobody has", async () => {
    const { port } = await run(start);
    const refused = await failure(connect(`ws://127.0.0.1:${port}/chat`));
    expect(refused).toBeInstanceOf(HandshakeRefused);
    expect(refused).toMatchObject({ status: 401 });
    expect(await failure(connect(`ws://127.0.0.1:${port}/other`))).toMatchObject({ status: 404 });
    expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe("a page");
  });

  test("closes its connections in order when it goes down", async () => {
    const { port, sockets } = await run(start);
    const client = await connect(`ws://127.0.0.1:${port}/chat?user=ada`);
    client.onMessage(() => {});
    await sockets.shutdown();
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
  });
});

test("Fastify takes the connections down with itself", async () => {
  const app = fastify();
  const sockets = new WebSocketServer();
  sockets.attach(app.server);
  app.addHook("preClose", () => sockets.shutdown());
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const client = await connect(`ws://127.0.0.1:${port}/`);
  await app.close();
  expect(await client.closed).toMatchObject({ code: 1001 });
});

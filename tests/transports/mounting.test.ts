/** The transports beside an application's own routes, in the servers that applications use. */
import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import express from "express";
import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import { Hub } from "@tautline/hub";
import { prepareMessage } from "@tautline/node";
import { HttpTransports } from "tautline";

import { next, subscribe } from "../centrifuge/official-client.ts";
import type { OwnServer } from "./own-server.ts";
import { dial } from "./world.ts";

function openTransports(prefix: string): Pick<OwnServer, "hub" | "transports"> {
  const hub = new Hub({
    clock: {
      now: Date.now,
      schedule: (callback, delayMs) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    randomId: randomUUID,
    prepare: prepareMessage,
    options: { open: true },
  });
  const transports = new HttpTransports({ hub, options: { prefix } });
  return { hub, transports };
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ways: readonly {
  name: string;
  mount: (transports: HttpTransports) => Promise<string>;
}[] = [
  {
    name: "Express",
    mount: (transports) => {
      const app = express();
      app.use(transports.middleware);
      app.use(express.json());
      app.post("/own", (_request, response) => void response.json({ own: true }));
      return listen(app);
    },
  },
  {
    name: "Fastify",
    mount: async (transports) => {
      const app = fastify();
      app.addHook("onRequest", (request, reply, done) => {
        if (transports.handle(request.raw, reply.raw)) reply.hijack();
        else done();
      });
      app.post("/own", () => ({ own: true }));
      onTestFinished(() => app.close());
      return app.listen({ port: 0, host: "127.0.0.1" });
    },
  },
];

describe.each(ways)("in $name", ({ mount }) => {
  it("they take their own requests, below a prefix, and leave the application its own", async () => {
    const { hub, transports } = openTransports("/realtime");
    const url = await mount(transports);
    onTestFinished(async () => {
      await hub.shutdown();
      await transports.close();
    });
    const own = await fetch(`${url}/own`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    expect(await own.json()).toEqual({ own: true });
    expect((await fetch(`${url}/emulation`, { method: "POST" })).status).toBe(404);
    const client = dial({ url: `${url}/realtime` }, ["http_stream"]);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish(1);
    expect((await publication)[0]?.data).toBe(1);
  });
});

describe("a prefix that is no path", () => {
  it.each(["realtime", "/", "/realtime/", "/a?b"])("is refused: %s", (prefix) => {
    expect(() => openTransports(prefix)).toThrow(RangeError);
  });
});

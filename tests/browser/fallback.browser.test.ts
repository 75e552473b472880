// The client in a real browser, with its own fetch and EventSource, behind a proxy that lets no WebSocket pass.
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { Browser, Page } from "playwright-core";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { startProxy } from "../transports/proxy.ts";
import type { Proxy, ProxyFaults } from "../transports/proxy.ts";
import { launchChromium } from "./chromium.ts";

const entry = "virtual:fallback-page";

/** What a page does: connects, publishes to itself, and tells over which transport. */
const source = `
import { Client } from "@tautline/client";
import { fallback } from "@tautline/client/fallback";

globalThis.chat = async (url, transports, count) => {
  let used;
  const client = new Client(url, {
    transport: fallback({ transports, onTransport: (name) => (used = name) }),
  });
  const received = [];
  const subscription = client.subscribe("chat");
  const done = new Promise((resolve) => {
    subscription.onPublication(({ data }) => {
      received.push(data);
      if (received.length === count) resolve();
    });
  });
  await client.connect();
  await subscription.ready();
  await Promise.all(Array.from({ length: count }, (_, n) => subscription.publish(n)));
  await done;
  const { clients } = await subscription.presenceStats();
  await client.disconnect();
  return { used, received, clients };
};
`;

let browser: Browser;
let script = "";

beforeAll(async () => {
  browser = await launchChromium();
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root: import.meta.dirname,
    resolve: { conditions: ["@tautline/source"] },
    plugins: [
      {
        name: "page",
        resolveId: (id: string) => (id === entry ? `${import.meta.dirname}/page.js` : undefined),
        load: (id: string) => (id === `${import.meta.dirname}/page.js` ? source : undefined),
      },
    ],
    build: { write: false, rolldownOptions: { input: entry } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !("output" in output)) throw new Error("Nothing was built");
  script = output.output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
});

afterAll(async () => {
  await browser.close();
});

interface Site {
  readonly page: Page;
  readonly server: TautlineServer;
  readonly proxy: Proxy;
}

/** A page on another origin than the server, which allows it and is reached through a proxy. */
async function openSite(faults: ProxyFaults): Promise<Site> {
  const site = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>page</title><script type="module">${script}</script>`);
  });
  await new Promise<void>((resolve) => site.listen({ port: 0, host: "127.0.0.1" }, resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const server = await serve({ port: 0, page: false, allowedOrigins: [origin] });
  const proxy = await startProxy(server.url, faults);
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
    await server.close();
  });
  const page = await context.newPage();
  await page.goto(origin);
  return { page, server, proxy };
}

const all = ["websocket", "http_stream", "sse", "http_poll"];

describe("the client in Chromium", () => {
  it.each([
    { name: "with nothing between", faults: {}, transports: all, used: "websocket" },
    {
      name: "where no WebSocket passes",
      faults: { upgrades: "refuse" as const },
      transports: all,
      used: "http_stream",
    },
    {
      name: "with the browser's own EventSource",
      faults: { upgrades: "refuse" as const },
      transports: ["websocket", "sse"],
      used: "sse",
    },
    {
      name: "where no stream passes either",
      faults: { upgrades: "refuse" as const, gathersStreams: true },
      transports: ["websocket", "http_stream", "http_poll"],
      used: "http_poll",
    },
  ])("finds $used $name", async ({ faults, transports, used }) => {
    const { page, proxy, server } = await openSite(faults);
    const url = `${proxy.url.replace("http", "ws")}/connection/websocket`;
    const call = `chat(${JSON.stringify(url)}, ${JSON.stringify(transports)}, 50)`;
    await page.waitForFunction("globalThis.chat !== undefined");
    expect(await page.evaluate(call)).toEqual({
      used,
      received: Array.from({ length: 50 }, (_, n) => n),
      clients: 1,
    });
    // The browser closes what it has left in its own time.
    while (server.hub.clients.size > 0) await nextTurn();
  });
});

/**
 * Vite carries a copy of ws inside its own files, which nothing that installs packages can replace. Two ways remain in
 * which it meets another ws: a hot channel of one's own, which Vite's environments are made for, carries its updates to the page;
 * and a client made with ws listens to Vite's own server.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import puppeteer from "puppeteer-core";
import { createServer, DevEnvironment } from "vite";
import WebSocket, { WebSocketServer } from "ws";

globalThis.expectedCopies = ["vite/dist/node/"];

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

function project(t) {
  const root = mkdtempSync(join(tmpdir(), "tautline-vite-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (name, text) => writeFileSync(join(root, name), text);
  write("index.html", `<h1></h1><script type="module" src="/main.js"></script>`);
  write(
    "main.js",
    `import { word } from "./word.js";
     const show = (text) => (document.querySelector("h1").textContent = text);
     show(word);
     import.meta.hot.accept("./word.js", (module) => show(module.word));
     window.loadedOnce ??= [];
     window.loadedOnce.push(1);`,
  );
  write("word.js", `export const word = "before";`);
  return { root, write };
}

/** Vite's hot updates over a server of ws. */
function channelOver(wss) {
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  wss.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "connected" }));
    const client = { send: (payload) => socket.send(JSON.stringify(payload)) };
    for (const listener of of("vite:client:connect")) listener(undefined, client);
    socket.on("message", (text) => {
      const { type, event, data } = JSON.parse(String(text));
      if (type === "custom") for (const listener of of(event)) listener(data, client);
    });
  });
  return {
    send: (payload) => wss.clients.forEach((client) => client.send(JSON.stringify(payload))),
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => of(event).delete(listener),
    listen: () => {},
    close: () => wss.close(),
  };
}

test("vite: a file edit reaches Chromium through a hot channel of ws", async (t) => {
  const { root, write } = project(t);
  const http = createHttpServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const wss = new WebSocketServer({ server: http, handleProtocols: () => "vite-hmr" });
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    cacheDir: join(root, ".vite"),
    server: {
      host: "127.0.0.1",
      port: 0,
      hmr: {
        clientPort: http.address().port,
        port: http.address().port,
        server: createHttpServer(),
      },
    },
    environments: {
      client: {
        dev: {
          createEnvironment: (name, config) =>
            new DevEnvironment(name, config, { hot: true, transport: channelOver(wss) }),
        },
      },
    },
  });
  await server.listen();
  const browser = await puppeteer.launch({ executablePath, args });
  t.after(async () => {
    await browser.close();
    await server.close();
  });
  const page = await browser.newPage();
  const connected = once(wss, "connection");
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}`);
  await connected;
  const shows = (text) =>
    page.waitForFunction((text) => document.querySelector("h1")?.textContent === text, {}, text);
  await shows("before");
  write("word.js", `export const word = "after";`);
  await shows("after");
  assert.equal(await page.evaluate(() => window.loadedOnce.length), 1);
});

test("vite: a client of ws hears of an edit from Vite's own server", async (t) => {
  const { root, write } = project(t);
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    cacheDir: join(root, ".vite"),
    server: { host: "127.0.0.1", port: 0 },
  });
  await server.listen();
  t.after(() => server.close());
  const { port } = server.httpServer.address();
  for (const path of ["/main.js", "/word.js"]) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  }
  const url = `ws://127.0.0.1:${port}/?token=${server.config.webSocketToken}`;
  const client = new WebSocket(url, "vite-hmr");
  const heard = new Promise((resolve) => {
    client.on("message", (text) => {
      const message = JSON.parse(String(text));
      if (message.type === "connected") write("word.js", `export const word = "after";`);
      if (message.type === "update") resolve(message.updates[0].path);
    });
  });
  assert.equal(await heard, "/main.js");
  client.close();
  await once(client, "close");
});

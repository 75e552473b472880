// What is below /docs, asked for over a real socket with the raw request line under our control.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Documentation } from "../../src/serve/documentation.ts";

let folder = "";
let server: Server;
let port = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tautline-docs-"));
  await writeFile(join(folder, "secret.html"), "not part of the documentation");
  const documentation = new Documentation(pathToFileURL(join(folder, "docs/")));
  server = createServer((incoming, response) => {
    const [path = ""] = (incoming.url ?? "").split("?", 1);
    if (!documentation.handle(path, incoming, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address !== null) ({ port } = address);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function build(text: string): Promise<void> {
  await mkdir(join(folder, "docs", "zh"), { recursive: true });
  await mkdir(join(folder, "docs", "assets"), { recursive: true });
  await writeFile(join(folder, "docs", "index.html"), text);
  await writeFile(join(folder, "docs", "zh", "index.html"), "文档");
  await writeFile(join(folder, "docs", "assets", "app.1a2b.js"), "export {};");
  await writeFile(join(folder, "docs", ".hidden"), "not part of the documentation");
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks with the path exactly as given. */
function ask(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("the documentation over HTTP", () => {
  it("says what to run while it is not built, and is there once it is", async () => {
    const before = await ask("/docs/");
    expect(before).toMatchObject({ status: 503, text: expect.stringContaining("npm run docs") });
    expect(await ask("/docs/zh/")).toMatchObject({ status: 503 });
    await build("<title>Documentation</title>");
    expect(await ask("/docs/")).toMatchObject({
      status: 200,
      text: "<title>Documentation</title>",
    });
  });

  it("is in folders, under the policy of the page", async () => {
    await build("");
    const { status, headers, text } = await ask("/docs/zh/?from=here");
    expect({ status, text }).toEqual({ status: 200, text: "文档" });
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    const script = await ask("/docs/assets/app.1a2b.js");
    expect(script.headers["cache-control"]).toContain("immutable");
  });

  it("shows what was built anew without a restart", async () => {
    await build("first");
    expect(await ask("/docs/index.html")).toMatchObject({ text: "first" });
    await build("second");
    expect(await ask("/docs/index.html")).toMatchObject({ text: "second" });
    await rm(join(folder, "docs"), { recursive: true });
    expect(await ask("/docs/index.html")).toMatchObject({ status: 503 });
  });

  it("sends who leaves out the slash or the ending to where it is, wherever a proxy has put it", async () => {
    expect(await ask("/docs")).toMatchObject({ status: 301, headers: { location: "docs/" } });
    await build("");
    expect(await ask("/docs/zh")).toMatchObject({ status: 301, headers: { location: "zh/" } });
    expect(await ask("/docs/zh/index")).toMatchObject({
      status: 301,
      headers: { location: "index.html" },
    });
  });

  it("has a page for what is not there, and words for what is no page", async () => {
    await build("");
    expect(await ask("/docs/none.html")).toMatchObject({
      status: 404,
      text: expect.stringContaining("no such page"),
    });
    await writeFile(join(folder, "docs", "404.html"), "<h1>Lost</h1>");
    for (const path of ["/docs/none.html", "/docs/zh/none", "/docs/none/", "/docs/zh//"]) {
      const { status, headers, text } = await ask(path);
      expect({ path, status, text }).toEqual({ path, status: 404, text: "<h1>Lost</h1>" });
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    }
    const script = await ask("/docs/assets/none.js");
    expect(script).toMatchObject({
      status: 404,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  });

  it("leaves other addresses to others", async () => {
    for (const path of ["/", "/docs2", "/document", "/Docs/"]) {
      expect({ path, ...(await ask(path)) }).toMatchObject({ path, status: 418 });
    }
  });

  it("gives nothing from outside, however it is asked for", async () => {
    await build("");
    for (const name of [
      "../secret.html",
      "..%2fsecret.html",
      "%2e%2e/secret.html",
      "zh/../../secret.html",
      "zh/..\\..\\secret.html",
      "/secret.html",
      ".hidden",
      "zh//",
      "index.html/",
      "%00",
    ]) {
      const { status, text } = await ask(`/docs/${name}`);
      expect({ name, status }).toEqual({ name, status: 404 });
      expect(text).not.toContain("not part of");
    }
  });
});

// The page and everything else over plain HTTP, asked over a real socket with the raw request line under our control.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { answerHttp } from "../../src/serve/http-answers.ts";
import type { HttpSite } from "../../src/serve/http-answers.ts";
import { readPageFiles } from "../../src/serve/page-files.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const script = "export const answer = 42;\n".repeat(50);
let folder = "";
let server: Server;
let port = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tautline-page-"));
  await mkdir(join(folder, "page", "assets"), { recursive: true });
  await writeFile(join(folder, "page", "index.html"), "<!doctype html><title>Page</title>");
  await writeFile(join(folder, "page", "assets", "main-1a2b.js"), script);
  await writeFile(join(folder, "secret.txt"), "not part of the page");
  const site: HttpSite = {
    files: await readPageFiles(pathToFileURL(join(folder, "page/"))),
    page: true,
    webSocketPaths: new Set(["/echo"]),
  };
  server = createServer((request, response) => answerHttp(site, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address !== null) ({ port } = address);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Asks with the path exactly as given: `fetch` would tidy it up. */
function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, ...options }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("the page over HTTP", () => {
  it("is at / with its type, a strict policy and no sniffing", async () => {
    const { status, headers, body } = await ask("/");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|https?:/u);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-cache");
    expect(body.toString()).toContain("<title>Page</title>");
  });

  it("lets files with a hash in their name be kept for ever", async () => {
    const { headers } = await ask("/assets/main-1a2b.js?v=1");
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("compresses for who takes it, under a validator of its own", async () => {
    const path = "/assets/main-1a2b.js";
    const plain = await ask(path);
    const packed = await ask(path, { headers: { "accept-encoding": "br, gzip;q=0.5" } });
    const refused = await ask(path, { headers: { "accept-encoding": "gzip;q=0, *" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.headers.vary).toBe("Accept-Encoding");
    expect(gunzipSync(packed.body).toString()).toBe(script);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    expect(refused.headers["content-encoding"]).toBeUndefined();
    expect(refused.body.toString()).toBe(script);
  });

  it("answers 304 to who has it already", async () => {
    const { headers } = await ask("/");
    const etag = headers.etag ?? "";
    for (const validator of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const { status, body } = await ask("/", { headers: { "if-none-match": validator } });
      expect({ status, size: body.length }).toEqual({ status: 304, size: 0 });
    }
    expect((await ask("/", { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  it("answers HEAD with the same headers and no body", async () => {
    const head = await ask("/", { method: "HEAD" });
    const get = await ask("/");
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe(String(get.body.length));
    expect(head.body.length).toBe(0);
  });

  it("gives nothing from outside the page, however it is asked for", async () => {
    for (const path of [
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/assets/../../secret.txt",
      "/assets/..\\..\\secret.txt",
      "//secret.txt",
      "/%00",
      "/assets/",
      "/assets",
      "/index.html/",
      "/constructor",
    ]) {
      const { status, body } = await ask(path);
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(body.toString()).not.toContain("not part of the page");
    }
  });
});

describe("everything else over HTTP", () => {
  it("tells who comes without WebSocket to a WebSocket address what to do", async () => {
    const { status, headers } = await ask("/echo");
    expect(status).toBe(426);
    expect(headers.upgrade).toBe("websocket");
  });

  it("takes no other method", async () => {
    const { status, headers } = await ask("/", { method: "POST" });
    expect(status).toBe(405);
    expect(headers.allow).toBe("GET, HEAD");
  });

  it("says what to run when the page was not built", async () => {
    const files = await readPageFiles(pathToFileURL(join(folder, "missing/")));
    expect(files.size).toBe(0);
  });
});

/** Keys that an authority publishes: fetched when they are needed, kept, and never asked for at a stranger's pace. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { jwtVerifier } from "tautline";

import { forge, hmac, keyPair, sign } from "./signer.ts";

afterEach(() => {
  vi.useRealTimers();
});

interface KeyServer {
  readonly url: string;
  requests: number;
  answer: { status: number; body: string; headers?: Record<string, string> };
}

async function serveKeys(...keys: object[]): Promise<KeyServer> {
  const http = createServer((_, response) => {
    keyServer.requests += 1;
    const { status, body, headers } = keyServer.answer;
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  const { port } = http.address() as AddressInfo;
  const keyServer: KeyServer = {
    url: `http://127.0.0.1:${port}/keys`,
    requests: 0,
    answer: { status: 200, body: JSON.stringify({ keys }) },
  };
  return keyServer;
}

const [first, second] = [keyPair("RS256"), keyPair("ES256")];
const published = (pair: typeof first, kid: string) => ({
  ...pair.publicKey.export({ format: "jwk" }),
  kid,
});
const ann = { sub: "ann" };
const byFirst = sign(ann, first.privateKey, { alg: "RS256", kid: "1" });
const bySecond = sign(ann, second.privateKey, { alg: "ES256", kid: "2" });

/** Time goes on without the test waiting for it; sockets need their own timers. */
function travel(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe("published keys", () => {
  it("are fetched once for many tokens", async () => {
    const server = await serveKeys(published(first, "1"), published(second, "2"));
    const verifier = jwtVerifier({ jwksUrl: server.url });
    const verdicts = await Promise.all(
      [byFirst, bySecond, byFirst, bySecond].map(async (one) => verifier.connection(await one)),
    );
    for (const verdict of verdicts) expect(verdict).toMatchObject({ claims: { user: "ann" } });
    expect(server.requests).toBe(1);
  });

  it("are fetched anew for a key that is new, but not for every made-up one", async () => {
    const server = await serveKeys(published(first, "1"));
    const verifier = jwtVerifier({ jwksUrl: server.url });
    await verifier.connection(await byFirst);
    server.answer.body = JSON.stringify({ keys: [published(second, "2")] });
    for (let n = 0; n < 20; n += 1) {
      const token = await sign(ann, second.privateKey, { alg: "ES256", kid: `made up ${n}` });
      expect(await verifier.connection(token)).toMatchObject({ fault: "invalid" });
    }
    expect(server.requests).toBe(1);
    travel(30_001);
    expect(await verifier.connection(await bySecond)).toHaveProperty("claims");
    expect(server.requests).toBe(2);
    expect(await verifier.connection(await byFirst)).toMatchObject({ fault: "invalid" });
  });

  it("are fetched anew when they are old", async () => {
    const server = await serveKeys(published(first, "1"));
    const verifier = jwtVerifier({ jwksUrl: server.url });
    await verifier.connection(await byFirst);
    travel(600_001);
    await verifier.connection(await byFirst);
    expect(server.requests).toBe(2);
  });

  it("are an authority's own: the same name of a key means nothing to another", async () => {
    const [a, b] = [
      await serveKeys(published(first, "1")),
      await serveKeys(published(keyPair("RS256"), "1")),
    ];
    const verifier = jwtVerifier([
      { jwksUrl: a.url, issuer: "a" },
      { jwksUrl: b.url, issuer: "b" },
    ]);
    const token = (iss: string) =>
      sign({ ...ann, iss }, first.privateKey, { alg: "RS256", kid: "1" });
    expect(await verifier.connection(await token("a"))).toHaveProperty("claims");
    expect(await verifier.connection(await token("b"))).toMatchObject({ fault: "invalid" });
    expect(await verifier.connection(await token("c"))).toMatchObject({ fault: "invalid" });
    expect([a.requests, b.requests]).toEqual([1, 1]);
  });

  it("are no secrets: HMAC with one of them is invalid, and a secret among them is none", async () => {
    const oct = { kty: "oct", kid: "3", k: Buffer.from("a".repeat(32)).toString("base64url") };
    const server = await serveKeys(published(first, "1"), oct);
    const verifier = jwtVerifier({ jwksUrl: server.url });
    for (const [kid, key] of [
      ["1", first.pem],
      ["3", "a".repeat(32)],
    ] as const) {
      const token = forge({ alg: "HS256", kid }, ann, hmac(key));
      expect(await verifier.connection(token)).toMatchObject({ fault: "invalid" });
    }
    expect(server.requests).toBe(0);
  });
});

describe("keys that cannot be had", () => {
  const rows = [
    { name: "an error", answer: { status: 500, body: "" } },
    { name: "a redirect", answer: { status: 302, body: "", headers: { Location: "/other" } } },
    { name: "no JSON", answer: { status: 200, body: "<html>" } },
    { name: "no keys", answer: { status: 200, body: '{"keys":{}}' } },
    { name: "null for a key", answer: { status: 200, body: '{"keys":[null]}' } },
    { name: "an answer without end", answer: { status: 200, body: " ".repeat(300_000) } },
  ];
  it.each(rows)("because of $name: nothing is said of the token", async ({ answer }) => {
    const server = await serveKeys(published(first, "1"));
    const good = server.answer;
    server.answer = answer;
    const verifier = jwtVerifier({ jwksUrl: server.url });
    for (let n = 0; n < 5; n += 1) {
      await expect(verifier.connection(await byFirst)).rejects.toThrow("cannot be had");
    }
    // The authority was not asked again at once; a moment later it is.
    expect(server.requests).toBe(1);
    server.answer = good;
    travel(5_001);
    expect(await verifier.connection(await byFirst)).toHaveProperty("claims");
  });

  it("do not matter for what is plainly no token", async () => {
    const server = await serveKeys();
    const verifier = jwtVerifier({ jwksUrl: server.url });
    for (const token of ["", "hello", forge({ alg: "none" }, ann)]) {
      expect(await verifier.connection(token)).toMatchObject({ fault: "invalid" });
    }
    expect(server.requests).toBe(0);
  });
});

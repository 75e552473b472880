/** `tautline serve` with keys of tokens: where they may come from, and where they never appear. */
import { Client } from "@tautline/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { runProgram } from "../../src/cli/main.ts";
import { keyPair, secret, sign } from "../tokens/signer.ts";
import { FakeTerminal } from "./fake-terminal.ts";
import { fileWith } from "./folder.ts";
import { serve } from "./running-server.ts";

/** What comes of connecting: the state, and the code of the reason. */
async function attempt(url: string, token?: string) {
  const client = new Client(url, { webSocket: WebSocket, token });
  onTestFinished(() => client.disconnect());
  await client.connect().catch(() => undefined);
  return { client, code: client.status.code };
}

const ann = { sub: "ann" };

describe("a secret", () => {
  it.each([
    {
      name: "in a file",
      args: async () => ["--token-hmac-secret-file", await fileWith(`${secret}\n`)],
    },
    {
      name: "in the environment",
      args: async () => [],
      env: { TAUTLINE_TOKEN_HMAC_SECRET: secret },
    },
  ])("$name closes the server to those without a token", async ({ args, env }) => {
    const { url, terminal } = await serve(await args(), env);
    expect((await attempt(url, await sign(ann))).client.state).toBe("connected");
    expect((await attempt(url, await sign(ann, `${secret}!`))).code).toBe(3500);
    const stranger = await attempt(url);
    expect([stranger.client.state, stranger.code]).toEqual(["disconnected", 101]);
    expect(terminal.out).toContain(
      "Tokens: whoever has a good one may connect, and do what it allows",
    );
    expect(terminal.out + terminal.err).not.toContain(secret.slice(0, 8));
  });

  it("that is too short is refused and not repeated", async () => {
    const terminal = new FakeTerminal({ env: { TAUTLINE_TOKEN_HMAC_SECRET: "hunter2" } });
    expect(await runProgram(["serve", "--port", "0"], terminal)).toBe(2);
    expect(terminal.err).toContain("at least 32 bytes");
    expect(terminal.err).not.toContain("hunter2");
  });
});

describe("a public key", () => {
  it("in a file takes what its other half has signed, for whom it is", async () => {
    const { privateKey, pem } = keyPair("ES256");
    const { url } = await serve([
      "--token-public-key-file",
      await fileWith(pem),
      "--token-issuer",
      "app",
      "--token-audience",
      "chat",
    ]);
    const signed = (claims: object) => sign({ ...ann, ...claims }, privateKey, { alg: "ES256" });
    expect((await attempt(url, await signed({ iss: "app", aud: "chat" }))).code).toBe(9);
    expect((await attempt(url, await signed({ iss: "app" }))).code).toBe(3500);
  });
});

describe("--open", () => {
  it("lets those with a token use every channel, and nobody else in", async () => {
    const file = await fileWith(secret);
    const closed = await serve(["--token-hmac-secret-file", file]);
    const guarded = await attempt(closed.url, await sign(ann));
    await expect(guarded.client.publish("a", 1)).rejects.toMatchObject({ serverCode: 103 });
    const open = await serve(["--token-hmac-secret-file", file, "--open"]);
    const { client } = await attempt(open.url, await sign(ann));
    await client.publish("a", 1);
    expect((await attempt(open.url)).code).toBe(101);
  });
});

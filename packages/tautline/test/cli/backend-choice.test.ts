/** `tautline serve` with a backend that decides: its address, the signature, and what is wrong with either. */
import { Client } from "@tautline/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { verifyHookSignature } from "../../src/hooks/signature.ts";
import { runProgram } from "../../src/cli/main.ts";
import { TestBackend } from "../hooks/test-backend.ts";
import { FakeTerminal } from "./fake-terminal.ts";
import { fileWith } from "./folder.ts";
import { serve } from "./running-server.ts";

const secret = "a-secret-of-the-backend";

async function connected(url: string): Promise<Client> {
  const client = new Client(url, { webSocket: WebSocket });
  onTestFinished(() => client.disconnect());
  await client.connect().catch(() => undefined);
  return client;
}

async function startBackend(): Promise<TestBackend> {
  const backend = await TestBackend.start();
  onTestFinished(() => backend.close());
  return backend;
}

describe("a backend on the command line", () => {
  it.each([
    { name: "a file", args: async () => ["--hook-secret-file", await fileWith(`${secret}\n`)] },
    { name: "a variable", args: async () => [], env: { TAUTLINE_HOOK_SECRET: secret } },
  ])("is asked who connects, with the signature of a secret in $name", async ({ args, env }) => {
    const backend = await startBackend();
    backend.behaviours = [() => ({ result: { user: "ann" } })];
    const hook = `connect=${backend.url}/connect`;
    const { url, terminal } = await serve(["--hook", hook, ...(await args())], env);
    const client = await connected(url);
    expect(client.state).toBe("connected");
    const [asked] = backend.asked;
    const signature = String(asked?.headers["x-tautline-signature"]);
    const request = { signature, body: asked?.text ?? "" };
    expect(verifyHookSignature(request, { secrets: [secret] })).toBe(true);
    expect(terminal.out + terminal.err).not.toContain(secret);
  });

  it("closes what it does not decide, unless --open says otherwise", async () => {
    const backend = await startBackend();
    const hook = ["--hook", `connect=${backend.url}/connect`];
    const closed = await serve(hook);
    expect(closed.terminal.out).toContain("Backend: whom it lets in");
    const stranger = await connected(closed.url);
    await expect(stranger.publish("a", 1)).rejects.toMatchObject({ serverCode: 103 });
    const open = await serve([...hook, "--open"]);
    await (await connected(open.url)).publish("a", 1);
  });

  it("takes its addresses from a variable too, several with spaces between them", async () => {
    const backend = await startBackend();
    const { url } = await serve([], {
      TAUTLINE_HOOK: `connect=${backend.url}/a?b=c publish=${backend.url}/p`,
      TAUTLINE_OPEN: "true",
    });
    await (await connected(url)).publish("news", 1);
    expect(backend.bodies).toMatchObject([{ transport: "websocket" }, { channel: "news" }]);
  });

  it("has a secret of some length, which is not repeated", async () => {
    const terminal = new FakeTerminal({ env: { TAUTLINE_HOOK_SECRET: "hunter2" } });
    const args = ["serve", "--port", "0", "--hook", "connect=http://localhost:1/"];
    expect(await runProgram(args, terminal)).toBe(2);
    expect(terminal.err).toContain(
      "TAUTLINE_HOOK_SECRET: A secret of hooks has at least 16 characters",
    );
    expect(terminal.err).not.toContain("hunter2");
  });
});

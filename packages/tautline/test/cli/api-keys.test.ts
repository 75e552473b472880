/** `tautline serve` with an API for backends: where its keys come from, where it is, and where keys never appear. */
import { createServer } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { runProgram } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake-terminal.ts";
import { fileWith } from "./folder.ts";
import { serve } from "./running-server.ts";

const first = "the-first-key-of-all";
const second = "the-second-key-of-all";

async function info(origin: string | undefined, key: string, prefix = "/api"): Promise<number> {
  const headers = { "X-API-Key": key };
  const answer = await fetch(`${origin}${prefix}/info`, { method: "POST", headers, body: "{}" });
  await answer.arrayBuffer();
  return answer.status;
}

describe("keys of the API", () => {
  it.each([
    {
      name: "in a file, one in each line",
      args: async () => ["--api-key-file", await fileWith(`${first}\n\n${second}\n`)],
      env: {},
    },
    {
      name: "in a variable, with a space between them",
      args: async () => [],
      env: { TAUTLINE_API_KEY: `${first} ${second}` },
    },
    {
      name: "in both",
      args: async () => ["--api-key-file", await fileWith(first)],
      env: { TAUTLINE_API_KEY: second },
    },
  ])("$name open it, each of them", async ({ args, env }) => {
    const { origin, terminal } = await serve(await args(), env);
    expect(await info(origin, first)).toBe(200);
    expect(await info(origin, second)).toBe(200);
    expect(await info(origin, `${first}!`)).toBe(401);
    expect(terminal.out + terminal.err).not.toContain(first.slice(0, 9));
  });

  it("are needed: without one there is no API", async () => {
    const { origin } = await serve([]);
    // What a page is read with is not for POST: there is no more of it than of any other path.
    expect(await info(origin, first)).toBe(405);
  });

  it.each([
    { name: "too short", env: { TAUTLINE_API_KEY: "hunter2" }, says: "at least 16 characters" },
    {
      name: "of characters that no header has",
      env: { TAUTLINE_API_KEY: "hunter2-ééééééééééééé" },
      says: "visible characters",
    },
  ])("that are $name are refused by where they are, and not repeated", async ({ env, says }) => {
    const terminal = new FakeTerminal({ env });
    expect(await runProgram(["serve", "--port", "0"], terminal)).toBe(2);
    expect(terminal.err).toContain("TAUTLINE_API_KEY: ");
    expect(terminal.err).toContain(says);
    expect(terminal.err).not.toContain("hunter2");
  });

  it("have to be in a file that is named for them", async () => {
    const terminal = new FakeTerminal();
    const file = await fileWith("\n");
    expect(await runProgram(["serve", "--port", "0", "--api-key-file", file], terminal)).toBe(2);
    expect(terminal.err).toContain("--api-key-file: there is no key in it");
  });
});

describe("an internal port", () => {
  it("has the API under its prefix, metrics and health, and the other has not", async () => {
    const args = ["--internal-port", "0", "--api-prefix", "/backend"];
    const { origin, internal } = await serve(args, { TAUTLINE_API_KEY: first });
    expect(await info(internal, first, "/backend")).toBe(200);
    expect(await info(origin, first, "/backend")).toBe(405);
    expect((await fetch(`${internal}/metrics`)).status).toBe(200);
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${internal}/readyz`)).status).toBe(200);
  });

  it("has no metrics when they are not wanted; the main port has, when they are", async () => {
    const without = await serve(["--internal-port", "0", "--no-metrics"]);
    expect((await fetch(`${without.internal}/metrics`)).status).toBe(404);
    const beside = await serve([], { TAUTLINE_METRICS: "true" });
    expect((await fetch(`${beside.origin}/metrics`)).status).toBe(200);
  });

  it("that is taken is what the advice is about", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const terminal = new FakeTerminal();
    const args = ["serve", "--port", "0", "--internal-port", String(port)];
    expect(await runProgram(args, terminal)).toBe(1);
    expect(terminal.err).toMatch(
      new RegExp(`^tautline: port ${port} is taken\\. .* --internal-port \\d+\\n$`, "u"),
    );
  });

  it("on a host that is none is what the advice is about", async () => {
    const terminal = new FakeTerminal();
    // 192.0.2.0/24 is for documentation, and on no machine (RFC 5737 §3).
    const args = ["serve", "--port", "0", "--internal-port", "0", "--internal-host", "192.0.2.1"];
    expect(await runProgram(args, terminal)).toBe(1);
    expect(terminal.err).toContain("192.0.2.1 is no address of this machine");
    expect(terminal.err).toContain("--internal-host 0.0.0.0");
  });
});

describe("pages", () => {
  it("and demonstrations are left out when they are not wanted", async () => {
    const { origin, terminal } = await serve(["--no-page", "--no-demos"]);
    expect((await fetch(origin)).status).toBe(404);
    expect(terminal.out).not.toContain("/echo");
  });
});

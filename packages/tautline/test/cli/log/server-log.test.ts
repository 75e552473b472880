/** The log of `tautline serve`: its forms and levels, and that no secret gets into it. */
import { Client } from "@tautline/client";
import type { Logger } from "@tautline/hub";
import { pino } from "pino";
import { serve as startServer } from "tautline";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { runProgram } from "../../../src/cli/main.ts";
import { logSettings } from "../../../src/cli/log/log-settings.ts";
import { openServerLog } from "../../../src/cli/log/server-log.ts";
import { choose } from "../../../src/cli/settings/choose.ts";
import { secret, sign } from "../../tokens/signer.ts";
import { FakeTerminal } from "../fake-terminal.ts";
import { serve } from "../running-server.ts";

/** What a log of these flags writes of what `write` says. */
async function written(
  flags: Record<string, string>,
  write: (logger: Logger) => void,
  { tty = false } = {},
): Promise<string> {
  const terminal = new FakeTerminal({ tty, env: { NO_COLOR: "1" } });
  const options = {
    api: { keys: ["the-first-key-of-all"] },
    backend: { secrets: ['a"secret\\of hooks'] },
    tokens: { hmacSecrets: [secret] },
    broker: "redis://ann:hunter%202@localhost",
  };
  const { logger } = await openServerLog(
    choose(logSettings, { flags, env: {} }),
    options,
    terminal,
  );
  write(logger);
  return terminal.err;
}

const everything = (logger: Logger): void => {
  logger.debug({ a: 1 }, "debugged");
  logger.info({ a: 1 }, "informed");
  logger.warn({ a: 1 }, "warned");
  logger.error({ err: new Error("broken") }, "failed");
};

describe("the form of the log", () => {
  it("is JSON where no terminal is: a line for each, with level, time, fields and text", async () => {
    const lines = (await written({}, everything)).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: "info", a: 1, msg: "informed", time: expect.stringMatching(/^\d{4}-.*Z$/u) },
      { level: "warn", a: 1, msg: "warned" },
      { level: "error", msg: "failed", err: { type: "Error", message: "broken" } },
    ]);
  });

  it("is text on a terminal, where only warnings are worth a line", async () => {
    const text = await written({}, everything, { tty: true });
    expect(text).toMatch(/^warning warned a=1\nerror failed err=Error: broken/u);
  });

  it.each([
    { flags: { log: "none" }, seen: [] },
    { flags: { log: "text" }, seen: ["warned", "failed"] },
    { flags: { log: "text", "log-level": "info" }, seen: ["informed", "warned", "failed"] },
    { flags: { log: "json", "log-level": "error" }, seen: ["failed"] },
    { flags: { "log-level": "debug" }, seen: ["debugged", "informed", "warned", "failed"] },
  ])("and the level are what $flags say", async ({ flags, seen }) => {
    const text = await written(flags, everything);
    expect(text.match(/debugged|informed|warned|failed/gu) ?? []).toEqual(seen);
  });

  it("says what is none", async () => {
    const terminal = new FakeTerminal({ env: { TAUTLINE_LOG: "xml" } });
    expect(await runProgram(["serve", "--port", "0"], terminal)).toBe(2);
    expect(terminal.err).toContain("TAUTLINE_LOG takes one of json, text, none, not 'xml'");
  });
});

describe("in no form has the log", () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl";
  const leaks = [
    { name: "a key of the API", text: "the-first-key-of-all" },
    { name: "a secret of hooks", text: 'a"secret\\of hooks' },
    { name: "a secret of tokens", text: secret },
    { name: "a password in an address", text: "redis://ann:hunter%202@localhost" },
    { name: "a token in an address", text: "nats://hunter2@localhost" },
    { name: "the password alone", text: "hunter 2" },
    { name: "the password of another address", text: "https://bob:hunter%202@example.com/" },
    { name: "a token", text: jwt },
  ];
  const signs = /first-key|of hooks|hunter|eyJhbG|c2lnbm/u;

  it.each(["json", "text"].flatMap((log) => leaks.map((leak) => ({ log, ...leak }))))(
    "$name, as $log",
    async ({ log, text }) => {
      const lines = await written({ log, "log-level": "debug" }, (logger) => {
        logger.warn({ detail: text, nested: { list: [text] } }, "a field");
        const cause = Object.assign(new Error(`cause ${text}`), { url: text });
        logger.error({ err: new Error(`failed with ${text}`, { cause }) }, "an error");
        logger.info({}, `in the text itself: ${text}`);
      });
      expect(lines).not.toMatch(signs);
      expect(lines).not.toContain(secret);
      expect(lines.match(/\*\*\*/gu)?.length).toBeGreaterThanOrEqual(4);
    },
  );

  it.each(["json", "text"])("what is a secret by its name, as %s", async (log) => {
    const headers = { cookie: "sid=hunter2", authorization: 'Basic "hunter2"', host: "a" };
    const lines = await written({ log }, (logger) => logger.warn({ headers }, "a request"));
    expect(lines).not.toContain("hunter2");
    expect(lines).toContain("host");
  });
});

describe("the log of a running server", () => {
  it("has refused tokens and keys without the tokens and keys", async () => {
    const key = "the-first-key-of-all";
    const { url, origin, terminal } = await serve(["--log-level", "debug"], {
      TAUTLINE_TOKEN_HMAC_SECRET: secret,
      TAUTLINE_API_KEY: key,
    });
    const token = await sign({ sub: "ann" }, `${secret}!`);
    const client = new Client(url, { webSocket: WebSocket, token });
    onTestFinished(() => client.disconnect());
    await client.connect().catch(() => undefined);
    const headers = { "X-API-Key": `${key}-wrong` };
    await (await fetch(`${origin}/api/info`, { method: "POST", headers })).arrayBuffer();
    expect(terminal.err).toContain("a token was refused");
    expect(terminal.err).toContain("a request to the API had no good key");
    for (const part of [token, token.split(".")[2] ?? token, secret, key]) {
      expect(terminal.err).not.toContain(part);
    }
  });

  it("says where it listens, and that it ends", async () => {
    const terminal = new FakeTerminal();
    const ended = runProgram(["serve", "--port", "0", "--internal-port", "0"], terminal);
    await terminal.printed("Ctrl-C stops");
    terminal.signal("SIGTERM");
    expect(await ended).toBe(0);
    const lines = terminal.err.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { msg: "listening", url: expect.stringContaining("http://localhost:") },
      { msg: "Stopping: telling the clients." },
    ]);
  });

  it("is alone with --no-banner", async () => {
    const terminal = new FakeTerminal();
    const ended = runProgram(["serve", "--port", "0", "--no-banner"], terminal);
    await new Promise<void>((resolve) => {
      terminal.stderr.once("data", () => resolve());
    });
    terminal.signal("SIGTERM");
    expect(await ended).toBe(0);
    expect(terminal.out).toBe("");
    expect(terminal.err).toContain('"msg":"listening"');
  });
});

it("serve() takes a logger of pino as it is", async () => {
  const lines: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const server = await startServer({
    port: 0,
    page: false,
    logger,
    tokens: { hmacSecrets: [secret] },
  });
  onTestFinished(() => server.close());
  const url = `${server.url.replace("http", "ws")}/connection/websocket`;
  const client = new Client(url, { webSocket: WebSocket, token: "no.good.token" });
  onTestFinished(() => client.disconnect());
  await client.connect().catch(() => undefined);
  expect(lines.join("")).toContain('"msg":"a token was refused"');
});

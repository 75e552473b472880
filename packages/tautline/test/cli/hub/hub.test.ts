/** `tautline sub`, `pub`, `history`, `presence` and `channels` against a hub, as a client and through the API. */
import { serve } from "tautline";
import type { ServeOptions } from "tautline";
import { describe, expect, it, onTestFinished } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { secret, sign } from "../../tokens/signer.ts";
import { FakeTerminal } from "../fake-terminal.ts";
import { fileWith } from "../folder.ts";
import { jsonLines, run } from "../run.ts";

const key = "the-first-key-of-all";

const channels = { historySize: 10, historyTtlMs: 60_000, presence: true, joinLeave: true };

async function start(options: ServeOptions = {}) {
  const hub = { channels };
  const server = await serve({ port: 0, page: false, hub, api: { keys: [key] }, ...options });
  onTestFinished(() => server.close());
  const url = ["--url", server.url];
  return { server, url, api: ["--api-url", `${server.url}/api`] };
}

const env = { TAUTLINE_API_KEY: key };

/** `tautline sub` under way, subscribed. */
async function listening(args: readonly string[], subscribed: () => boolean) {
  const terminal = new FakeTerminal();
  const ended = runProgram(["sub", ...args], terminal);
  onTestFinished(async () => {
    terminal.signal("SIGINT");
    await ended;
  });
  await expect.poll(subscribed, { timeout: 10_000 }).toBe(true);
  return { terminal, ended };
}

const isIn = (server: Awaited<ReturnType<typeof serve>>, channel: string) => () =>
  server.hub.listChannels().entries.has(channel);

describe("tautline sub and pub", () => {
  it("carry messages, a line of JSON for each, and end after --count", async () => {
    const { server, url } = await start();
    const { terminal, ended } = await listening(["news", "-n", "3", ...url], isIn(server, "news"));
    expect(await run(["pub", "news", '{"a":[1,"x\\u001b\u0085"]}', ...url])).toMatchObject({
      code: 0,
      out: "",
    });
    expect((await run(["pub", "news", ...url], { input: "1\n2\n3\n" })).code).toBe(0);
    expect([await ended, terminal.err]).toEqual([0, ""]);
    expect(jsonLines(terminal.out)).toMatchObject([
      { channel: "news", data: { a: [1, "x\u001b\u0085"] }, offset: 1, publisher: { user: "" } },
      { data: 1, offset: 2 },
      { data: 2, offset: 3 },
    ]);
    for (const power of ["\u001b", "\u0085"]) expect(terminal.out).not.toContain(power);
  });

  it("listen to several channels, to those who come and go, until a signal", async () => {
    const { server, url } = await start();
    const { terminal, ended } = await listening(
      ["a", "b", "--join-leave", ...url],
      () => isIn(server, "a")() && isIn(server, "b")(),
    );
    await server.channel("b").publish("hello");
    await terminal.printed("hello");
    await terminal.printed('"join"');
    terminal.signal("SIGINT");
    expect([await ended, terminal.err]).toEqual([0, ""]);
  });

  it("end quietly when nobody reads any more", async () => {
    const { server, url } = await start();
    const { terminal, ended } = await listening(["news", ...url], isIn(server, "news"));
    terminal.stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect([await ended, terminal.err]).toEqual([0, ""]);
  });

  it("go with a token where one is needed, and say so without", async () => {
    const { url } = await start({
      tokens: { hmacSecrets: [secret] },
      hub: { channels, open: true },
    });
    const none = await run(["sub", "news", ...url]);
    expect(none.code).toBe(1);
    expect(none.err).toMatch(
      /cannot connect to ws:.*101 unauthorized\. Give a good token: --token-file/u,
    );
    const token = await sign({ sub: "ann" });
    const file = await fileWith(`${token}\n`);
    expect((await run(["pub", "news", "1", "--token-file", file, ...url])).code).toBe(0);
    const byVariable = await run(["pub", "news", "1", ...url], { env: { TAUTLINE_TOKEN: token } });
    expect(byVariable.code).toBe(0);
  });

  it("say what the server says", async () => {
    const { url } = await start({ hub: { channels, open: false }, hooks: { connect: () => ({}) } });
    const pub = await run(["pub", "news", "1", ...url]);
    expect([pub.code, pub.err]).toEqual([1, expect.stringContaining("the server says 103")]);
    const sub = await run(["sub", "news", ...url]);
    expect([sub.code, sub.err]).toEqual([
      1,
      expect.stringContaining("not subscribed to news: 103"),
    ]);
  });

  it("go on when the server lets them, and lose nothing", async () => {
    const hub = { channels, maxPublishesPerSecond: 2, rateBurstSeconds: 1 };
    const { server, url } = await start({ hub });
    expect((await run(["pub", "news", ...url], { input: "1\n2\n3\n4\n" })).code).toBe(0);
    const { publications } = await server.channel("news").history({ limit: 10 });
    expect(publications.map(({ data }) => data)).toEqual([1, 2, 3, 4]);
  });

  it("say what a channel is not set up for, either way", async () => {
    const { url, api } = await start({ hub: { channels: {} } });
    const advice = /^tautline: the server says 108: not available\. .*--history.*\n$/u;
    for (const ran of [
      await run(["history", "news", ...url]),
      await run(["history", "news", ...api], { env }),
    ]) {
      expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(advice)]);
    }
  });
});

describe("through the API", () => {
  it("pub, history, presence and channels give the same", async () => {
    const { server, url, api } = await start();
    await listening(["news", ...url], isIn(server, "news"));
    expect((await run(["pub", "news", "--text", "hello there", ...api], { env })).code).toBe(0);
    expect((await run(["pub", "news", "2", ...api], { env })).code).toBe(0);

    const past = [
      { channel: "news", data: "hello there", offset: 1 },
      { data: 2, offset: 2 },
    ];
    expect(jsonLines((await run(["history", "news", ...api], { env })).out)).toMatchObject(past);
    expect(jsonLines((await run(["history", "news", ...url])).out)).toMatchObject(past);
    const newest = await run(["history", "news", "-n", "1", "-r", ...api], { env });
    expect(jsonLines(newest.out)).toMatchObject([{ data: 2 }]);

    const there = [{ user: "", client: expect.any(String) as unknown }];
    expect(jsonLines((await run(["presence", "news", ...api], { env })).out)).toMatchObject(there);
    expect(jsonLines((await run(["presence", "news", ...url])).out)).toMatchObject(there);
    const stats = [{ clients: 1, users: 1 }];
    const counted = await run(["presence", "news", "--stats", ...api], { env });
    expect(jsonLines(counted.out)).toEqual(stats);
    expect(jsonLines((await run(["presence", "news", "--stats", ...url])).out)).toEqual(stats);

    const listed = await run(["channels", ...api], { env });
    expect(jsonLines(listed.out)).toEqual([{ channel: "news", clients: 1 }]);
    const others = await run(["channels", "--pattern", "chat*", ...api], { env });
    expect([others.code, others.out]).toEqual([0, ""]);
  });

  it("goes on from a place", async () => {
    const { server, url } = await start();
    for (const data of [1, 2, 3]) await server.channel("news").publish(data);
    const { position } = await server.channel("news").history({ limit: 0 });
    const since = ["--since", `${position.epoch}:1`];
    const after = await run(["history", "news", ...since, ...url]);
    expect(jsonLines(after.out)).toMatchObject([{ data: 2 }, { data: 3 }]);
  });

  it.each([
    {
      name: "a key that is none",
      more: [],
      env: { TAUTLINE_API_KEY: `${key}?` },
      says: "--api-key-file",
    },
    { name: "a wrong path", more: ["/v9"], env, says: "there is no API at" },
  ])("says what to do about $name", async ({ more, env: given, says }) => {
    const { server } = await start();
    const at = ["--api-url", `${server.url}/api${more.join("")}`];
    const { code, err } = await run(["channels", ...at], { env: given });
    expect(code).toBe(1);
    expect(err).toContain(says);
  });
});

describe("what is wrong is told", () => {
  it.each([
    { line: ["sub"], says: "sub needs a channel" },
    { line: ["sub", "a", "-n", "0"], says: "--count takes a whole number from 1" },
    { line: ["sub", "a", "--url", "ftp://a"], says: "--url takes an address such as" },
    { line: ["pub"], says: "pub needs a channel" },
    { line: ["pub", "a", "hello"], says: "'hello' is no JSON. To send it as text: --text" },
    { line: ["pub", "a", "1", "2"], says: "pub takes one message" },
    { line: ["history"], says: "history takes one channel" },
    { line: ["history", "a", "--since", "1"], says: "--since takes <epoch>:<offset>" },
    { line: ["presence"], says: "presence takes one channel" },
    { line: ["channels"], says: "give a key with --api-key-file" },
  ])("$line", async ({ line, says }) => {
    const { code, err } = await run(line);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  it("when nothing listens", async () => {
    const { server } = await start();
    const { url } = server;
    await server.close();
    const sub = await run(["sub", "news", "--url", url]);
    expect([sub.code, sub.err]).toEqual([
      1,
      expect.stringMatching(/^tautline: cannot connect to ws:.*Is the server running.*\n$/u),
    ]);
    const list = await run(["channels", "--api-url", `${url}/api`], { env });
    expect([list.code, list.err]).toEqual([1, expect.stringContaining("cannot reach")]);
  });
});

/**
 * What a hostile client sends to a server, a real process: each is answered in the protocol's words, a decent client beside it
 * misses nothing, and the process neither ends nor grows without bound. What is tested with finer tools elsewhere is named in
 * docs/explanation/hostile-clients.md.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect as openSocket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from "vitest";
import { inSeconds, secret, sign } from "../centrifuge/hs256.ts";
import { Program, startServer } from "../cli/program.ts";
import { Intruder } from "./intruder.ts";
import { Witness } from "./witness.ts";

/** Far above what the process needs, and far below what the floods would take if they were kept. */
const mostMemoryMiB = 512;

let program: Program;
let origin: string;
let witness: Witness;

beforeAll(async () => {
  ({ program, origin } = await startServer(["--port", "0", "--history", "100"]));
  witness = await Witness.at(origin);
});

beforeEach(() => witness.speak());

afterEach(async () => {
  await witness.speak();
  witness.check();
  const held = memoryMiB();
  // Not a number when the process is gone.
  if (!(held <= mostMemoryMiB)) throw new Error(`The server holds ${held} MiB`);
});

afterAll(async () => {
  await witness.leave();
  program.kill("SIGTERM");
  const { code, signal } = await program.ended;
  if (code !== 0) throw new Error(`The server ended with ${code ?? signal}:\n${program.stderr}`);
});

/** What the server's process holds in memory now. */
function memoryMiB(): number {
  const status = `/proc/${program.pid}/status`;
  const kib = existsSync(status)
    ? /VmRSS:\s+(\d+) kB/u.exec(readFileSync(status, "utf8"))?.[1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(program.pid)], { encoding: "utf8" });
  return Number(kib) / 1024;
}

const subscribe = (id: number, channel: unknown, more: object = {}) => ({
  id,
  subscribe: { channel, ...more },
});

/** A request whose body goes on for ever. */
const head = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n`;

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("what no client of the protocol says ends the connection with 3501:", () => {
  const frames: { name: string; frame: string | Uint8Array }[] = [
    { name: "JSON that is too deep", frame: `{"id":2,"rpc":{"data":${deep(63)}}}` },
    {
      name: "JSON that is ten thousand levels deep",
      frame: `{"id":2,"rpc":{"data":${deep(10_000)}}}`,
    },
    { name: "JSON that is too long", frame: `{"id":2,"rpc":{"data":"${"x".repeat(65_536)}"}}` },
    { name: "a number where a string belongs", frame: '{"id":2,"subscribe":{"channel":7}}' },
    { name: "a string where a number belongs", frame: '{"id":"2","subscribe":{"channel":"a"}}' },
    { name: "half a command", frame: '{"id":2,"subscribe":{"chan' },
    { name: "half a command behind a whole one", frame: '{"id":2,"ping":{}}\n{"id":3,"sub' },
    { name: "an unknown command", frame: '{"id":2,"destroy":{"channel":"a"}}' },
    { name: "no JSON", frame: "hello" },
    { name: "bytes in a connection of text", frame: Uint8Array.of(1, 2, 3) },
    {
      name: "more commands in a frame than may be",
      frame: Array(513).fill('{"id":2,"ping":{}}').join("\n"),
    },
    { name: "a second connect", frame: '{"id":2,"connect":{}}' },
    {
      name: "an offset that is negative",
      frame: '{"id":2,"history":{"channel":"a","since":{"offset":-1}}}',
    },
  ];
  it.each(frames)("$name", async ({ frame }) => {
    const intruder = await Intruder.to(origin);
    intruder.say(frame);
    expect(await intruder.closed).toBe(3501);
  });

  const protobuf: { name: string; frame: Uint8Array | string }[] = [
    { name: "a length that reaches beyond the frame", frame: Uint8Array.of(0x7f, 8, 1) },
    { name: "a number without an end", frame: new Uint8Array(20).fill(0xff) },
    { name: "a group", frame: Uint8Array.of(2, 0x13, 0x14) },
    { name: "a field with another type than its own", frame: Uint8Array.of(3, 0x0a, 1, 0x61) },
    { name: "text that is no UTF-8", frame: Uint8Array.of(8, 8, 1, 0x22, 4, 0x0a, 2, 0xc3, 0x28) },
    { name: "an empty frame", frame: new Uint8Array() },
    { name: "text", frame: "{}" },
  ];
  it.each(protobuf)("malformed Protobuf: $name", async ({ frame }) => {
    const intruder = await Intruder.silent(origin, "centrifuge-protobuf");
    intruder.say(frame);
    expect(await intruder.closed).toBe(3501);
  });
});

describe("what is answered, and nothing more:", () => {
  it("keys that name the prototype are fields that nobody knows", async () => {
    const intruder = await Intruder.to(origin);
    intruder.say(
      '{"id":2,"__proto__":{"subscribe":{"channel":"x"}},"subscribe":{"channel":"a","__proto__":{"recover":true}}}',
    );
    expect(await intruder.told(({ id }) => id === 2)).toHaveProperty("subscribe");
    const answer = await intruder.ask(subscribe(3, "__proto__"));
    expect(answer).toHaveProperty("subscribe");
    // A prototype with a `recover` would make every later subscription recover.
    const other = await Intruder.to(origin);
    expect((await other.ask(subscribe(2, "b"))).subscribe?.recovered).not.toBe(true);
  });

  it("unknown fields are stepped over", async () => {
    const intruder = await Intruder.to(origin);
    const answer = await intruder.ask({
      ...subscribe(2, "a", { future: [{ x: null }] }),
      other: 1,
    });
    expect(answer).toHaveProperty("subscribe");
  });

  it("several commands in one frame are each answered", async () => {
    const intruder = await Intruder.to(origin);
    intruder.say([2, 3, 4].map((id) => JSON.stringify(subscribe(id, `c${id}`))).join("\n"));
    for (const wanted of [2, 3, 4]) {
      expect(await intruder.told(({ id }) => id === wanted)).toHaveProperty("subscribe");
    }
  });

  it("a channel's name of 10,000 bytes is refused with 107", async () => {
    const intruder = await Intruder.to(origin);
    expect(await intruder.ask(subscribe(2, "n".repeat(10_000)))).toMatchObject({
      error: { code: 107 },
    });
    const publish = { id: 3, publish: { channel: "ü".repeat(5000), data: 1 } };
    expect(await intruder.ask(publish)).toMatchObject({ error: { code: 107 } });
  });

  it("a forged epoch or offset recovers nothing, and is told so", async () => {
    const intruder = await Intruder.to(origin);
    await intruder.ask({ id: 2, publish: { channel: "forged", data: 1 } });
    const places = [
      { epoch: "forged", offset: 0 },
      { epoch: "forged", offset: Number.MAX_SAFE_INTEGER },
      { epoch: "__proto__", offset: 1 },
    ];
    for (const [index, place] of places.entries()) {
      const other = await Intruder.to(origin);
      const { subscribe: result } = await other.ask(
        subscribe(2, "forged", { recover: true, ...place }),
      );
      expect(result?.recovered ?? false).toBe(false);
      expect(result?.publications ?? []).toEqual([]);
      const history = { channel: "forged", limit: 1, since: place };
      const read = await intruder.ask({ id: 10 + index, history });
      expect(read).toMatchObject({ error: { code: 112 } });
    }
  });

  it("who a client says that it is does not make it anybody in presence", async () => {
    const intruder = await Intruder.to(origin, {
      user: "admin",
      data: null,
      info: { admin: true },
    });
    const forged = { user: "admin", client: "other", conn_info: { admin: true } };
    await intruder.ask(subscribe(2, "spoofed", { ...forged, info: forged, chan_info: 1 }));
    const { presence } = await intruder.ask({ id: 3, presence: { channel: "spoofed" } });
    const { client } = intruder;
    expect(presence?.presence).toEqual({ [client]: { user: expect.any(String), client } });
    expect(JSON.stringify(presence)).not.toContain("admin");
    intruder.say({ id: 4, publish: { channel: "spoofed", data: 1, info: forged } });
    const { push } = await intruder.told((said) => said.push?.pub !== undefined);
    expect(push?.pub).toMatchObject({ info: { client } });
    expect(JSON.stringify(push)).not.toContain("admin");
  });
});

describe("floods end the client that sends them:", () => {
  it("100,000 subscribe commands, with 3013, and 128 subscriptions at most", async () => {
    const intruder = await Intruder.to(origin);
    for (let frame = 0; frame < 200; frame += 1) {
      const commands = Array.from({ length: 500 }, (_, index) =>
        JSON.stringify(subscribe(frame * 500 + index + 2, `flood-${frame * 500 + index}`)),
      );
      intruder.say(commands.join("\n"));
    }
    expect(await intruder.closed).toBe(3013);
    // Those that have begun in the same turn may be over before they are answered.
    const begun = intruder.heard.filter((said) => said.subscribe !== undefined);
    expect(begun.length).toBeLessThanOrEqual(128);
    const codes = intruder.heard.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
    expect(codes).toContain(111);
    expect([...new Set(codes)].filter((code) => code !== 106 && code !== 111)).toEqual([]);
  });

  it("a publish storm, with 3013, and others hear no more than the rate allows", async () => {
    const [intruder, hearer] = [await Intruder.to(origin), await Intruder.to(origin)];
    await hearer.ask(subscribe(2, "storm"));
    for (let frame = 0; frame < 100; frame += 1) {
      const commands = Array.from({ length: 500 }, (_, index) =>
        JSON.stringify({ id: index + 2, publish: { channel: "storm", data: frame } }),
      );
      intruder.say(commands.join("\n"));
    }
    expect(await intruder.closed).toBe(3013);
    // Behind all that was let through.
    await hearer.ask({ id: 3, presence_stats: { channel: "storm" } });
    const heard = hearer.heard.filter(({ push }) => push?.pub !== undefined).length;
    expect(heard).toBeGreaterThan(0);
    // Ten seconds' worth at once, and what is earned while they are sent.
    expect(heard).toBeLessThan(4000);
  });

  it("a client that never reads, with 3008, while those beside it hear everything", async () => {
    const [deaf, hearer] = [await Intruder.to(origin), await Intruder.to(origin)];
    for (const one of [deaf, hearer]) await one.ask(subscribe(2, "loud"));
    deaf.goDeaf();
    const data = "x".repeat(50_000);
    let sent = 0;
    const count = async (): Promise<number> => {
      sent += 1;
      const stats = await hearer.ask({ id: 100_000 + sent, presence_stats: { channel: "loud" } });
      return (stats as { presence_stats: { num_clients: number } }).presence_stats.num_clients;
    };
    // By several publishers, since one alone would be held to its rate.
    while ((await count()) > 1) {
      const publisher = await Intruder.to(origin);
      for (let n = 0; n < 100; n += 1) {
        await publisher.ask({ id: n + 2, publish: { channel: "loud", data } });
      }
    }
    expect(hearer.heard.filter(({ push }) => push?.pub !== undefined).length % 100).toBe(0);
    deaf.hearAgain();
    expect([1006, 3008]).toContain(await deaf.closed);
  });

  it("connections that say nothing, and bodies without an end, keep nobody out", async () => {
    const { port } = new URL(origin);
    const paths = [
      "/connection/sse",
      "/connection/http_poll",
      "/connection/http_stream",
      "/emulation",
    ];
    for (let n = 0; n < 100; n += 1) {
      const socket = openSocket(Number(port), "127.0.0.1");
      onTestFinished(() => void socket.destroy());
      socket.on("error", () => undefined);
      socket.write(head(paths[n % paths.length] ?? ""));
      await Intruder.silent(origin);
    }
    const decent = await Intruder.to(origin);
    expect(await decent.ask(subscribe(2, "a"))).toHaveProperty("subscribe");
  });

  it("connections that come and go as fast as they can leave nothing behind", async () => {
    for (let n = 0; n < 300; n += 1) {
      const one = await Intruder.silent(origin);
      one.say(
        `${JSON.stringify({ id: 1, connect: {} })}\n${JSON.stringify(subscribe(2, "brief"))}`,
      );
      one.leave();
      if (n % 10 === 0) await nextTurn();
    }
    const last = await Intruder.to(origin);
    const members = async (): Promise<unknown> => {
      const id = last.heard.length + 2;
      return last.ask({ id, presence_stats: { channel: "brief" } });
    };
    await expect.poll(members).toMatchObject({ presence_stats: { num_clients: 0 } });
  });
});

describe("tokens", () => {
  let guarded: Program;
  let address: string;

  beforeAll(async () => {
    guarded = Program.tautline(["serve", "--port", "0", "--token-audience", "chat"], {
      TAUTLINE_TOKEN_HMAC_SECRET: secret,
    });
    [, address = ""] = await guarded.printed(/(http:\/\/localhost:\d+)/u);
  });

  afterAll(() => guarded.stop());

  const claims = { sub: "ann", aud: "chat" };

  it.each([
    { name: "that are expired", token: sign({ ...claims, exp: inSeconds(-60) }) },
    { name: "that are not good yet", token: sign({ ...claims, nbf: inSeconds(3600) }) },
  ])("$name are refused with 109, after which a client comes with another", async ({ token }) => {
    const intruder = await Intruder.silent(address);
    expect(await intruder.ask({ id: 1, connect: { token } })).toMatchObject({
      error: { code: 109 },
    });
  });

  it.each([
    { name: "for another audience", token: sign({ ...claims, aud: "mail" }) },
    { name: "of another secret", token: sign(claims, `${secret}!`) },
    { name: "without a signature", token: `${sign(claims).split(".").slice(0, 2).join(".")}.` },
    { name: "that are none", token: "hello" },
  ])("$name end the connection with 3500", async ({ token }) => {
    const intruder = await Intruder.silent(address);
    intruder.say({ id: 1, connect: { token } });
    expect(await intruder.closed).toBe(3500);
  });

  it("that are missing are refused with 101", async () => {
    const intruder = await Intruder.silent(address);
    expect(await intruder.ask({ id: 1, connect: {} })).toMatchObject({ error: { code: 101 } });
  });

  it("that are good let in, which shows that the others were refused for what they are", async () => {
    const intruder = await Intruder.silent(address);
    const answer = await intruder.ask({ id: 1, connect: { token: sign(claims) } });
    expect(answer).toHaveProperty("connect");
  });
});

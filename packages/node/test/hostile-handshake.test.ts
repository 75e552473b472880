/**
 * What a hostile or unlucky client may send before there is a connection, over real sockets. The verdicts on single
 * requests are the protocol's, with rows of its own; here is what becomes of them between Node.js and the server.
 */
import { describe, expect, it } from "vitest";
import { RawClient, echo, letThingsHappen, next, open, serve, upgradeRequest } from "./servers.ts";

const KiB = 1024;

async function statusOf(port: number, request: string): Promise<number> {
  const raw = await RawClient.connect(port);
  raw.socket.write(request, "latin1");
  return Number((await raw.head()).split(" ")[1]);
}

/** The request with `line` once more behind itself, or in its place. */
function changed(name: string, change: "missing" | "doubled" | "oversized"): string {
  const lines = upgradeRequest().split("\r\n");
  const index = lines.findIndex((line) => line.startsWith(`${name}:`));
  const line = lines[index] ?? "";
  const instead = {
    missing: [],
    doubled: [line, line],
    oversized: [`${line}${" ".repeat(20 * KiB)}x`],
  };
  return lines.toSpliced(index, 1, ...instead[change]).join("\r\n");
}

describe("a header that every request has", () => {
  const rows: [string, "missing" | "doubled", number][] = [
    ["Host", "missing", 400],
    ["Host", "doubled", 400],
    // Without these it is a request for a page, and there is none.
    ["Upgrade", "missing", 426],
    ["Connection", "missing", 426],
    ["Upgrade", "doubled", 101],
    ["Connection", "doubled", 101],
    ["Sec-WebSocket-Key", "missing", 400],
    ["Sec-WebSocket-Key", "doubled", 400],
    ["Sec-WebSocket-Version", "missing", 426],
    ["Sec-WebSocket-Version", "doubled", 426],
  ];
  it.each(rows)("%s, %s: %i", async (name, change, status) => {
    const { port } = await serve();
    expect(await statusOf(port, changed(name, change))).toBe(status);
  });

  it.each(["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"])(
    "%s, oversized: 431",
    async (name) => {
      const { port } = await serve();
      expect(await statusOf(port, changed(name, "oversized"))).toBe(431);
    },
  );
});

describe("a value that is", () => {
  const long = 64 * KiB;
  const rows: [string, string, string, number][] = [
    ["an unclosed quoted string", "Sec-WebSocket-Extensions", `a; b="${"c".repeat(long)}`, 400],
    ["a string of escapes", "Sec-WebSocket-Extensions", `a; b="${"\\c".repeat(long / 2)}"`, 101],
    [
      "an unclosed string of escapes",
      "Sec-WebSocket-Extensions",
      `a; b="${"\\".repeat(long)}`,
      400,
    ],
    ["spaces within a protocol", "Sec-WebSocket-Protocol", `b${" ".repeat(long)}x`, 400],
    ["spaces between protocols", "Sec-WebSocket-Protocol", `b,${" ".repeat(long)}x`, 101],
    ["spaces within Connection", "Connection", `Upgrade,${" ".repeat(long)}x`, 101],
    ...["__proto__", "constructor", "toString", "hasOwnProperty"].flatMap(
      (name): [string, string, string, number][] => [
        [`the name ${name}`, "Sec-WebSocket-Extensions", `${name}; ${name}=${name}`, 101],
        [`a parameter ${name}`, "Sec-WebSocket-Extensions", `permessage-deflate; ${name}`, 101],
        [`the protocol ${name}`, "Sec-WebSocket-Protocol", name, 101],
      ],
    ),
    ...[
      "http://[",
      "http://:",
      "http://a:99999999",
      "%",
      "\u00e9",
      "//",
      "null null",
      "http://a@b",
    ].map((value): [string, string, string, number] => [
      `${value} as Origin`,
      "Origin",
      value,
      403,
    ]),
    ...["[", "a:b:c", "a/b", "a@b", "\u00e9", "a:99999999", "a b", "[::1"].map(
      (value): [string, string, string, number] => [`${value} as Host`, "Host", value, 400],
    ),
  ];
  it.each(rows)("%s in %s: answered", async (_name, header, value, status) => {
    const { port, url } = await serve({ maxHeadBytes: 100_000, onConnection: echo });
    const request = upgradeRequest({ headers: { [header]: value } });
    const raw = await RawClient.connect(port);
    raw.socket.write(request, "latin1");
    const head = await raw.head();
    expect(head).toMatch(`HTTP/1.1 ${status} `);
    expect(head).not.toMatch(/sec-websocket-(extensions|protocol)/i);
    const client = await open(url);
    client.send("still there");
    expect(await next(client)).toBe("still there");
  });
});

it("an invalid frame in the same packet as the handshake ends that connection: 1002", async () => {
  const { port, url } = await serve({ onConnection: echo });
  const raw = await RawClient.connect(port);
  raw.socket.write(
    Buffer.concat([Buffer.from(upgradeRequest()), Buffer.of(0xff, 0x80, 1, 2, 3, 4)]),
  );
  expect(await raw.head()).toMatch("HTTP/1.1 101 ");
  await raw.until((received) => received.length >= 4);
  expect([...raw.received.subarray(0, 4)]).toEqual([0x88, raw.received[1], 1002 >> 8, 1002 & 0xff]);
  expect((await open(url)).state).toBe("open");
});

describe("slow peers", () => {
  it("are let go of, however they dribble, and hold up nobody", async () => {
    const { port, url } = await serve({ handshakeTimeoutMs: 400, onConnection: echo });
    const slow = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(port)));
    const closed = slow.map((raw) => raw.all());
    const request = upgradeRequest({ headers: { "X-Padding": "x".repeat(10_000) } });
    let sent = 0;
    const dribble = setInterval(() => {
      for (const { socket } of slow)
        if (socket.writable) socket.write(request.slice(sent, sent + 1));
      sent += 1;
    }, 5);
    const client = await open(url);
    client.send("in time");
    expect(await next(client)).toBe("in time");
    const answers = await Promise.all(closed);
    clearInterval(dribble);
    expect(sent).toBeLessThan(request.length);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  it("that send heads without end cost no more than a head may have", async () => {
    const { port, url } = await serve();
    const raws = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(port)));
    const before = process.memoryUsage();
    for (const { socket } of raws) {
      socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
      for (let part = 0; part < 10; part += 1) socket.write(`X-${part}: ${"x".repeat(4000)}\r\n`);
    }
    const answers = await Promise.all(raws.map((raw) => raw.head()));
    const after = process.memoryUsage();
    expect(new Set(answers.map((head) => head.split(" ")[1]))).toEqual(new Set(["431"]));
    const growth = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(growth).toBeLessThan(32 * KiB * KiB);
    await letThingsHappen(2);
    expect((await open(url)).state).toBe("open");
  });
});

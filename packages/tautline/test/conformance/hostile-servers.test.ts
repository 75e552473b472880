// Servers that mean no good, or do nothing: a case comes to its end, and nothing grows without bound.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Socket } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { casesAt, quick } from "../../src/conformance/cases/cases.ts";
import { reportOn } from "../../src/conformance/case-report.ts";
import type { CaseReport } from "../../src/conformance/case-report.ts";
import { checkServer } from "../../src/conformance/check-server.ts";
import { NoEcho, probeEcho } from "../../src/conformance/echo-probe.ts";
import { noExtras, openAsClient } from "../../src/conformance/handshake.ts";
import { checkOpenings } from "../../src/conformance/opening/check-openings.ts";
import { openingCases } from "../../src/conformance/opening/opening-cases.ts";
import { requestPieceBytes } from "../../src/conformance/opening/write-request.ts";
import { testerTimes } from "../../src/conformance/tester.ts";

const times = { ...testerTimes, silenceMs: 300, caseMs: 1500, quietMs: 20, chanceMs: 50 };

const sockets = new Set<Socket>();
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** A server on TCP that does as it likes. */
async function server(onSocket: (socket: Socket) => void): Promise<string> {
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  stops.push(() => once(listening.close(), "close"));
  const address = listening.address();
  return `ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
}

/** Opens in order, and then does as it likes. */
function opened(then: (socket: Socket) => void): Promise<string> {
  return server((socket) => {
    socket.once("data", (head) => {
      const key = /sec-websocket-key: (\S+)/i.exec(head.toString())?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
      );
      then(socket);
    });
  });
}

/** Writes it as long as somebody reads. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}

async function play(url: string, id: string): Promise<CaseReport | undefined> {
  const found: CaseReport[] = [];
  await checkServer({
    url,
    cases: casesAt(quick).filter((row) => row.id === id),
    times,
    onPlayed: (row, played) => found.push(reportOn(row, played)),
  });
  return found[0];
}

const many = (bytes: readonly number[]): Buffer =>
  Buffer.from(Array.from({ length: 4096 }, () => bytes).flat());

const floods = [
  { name: "messages", bytes: many([0x82, 1, 7]), says: "far more messages or pongs" },
  { name: "pings", bytes: many([0x89, 0]), says: "more than 1000 pings" },
  { name: "empty fragments", bytes: many([0x00, 0]), first: [0x02, 0], says: "far more bytes" },
  {
    name: "one message without end",
    bytes: many([7]),
    first: [0x82, 127, 0, 0, 0, 64, 0, 0, 0, 0],
    says: "far more bytes",
  },
];

describe("a server that floods its client", () => {
  for (const { name, bytes, first = [], says } of floods) {
    it(`with ${name} is given up`, async () => {
      const url = await opened((socket) => {
        socket.write(Buffer.from(first));
        pour(socket, bytes);
      });
      expect(await play(url, "1.1.2")).toMatchObject({
        verdict: "fail",
        because: expect.stringContaining(says),
      });
    });
  }

  it("with a head without end is given up", async () => {
    const url = await server((socket) => pour(socket, many([65])));
    expect(await play(url, "1.1.2")).toMatchObject({
      verdict: "fail",
      because: "no connection: head too long",
    });
  });
});

describe("a server that hangs", () => {
  it("before the handshake is given up", async () => {
    const url = await server(() => undefined);
    expect(await play(url, "1.1.2")).toMatchObject({ because: "no connection: no head in time" });
  });

  it("after the handshake is given up", async () => {
    const url = await opened((socket) => socket.resume());
    expect(await play(url, "1.1.2")).toMatchObject({
      verdict: "fail",
      received: "then silence, until the tester gave up",
    });
  });

  it("and does not read is given up in the middle of a large message", async () => {
    const url = await opened((socket) => socket.pause());
    expect(await play(url, "9.1.6")).toMatchObject({ verdict: "fail" });
  });

  it("by sending a byte now and then is given up when its time is over", async () => {
    const url = await opened((socket) => {
      socket.write(Buffer.from([0x82, 126, 4, 0]));
      const timer = setInterval(() => socket.write(Buffer.from([7])), 50);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await play(url, "1.1.2")).toMatchObject({ verdict: "fail" });
  });
});

const probe = (url: string) => probeEcho({ url, opener: openAsClient, times });
const echo = (socket: Socket): void => {
  socket.once("data", (frame) => {
    const key = frame.subarray(2, 6);
    const payload = frame.subarray(6, 20).map((byte, i) => byte ^ (key[i & 3] ?? 0));
    socket.write(Buffer.concat([Buffer.from([0x81, payload.length]), payload]));
    socket.write(Buffer.from([0x88, 0]));
  });
};

describe("a server that refuses a request before all of it has come", () => {
  it("is heard, and sent no more of it: its answer would be lost with the connection", async () => {
    let taken = 0;
    const url = await server((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 431 Too Large\r\n\r\n"));
      socket.on("data", (chunk) => (taken += chunk.byteLength));
    });
    const found: CaseReport[] = [];
    await checkOpenings({
      url,
      cases: openingCases.filter(({ title }) => title === "A request of 1 MiB"),
      times,
      greetings: 0,
      extras: noExtras,
      atOnce: 1,
      signal: new AbortController().signal,
      onReport: (report) => found.push(report),
    });
    expect(found).toMatchObject([{ verdict: "pass", received: "status 431" }]);
    expect(taken).toBeLessThanOrEqual(requestPieceBytes);
  });
});

describe("the look at a server before the cases", () => {
  it("counts what the server says by itself", async () => {
    expect(await probe(await opened(echo))).toBe(0);
    const polite = await opened((socket) => {
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      echo(socket);
    });
    expect(await probe(polite)).toBe(1);
  });

  it("tells a server that does not echo, and one that does not open", async () => {
    const mute = await opened((socket) => socket.end(Buffer.from([0x88, 0])));
    await expect(probe(mute)).rejects.toThrow(/does not send back what it gets/);
    const web = await server((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
    });
    await expect(probe(web)).rejects.toThrow(
      new NoEcho("the opening handshake failed: answered with HTTP/1.1 404 Not Found"),
    );
  });
});

/**
 * Measures what peers cost a process: a flood that its application does not take (many times what may be held, from a
 * sender that never waits), connections that are idle, and connections that have been.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { deflateRawSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const KiB = 1024;
const MiB = 1024 * KiB;

interface Memory {
  readonly rss: number;
  /** JavaScript's heap and the memory of buffers, after a collection. */
  readonly held: number;
  /** Bytes of messages that the application has taken. */
  readonly taken: number;
}

class FloodedServer {
  readonly #child;
  readonly #lines;

  constructor(consumer: string) {
    const path = fileURLToPath(new URL("flooded-server.mjs", import.meta.url));
    this.#child = spawn(process.execPath, ["--expose-gc", path, consumer], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    onTestFinished(() => void this.#child.kill());
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the server has ended; are the packages built?");
    return value;
  }

  async measure(): Promise<Memory> {
    this.#child.stdin.write("\n");
    return JSON.parse(await this.line()) as Memory;
  }
}

/** A masked frame, with a key of zeros. */
function frame(byteLength: number): Buffer {
  const bytes = Buffer.alloc(8 + byteLength);
  bytes.set([0x82, 0x80 | 126, byteLength >> 8, byteLength & 0xff]);
  return bytes;
}

const request = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const handshake = [...request, "", ""].join("\r\n");

describe.each(["paused", "nobody", "loop", "stream nobody", "stream unread", "stream loop"])(
  "an application that does not keep up (%s)",
  (kind) => {
    test.each([
      { name: "large messages", byteLength: 60 * KiB },
      { name: "small messages", byteLength: 126 },
    ])("is not flooded by $name", async ({ byteLength }) => {
      const server = new FloodedServer(kind);
      const socket = connect(Number(await server.line()), "127.0.0.1");
      onTestFinished(() => void socket.destroy());
      socket.write(handshake);
      await once(socket, "data");
      const before = await server.measure();

      // The same memory again and again: the sender's own does not count.
      const chunk = Buffer.concat(
        Array.from({ length: Math.ceil(MiB / (byteLength + 8)) }, () => frame(byteLength)),
      );
      for (let sent = 0; sent < 256 * MiB; sent += chunk.length) socket.write(chunk);

      let most = 0;
      let last = before;
      for (let sample = 0; sample < 60; sample += 1) {
        last = await server.measure();
        most = Math.max(most, last.held - before.held);
      }
      // maxUnreadBytes is 1 MiB, one read brings 64 KiB; what the objects around cost comes on top.
      expect(most).toBeLessThan(3 * MiB);
      expect(last.rss - before.rss).toBeLessThan(32 * MiB);
      expect(socket.writableLength).toBeGreaterThan(192 * MiB);
      // A chunk of a stream may be less than a message.
      const least = { loop: 50 * byteLength, "stream loop": 50 * 126 }[kind] ?? 0;
      expect(last.taken).toBeGreaterThanOrEqual(least);
    });
  },
);

/** A server to which somebody is connected, and what it holds before anything is sent. */
async function connected(kind: string, headers: readonly string[] = []) {
  const server = new FloodedServer(kind);
  const socket = connect(Number(await server.line()), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write([...request, ...headers, "", ""].join("\r\n"));
  await once(socket, "data");
  return { server, socket, before: await server.measure() };
}

describe("messages that are received as streams", () => {
  test("one of a gigabyte costs what has not been read, up to a limit", async () => {
    const { server, socket, before } = await connected("stream loop");
    const head = Buffer.alloc(14);
    head.set([0x82, 0xff]);
    head.writeBigUInt64BE(2n ** 30n, 2);
    socket.write(head);
    const piece = Buffer.alloc(MiB);
    for (let sent = 0; sent < 256 * MiB; sent += piece.length) socket.write(piece);
    let most = 0;
    let last = before;
    for (let sample = 0; sample < 60; sample += 1) {
      last = await server.measure();
      most = Math.max(most, last.held - before.held);
    }
    expect(most).toBeLessThan(3 * MiB);
    expect(last.rss - before.rss).toBeLessThan(32 * MiB);
    expect(socket.writableLength).toBeGreaterThan(192 * MiB);
    expect(last.taken).toBeGreaterThan(MiB);
  });

  test("one that is cancelled costs nothing, however much comes", async () => {
    const { server, socket, before } = await connected("stream cancel");
    const chunk = Buffer.concat(Array.from({ length: 16 }, () => frame(60 * KiB)));
    for (let sent = 0; sent < 256 * MiB; sent += chunk.length) {
      if (!socket.write(chunk)) await once(socket, "drain");
    }
    const after = await server.measure();
    expect(after.held - before.held).toBeLessThan(3 * MiB);
    // Where each read has memory of its own, what is dead waits for a collection, which V8 starts after some 64 MiB.
    expect(after.rss - before.rss).toBeLessThan(128 * MiB);
    expect((await server.measure()).taken).toBeGreaterThan(4000);
  });

  test("a bomb costs what is read of it (one that stands for 60 MiB, again and again)", async () => {
    const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover";
    const { server, socket, before } = await connected("stream loop", [offer]);
    const bomb = deflateRawSync(Buffer.alloc(60 * MiB)).subarray(0, 60 * KiB);
    const bytes = frame(bomb.byteLength);
    bytes[0] = 0x42;
    bytes.set(bomb, 8);
    socket.write(bytes);
    bytes[0] = 0x00;
    for (let sent = 0; sent < 1000; sent += 1) socket.write(bytes);
    let most = 0;
    let last = before;
    for (let sample = 0; sample < 60; sample += 1) {
      last = await server.measure();
      most = Math.max(most, last.held - before.held);
    }
    expect(most).toBeLessThan(3 * MiB);
    expect(last.rss - before.rss).toBeLessThan(32 * MiB);
    expect(last.taken).toBeGreaterThan(MiB);
  });
});

/** An open connection over which a message has gone there and back. */
async function used(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(handshake);
  await once(socket, "data");
  socket.write(frame(2000));
  for (let received = 0; received < 2004;) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    received += chunk.length;
  }
  return socket;
}

test("an idle connection pins no read buffer and no output block", async () => {
  const server = new FloodedServer("echo");
  const port = Number(await server.line());
  for (let warmUp = 0; warmUp < 50; warmUp += 1) await used(port);
  const before = await server.measure();
  const count = 400;
  for (let index = 0; index < count; index += 1) await used(port);
  const after = await server.measure();
  // A read buffer or a block would be 64 KiB each.
  expect((after.held - before.held) / count).toBeLessThan(16 * KiB);
});

test("connections that have ended leave memory where it was", async () => {
  const server = new FloodedServer("echo");
  const port = Number(await server.line());
  const openAndEnd = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const socket = await used(port);
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.write(Buffer.of(0x88, 0x80, 0, 0, 0, 0));
      await once(socket, "close");
    }
  };
  // Until the code is compiled and the tables have their size, memory grows.
  await openAndEnd(1000);
  const before = await server.measure();
  const count = 2500;
  await openAndEnd(count);
  const after = await server.measure();
  // A connection that is kept costs several KiB; the heap itself wavers by one or two MiB.
  expect((after.held - before.held) / count).toBeLessThan(KiB);
});

test.each([
  ["a message of half a gigabyte that is sent", "stream-4gib.mjs", "512"],
  ["one that is received, in frames", "receive-4gib.mjs", "frames", "512"],
  ["one that is received, in one frame", "receive-4gib.mjs", "frame", "512"],
  ["one that is received, compressed", "receive-4gib.mjs", "compressed", "512"],
  ["a frame in writes of one byte each", "trickle-64mib.mjs", "messages", "0.25"],
])("%s costs no more memory than it may", async (_name, script, ...args) => {
  const path = fileURLToPath(new URL(`../soak/${script}`, import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", path, ...args], { stdio: "inherit" });
  onTestFinished(() => void child.kill());
  expect(await once(child, "close")).toEqual([0, null]);
});

/**
 * Measures what peers cost a process: a flood that its application does not take (many times what may be held, from a
 * sender that never waits), connections that are idle, and connections that have been.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
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

const handshake = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

describe.each(["paused", "nobody", "loop"])("an application that does not keep up (%s)", (kind) => {
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
    expect(last.taken).toBeGreaterThanOrEqual(kind === "loop" ? 50 * byteLength : 0);
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

test("a message that is streamed costs no memory for its length", async () => {
  const path = fileURLToPath(new URL("../soak/stream-4gib.mjs", import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", path, "512"], { stdio: "inherit" });
  onTestFinished(() => void child.kill());
  expect(await once(child, "close")).toEqual([0, null]);
});

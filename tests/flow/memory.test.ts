/**
 * Measures what a flood costs a process whose application does not take it. The flood is many times what may be held, and
 * its sender never waits.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
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

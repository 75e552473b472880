import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { WebSocketServer } from "@tautline/node";
import type { Connection, ServerOptions } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { RawClient, clientFrame, letThingsHappen, pair, serve } from "./servers.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** A connection whose peer has stopped reading, and the peer. */
async function slowReader(
  options: ServerOptions,
): Promise<{ connection: Connection; reader: Socket }> {
  const { port, server } = await serve(options);
  const { socket } = await RawClient.opened(port);
  socket.pause();
  // What these tests send is too much to be kept.
  socket.removeAllListeners("data");
  const [connection] = [...server.connections];
  return { connection: connection!, reader: socket };
}

/** Sends until the peer does not keep up. Returns how many bytes that took. */
function sendUntilFull(connection: Connection, chunk: Uint8Array): number {
  for (let sent = chunk.byteLength; ; sent += chunk.byteLength) {
    if (!connection.send(chunk)) return sent;
  }
}

/** Sends 64 MiB, which is more than the system buffers on the way. */
function fill(connection: Connection): void {
  const chunk = new Uint8Array(MiB);
  for (let sent = 0; sent < 64; sent += 1) connection.send(chunk);
}

describe("a peer that does not read", () => {
  it("makes send say false, and holds drained() back until it reads again", async () => {
    const { connection, reader } = await slowReader({ highWaterMarkBytes: 256 * KiB });
    const chunk = new Uint8Array(64 * KiB);
    // The first rounds fill what the system buffers on the way.
    let pending = false;
    for (let round = 0; round < 200 && !pending; round += 1) {
      sendUntilFull(connection, chunk);
      expect(connection.bufferedBytes).toBeLessThan(400 * KiB);
      pending = true;
      const drained = connection.drained().then(() => {
        pending = false;
      });
      await Promise.race([drained, letThingsHappen(5)]);
    }
    expect(pending).toBe(true);
    const drain = new Promise<void>((resolve) => {
      connection.onDrain(resolve);
    });
    reader.resume();
    await Promise.all([connection.drained(), drain]);
    expect(pending).toBe(false);
    expect(connection.bufferedBytes).toBeLessThanOrEqual(128 * KiB);
    expect(connection.send("goes on")).toBe(true);
  });

  it("costs a writer that waits no more than the high-water mark, and loses nothing", async () => {
    const { connection, reader } = await slowReader({ highWaterMarkBytes: 64 * KiB });
    let received = 0;
    let most = 0;
    const total = 32 * MiB;
    const writing = (async () => {
      for (let sent = 0; sent < total; sent += 32 * KiB) {
        await connection.write(new Uint8Array(32 * KiB));
        most = Math.max(most, connection.bufferedBytes);
      }
      connection.close(1000);
    })();
    await letThingsHappen();
    reader.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    reader.resume();
    await writing;
    reader.end(clientFrame(8));
    await once(reader, "end");
    expect(received).toBe(total + (total / (32 * KiB)) * 4 + 4);
    expect(most).toBeLessThan(64 * KiB + 33 * KiB);
  });

  it("is closed with 1013 when more than maxQueuedBytes would wait", async () => {
    const { connection } = await slowReader({ maxQueuedBytes: 8 * MiB, closeTimeoutMs: 30 });
    fill(connection);
    expect(connection.state).toBe("closing");
    expect(connection.bufferedBytes).toBeLessThanOrEqual(8 * MiB);
    expect(await connection.closed).toMatchObject({
      code: 1013,
      wasClean: false,
      error: { code: "LIMIT_QUEUED_BYTES" },
    });
  });

  it("is told 1013 when it reads again in time", async () => {
    const { connection, reader } = await slowReader({ maxQueuedBytes: 8 * MiB });
    fill(connection);
    let last = Buffer.alloc(0);
    reader.on("data", (chunk: Buffer) => {
      last = Buffer.concat([last, chunk]).subarray(-200);
    });
    reader.resume();
    await once(reader, "end");
    expect(last.includes("\x03\xf5more than maxQueuedBytes", "latin1")).toBe(true);
    reader.end();
    expect(await connection.closed).toMatchObject({ code: 1013 });
  });

  it("costs what waits and nothing more where the rest is dropped", async () => {
    const { connection, reader } = await slowReader({
      maxQueuedBytes: 8 * MiB,
      whenQueueFull: "drop",
    });
    fill(connection);
    expect(connection.state).toBe("open");
    expect(connection.droppedMessages).toBeGreaterThan(0);
    expect(connection.bufferedBytes).toBeLessThanOrEqual(8 * MiB);
    reader.resume();
    await connection.drained();
    expect(connection.send("goes on")).toBe(true);
  });

  it("makes send throw where the rest is refused, and a broadcast goes to the others", async () => {
    const { server, port } = await serve({ maxQueuedBytes: 8 * MiB, whenQueueFull: "refuse" });
    const slow = await RawClient.opened(port);
    slow.socket.pause();
    const [connection] = [...server.connections] as [Connection];
    expect(() => fill(connection)).toThrow("no room");
    const other = await RawClient.opened(port);
    expect(() => server.broadcast(new Uint8Array(MiB))).not.toThrow();
    await other.until((received) => received.length >= MiB + 10);
    expect(connection.state).toBe("open");
    expect(() => server.broadcast(5 as never)).toThrow("message must be");
  });

  it("does not keep a writer waiting when the connection ends", async () => {
    const { connection, reader } = await slowReader({});
    sendUntilFull(connection, new Uint8Array(64 * KiB));
    sendUntilFull(connection, new Uint8Array(16 * MiB));
    const writing = connection.write("waits");
    const draining = connection.drained();
    reader.resetAndDestroy();
    await expect(writing).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    await expect(draining).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  });

  it("and never closes is cut off when the close timeout has passed", async () => {
    const { connection } = await slowReader({ closeTimeoutMs: 30 });
    sendUntilFull(connection, new Uint8Array(16 * MiB));
    connection.close(1000);
    expect(await connection.closed).toMatchObject({
      code: 1006,
      error: { code: "CONNECTION_CLOSE_TIMEOUT" },
    });
  });

  it("and has ended its side does not hold the socket for ever", async () => {
    const { port, accepted } = await serverWithSockets({ closeTimeoutMs: 30 });
    const raw = await RawClient.opened(port);
    const { connection, socket } = await accepted;
    raw.socket.pause();
    connection.send(new Uint8Array(16 * MiB));
    raw.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1006 });
    await once(socket, "close");
  });
});

/** A server whose sockets the test can look at. */
async function serverWithSockets(
  options: ServerOptions,
): Promise<{ port: number; accepted: Promise<{ connection: Connection; socket: Socket }> }> {
  const server = new WebSocketServer(options);
  const httpServer = createServer();
  onTestFinished(async () => {
    await server.shutdown({ drainTimeoutMs: 0 });
    httpServer.close();
  });
  const accepted = new Promise<{ connection: Connection; socket: Socket }>((resolve, reject) => {
    httpServer.on("upgrade", (request, socket: Socket, head) => {
      server.upgrade(request, socket, head).then((connection) => {
        resolve({ connection, socket });
      }, reject);
    });
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  return { port: (httpServer.address() as AddressInfo).port, accepted };
}

describe("a flood into an application that does not take it", () => {
  const total = 64 * MiB;
  const frame = clientFrame(2, new Uint8Array(60 * KiB));
  const count = Math.floor(total / frame.length);

  const rows: [string, (connection: Connection) => void, number][] = [
    ["because it has paused", (connection) => connection.pause(), 256 * KiB],
    ["because nobody listens", () => undefined, MiB + 256 * KiB],
  ];
  it.each(rows)("is held back by TCP: %s", async (_name, prepare, mostRead) => {
    const { port, accepted } = await serverWithSockets({});
    const raw = await RawClient.opened(port);
    const { connection, socket } = await accepted;
    prepare(connection);
    for (let index = 0; index < count; index += 1) raw.socket.write(frame);
    await letThingsHappen();
    expect(socket.bytesRead).toBeLessThan(mostRead);
    expect(raw.socket.writableLength).toBeGreaterThan(total / 2);

    connection.resume();
    let received = 0;
    for await (const message of connection) {
      received += message.length;
      if (received === count * 60 * KiB) break;
    }
    expect(connection.state).toBe("open");
  });

  it("of tiny messages is bounded by their number", async () => {
    const { port, accepted } = await serverWithSockets({ maxUnreadMessages: 100 });
    const raw = await RawClient.opened(port);
    const { connection, socket } = await accepted;
    const tiny = Buffer.concat(Array.from({ length: 10_000 }, () => clientFrame(1)));
    for (let index = 0; index < 200; index += 1) raw.socket.write(tiny);
    await letThingsHappen();
    expect(socket.bytesRead).toBeLessThan(256 * KiB);
    connection.onMessage(() => undefined);
  });

  it("is taken at the speed of a slow loop, with nothing lost", async () => {
    const { client, accepted } = await pair({ maxUnreadMessages: 4 });
    const writing = (async () => {
      for (let index = 0; index < 500; index += 1) {
        await client.write(`${index}`.padEnd(5000));
      }
      client.close(1000);
    })();
    let expected = 0;
    for await (const message of accepted) {
      expect(Number(message)).toBe(expected);
      expected += 1;
      if (expected % 50 === 0) await letThingsHappen(1);
    }
    await writing;
    expect(expected).toBe(500);
  });
});

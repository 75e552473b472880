import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createDuplex } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RawClient, letThingsHappen, next, pair, serve } from "../servers.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** Everything that a stream gives, joined. */
async function read(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

describe("a Duplex over a connection", () => {
  it("carries bytes both ways and ends with the closing handshake", async () => {
    const { client, accepted } = await pair();
    const near = createDuplex(client);
    const far = createDuplex(accepted);
    const echoing = pipeline(far, far);
    near.write("text counts as bytes, ");
    near.write(Buffer.from("and so do bytes"));
    let echoed = "";
    for await (const chunk of near.iterator({ destroyOnReturn: false })) {
      echoed += String(chunk);
      if (echoed.length === 37) break;
    }
    near.end();
    await finished(near.resume());
    expect(echoed).toBe("text counts as bytes, and so do bytes");
    await echoing;
    expect(await accepted.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("gives text as its bytes, and leaves empty messages out", async () => {
    const { client, accepted } = await pair();
    accepted.send("");
    accepted.send(new Uint8Array(0));
    accepted.send("grün");
    accepted.send(Uint8Array.of(1, 2));
    accepted.close(1001);
    expect(await read(createDuplex(client))).toEqual(
      Buffer.concat([Buffer.from("grün"), Buffer.of(1, 2)]),
    );
  });

  it("keeps messages apart and their types in object mode", async () => {
    const { client, accepted } = await pair();
    const far = createDuplex(accepted, { objectMode: true });
    client.send("");
    client.send("text");
    client.send(Uint8Array.of(1));
    const reading = far[Symbol.asyncIterator]();
    expect((await reading.next()).value).toBe("");
    expect((await reading.next()).value).toBe("text");
    expect((await reading.next()).value).toEqual(Uint8Array.of(1));
    far.write("back");
    far.write(Uint8Array.of(2));
    expect(await next(client)).toBe("back");
    expect(await next(client)).toEqual(Uint8Array.of(2));
  });

  it("reads on after its own end until the peer has answered", async () => {
    const { client, accepted } = await pair();
    accepted.send("before the end");
    const near = createDuplex(client);
    near.end();
    expect((await read(near)).toString()).toBe("before the end");
    expect(await accepted.closed).toMatchObject({ code: 1000 });
  });

  it("holds a writer back while the peer does not read", async () => {
    const { port, server } = await serve({ highWaterMarkBytes: 64 * KiB });
    const raw = await RawClient.opened(port);
    raw.socket.pause();
    const [connection] = [...server.connections] as [Connection];
    let taken = 0;
    const source = Readable.from(
      (function* chunks() {
        for (; taken < 64 * MiB; taken += 32 * KiB) yield Buffer.alloc(32 * KiB);
      })(),
    );
    const piping = pipeline(source, createDuplex(connection));
    await letThingsHappen();
    const stalled = taken;
    expect(stalled).toBeLessThan(32 * MiB);
    await letThingsHappen();
    expect(taken).toBe(stalled);
    expect(connection.bufferedBytes).toBeLessThan(128 * KiB);
    raw.socket.resetAndDestroy();
    await expect(piping).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  });

  it("holds the peer back while nobody reads", async () => {
    const { client, accepted } = await pair({}, { highWaterMarkBytes: 64 * KiB });
    const far = createDuplex(accepted);
    let written = 0;
    const writing = (async () => {
      for (; written < 64 * MiB; written += 32 * KiB) await client.write(new Uint8Array(32 * KiB));
      client.close(1000);
    })();
    await letThingsHappen();
    expect(written).toBeLessThan(32 * MiB);
    let received = 0;
    await pipeline(
      far,
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          received += chunk.length;
          done();
        },
      }),
    );
    await writing;
    expect(received).toBe(64 * MiB);
  });

  it.each([
    ["is cut off", (peer: Connection) => peer.terminate(), "CONNECTION_LOST"],
    ["is closed with an error code", (peer: Connection) => peer.close(1011), "CONNECTION_CLOSED"],
  ])("is destroyed with an error when the connection %s", async (_name, end, code) => {
    const { client, accepted } = await pair();
    const near = createDuplex(client);
    const reading = read(near);
    end(accepted);
    await expect(reading).rejects.toMatchObject({ code });
    expect(near.destroyed).toBe(true);
  });

  it("is destroyed when the connection breaks though nobody reads or writes", async () => {
    const { client, accepted } = await pair();
    const near = createDuplex(client);
    accepted.terminate();
    const [error] = (await once(near, "error")) as [Error];
    expect(error).toMatchObject({ code: "CONNECTION_LOST" });
  });

  it.each([
    ["without an error", undefined, 1001],
    ["with an error", new Error("reader gave up"), 1011],
  ])("destroyed %s, tells the peer so", async (_name, error, code) => {
    const { client, accepted } = await pair();
    const near = createDuplex(client);
    near.on("error", () => undefined);
    // More than the queue takes, so that the Close frame lies behind what nobody has read.
    for (let sent = 0; sent < 100; sent += 1) accepted.send(new Uint8Array(64 * KiB));
    await letThingsHappen(5);
    near.destroy(error);
    expect(await accepted.closed).toMatchObject({ code, wasClean: true });
    expect(await client.closed).toMatchObject({ wasClean: true });
  });

  it("is destroyed by what cannot be sent", async () => {
    const { client } = await pair();
    const near = createDuplex(client, { objectMode: true });
    near.write(7);
    const [error] = (await once(near, "error")) as [Error];
    expect(error).toMatchObject({ code: "USAGE_MESSAGE_TYPE" });
  });

  it("ends its writable side with the connection", async () => {
    const { client, accepted } = await pair();
    const near = createDuplex(client);
    accepted.close(1000);
    near.resume();
    await finished(near);
    expect(near.writableFinished).toBe(true);
  });
});

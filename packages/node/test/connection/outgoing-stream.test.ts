import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import type { Connection, MessageSource, SendStreamOptions } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RawClient, letThingsHappen, next, pair, serve } from "../servers.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function* slowly<Chunk>(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
  for (const chunk of chunks) {
    await letThingsHappen(1);
    yield chunk;
  }
}

describe("a message sent as a stream", () => {
  const emoji = Buffer.from("😀");
  const rows: [string, () => MessageSource, SendStreamOptions, string | Uint8Array][] = [
    ["an array of text", () => ["a", "b"], {}, "ab"],
    ["an asynchronous iterable", () => slowly([bytes(1), bytes(2, 3)]), {}, bytes(1, 2, 3)],
    ["a ReadableStream", () => ReadableStream.from(["x", "y"]), {}, "xy"],
    ["a Node.js stream", () => Readable.from([Buffer.of(1), Buffer.of(2)]), {}, bytes(1, 2)],
    [
      "buffers and views",
      () => [new ArrayBuffer(1), new Uint16Array([0x0202])],
      {},
      bytes(0, 2, 2),
    ],
    ["nothing", () => [], {}, bytes()],
    ["nothing, as text", () => [], { type: "text" }, ""],
    ["empty chunks", () => ["", "", "a", ""], {}, "a"],
    ["a character cut in halves", () => ["<\ud83d", "\ude00>"], {}, "<😀>"],
    ["a lone half at the end", () => ["a\ud83d"], {}, "a\ufffd"],
    [
      "bytes of text, cut within a character",
      () => [emoji.subarray(0, 1), emoji.subarray(1)],
      { type: "text" },
      "😀",
    ],
    ["one large chunk", () => ["é".repeat(200_000)], {}, "é".repeat(200_000)],
  ];
  it.each(rows)("from %s", async (_name, source, options, expected) => {
    const { client, accepted } = await pair();
    for (const [from, to] of [
      [client, accepted],
      [accepted, client],
    ] as const) {
      await from.sendStream(source(), options);
      expect(await next(to)).toEqual(expected);
    }
  });

  it("keeps whole messages, other streams and pings out of it", async () => {
    const { client, accepted } = await pair();
    let pinged = 0;
    accepted.onPing(() => {
      pinged += 1;
    });
    const first = client.sendStream(
      (async function* chunks() {
        yield "first ";
        client.send("whole");
        client.ping();
        await letThingsHappen(2);
        expect(pinged).toBe(1);
        yield "stream";
      })(),
    );
    const second = client.sendStream(slowly(["second ", "stream"]));
    expect(await next(accepted)).toBe("first stream");
    expect(await next(accepted)).toBe("whole");
    expect(await next(accepted)).toBe("second stream");
    await Promise.all([first, second]);
  });

  it("goes no faster than the peer reads", async () => {
    const { port, server } = await serve({ highWaterMarkBytes: 64 * KiB });
    const raw = await RawClient.opened(port);
    raw.socket.pause();
    const [connection] = [...server.connections] as [Connection];
    let given = 0;
    let cancelled = false;
    const sending = connection.sendStream(
      (function* chunks() {
        try {
          for (; given < 64 * MiB; given += 32 * KiB) yield new Uint8Array(32 * KiB);
        } finally {
          cancelled = true;
        }
      })(),
    );
    await letThingsHappen();
    const stalled = given;
    expect(stalled).toBeLessThan(32 * MiB);
    await letThingsHappen();
    expect(given).toBe(stalled);
    expect(connection.bufferedBytes).toBeLessThan(256 * KiB);
    raw.socket.resetAndDestroy();
    await expect(sending).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    expect(cancelled).toBe(true);
  });

  it("whose source waits does not keep the connection's end back", async () => {
    const { client, accepted } = await pair();
    let cancelled = false;
    const source = new ReadableStream<string>({
      start: (controller) => controller.enqueue("begun"),
      cancel: () => {
        cancelled = true;
      },
    });
    const sending = client.sendStream(source.values());
    await letThingsHappen(2);
    accepted.close(1000);
    await expect(sending).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(client.state).toBe("closed");
    expect(cancelled).toBe(false);
  });

  it("on a connection that is over is refused, and its source cancelled", async () => {
    const { client } = await pair();
    client.terminate();
    await expect(client.sendStream(["late"])).rejects.toMatchObject({
      code: "CONNECTION_TERMINATED",
    });
  });
});

describe("a source that fails", () => {
  const failures: [string, (begun: string[]) => MessageSource, SendStreamOptions][] = [
    [
      "by itself",
      (begun) =>
        (function* chunks() {
          yield* begun;
          throw new Error("source is gone");
        })(),
      {},
    ],
    ["by a number", (begun) => [...begun, 5 as never], {}],
    ["by bytes that are no text", (begun) => [...begun, bytes(0xff)], { type: "text" }],
    ["by half a character", (begun) => [...begun, bytes(0xe2)], { type: "text" }],
  ];
  it.each(failures)("%s ends the connection when it has begun", async (_name, source, options) => {
    const { client, accepted } = await pair();
    await expect(client.sendStream(source(["begun"]), options)).rejects.toBeInstanceOf(Error);
    expect(await accepted.closed).toMatchObject({ code: 1011, wasClean: true });
  });

  it.each(failures)("%s harms nothing before that", async (_name, source, options) => {
    const { client, accepted } = await pair();
    await expect(client.sendStream(source([]), options)).rejects.toBeInstanceOf(Error);
    client.send("goes on");
    expect(await next(accepted)).toBe("goes on");
  });

  it("does not keep the next from being sent", async () => {
    const { client, accepted } = await pair();
    const failing = client.sendStream([5 as never]);
    const sending = client.sendStream(["next"]);
    await expect(failing).rejects.toMatchObject({ code: "USAGE_MESSAGE_TYPE" });
    await sending;
    expect(await next(accepted)).toBe("next");
  });

  it("by text in a binary message is the caller's mistake", async () => {
    const { client, accepted } = await pair();
    const sending = client.sendStream([bytes(1), "text"]);
    await expect(sending).rejects.toMatchObject({ code: "USAGE_MESSAGE_TYPE" });
    expect(await accepted.closed).toMatchObject({ code: 1011 });
  });
});

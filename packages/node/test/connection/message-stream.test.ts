/**
 * Messages that are received as streams while they arrive, over real sockets.
 */
import { deflateRawSync } from "node:zlib";
import { once } from "node:events";
import { LimitExceeded, TautlineError, UsageError, createDuplex } from "@tautline/node";
import type { Connection, Message, MessageStream, ServerOptions } from "@tautline/node";
import { assert, asyncProperty, array, integer, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { RawClient, clientFrame, letThingsHappen, pair, serve } from "../servers.ts";

const receive = "streams";

/** A server's end whose messages arrive as streams, and a client that sends what the test writes. */
async function raw(
  options: ServerOptions = {},
): Promise<{ accepted: Connection; peer: RawClient }> {
  let accepted: Connection | undefined;
  const { port } = await serve({
    receive,
    pingIntervalMs: 0,
    ...options,
    onConnection: (connection) => {
      accepted = connection;
    },
  });
  return { peer: await RawClient.opened(port), accepted: accepted! };
}

/** A frame that is not its message's last. */
function unfinished(opcode: number, payload: string | Uint8Array = ""): Buffer {
  const frame = clientFrame(opcode, payload);
  frame[0]! &= 0x7f;
  return frame;
}

/** The head of a frame of which only so much is said. */
function longHead(byteLength: number): Buffer {
  const head = Buffer.alloc(14);
  head.set([0x82, 0xff]);
  head.writeBigUInt64BE(BigInt(byteLength), 2);
  return head;
}

const continuation = 0;
const text = 1;
const binary = 2;
const close = 8;

async function nextStream(connection: Connection): Promise<MessageStream> {
  const { value } = await connection.messageStreams().next();
  if (value === undefined) throw new Error("no more messages");
  return value;
}

async function chunksOf(stream: AsyncIterable<Message>): Promise<Message[]> {
  const chunks: Message[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const codeOf = (error: unknown): string => (error instanceof TautlineError ? error.code : "none");

describe("a message that is received as a stream", () => {
  test("can be read before it is complete", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(unfinished(text, "first"));
    const stream = await nextStream(accepted);
    const chunks = stream[Symbol.asyncIterator]();
    expect([stream.type, await chunks.next()]).toEqual(["text", { done: false, value: "first" }]);
    const second = chunks.next();
    peer.socket.write(unfinished(continuation, ", second"));
    expect(await second).toEqual({ done: false, value: ", second" });
    const [third, end, afterwards] = [chunks.next(), chunks.next(), chunks.next()];
    peer.socket.write(clientFrame(continuation, "."));
    expect(await third).toEqual({ done: false, value: "." });
    for (const done of [end, afterwards, chunks.next()]) {
      expect(await done).toEqual({ done: true, value: undefined });
    }
  });

  test("can be read from one frame that is not complete", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(longHead(2 ** 40));
    const stream = await nextStream(accepted);
    const reader = stream.readable.getReader();
    for (const size of [1, 1000, 50_000]) {
      peer.socket.write(Buffer.alloc(size, 7));
      for (let received = 0; received < size;) {
        const { value } = await reader.read();
        expect(value).toBeInstanceOf(Uint8Array);
        received += value!.length;
      }
    }
    expect([stream.type, accepted.state]).toEqual(["binary", "open"]);
  });

  test("gives its text in strings, however its characters are cut", async () => {
    const whole = "a\u00E9\u20AC\u{1F600}\uFFFD\uFEFFb".repeat(3);
    const { accepted, peer } = await raw();
    for (const [index, byte] of [...Buffer.from(whole)].entries()) {
      peer.socket.write(unfinished(index === 0 ? text : continuation, Uint8Array.of(byte)));
    }
    peer.socket.write(clientFrame(continuation));
    const chunks = await chunksOf(await nextStream(accepted));
    expect(chunks.join("")).toBe(whole);
    expect(chunks).not.toContain("");
  });

  test("can be had whole, as text or bytes, whatever it is", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(clientFrame(text, "\uFEFFtext"));
    expect(await (await nextStream(accepted)).text()).toBe("\uFEFFtext");
    peer.socket.write(clientFrame(text, "\u00E9"));
    expect(await (await nextStream(accepted)).bytes()).toEqual(Uint8Array.of(0xc3, 0xa9));
    peer.socket.write(clientFrame(binary, Uint8Array.of(0x61, 0xff)));
    expect(await (await nextStream(accepted)).text()).toBe("a\uFFFD");
    peer.socket.write(clientFrame(binary));
    expect(await (await nextStream(accepted)).bytes()).toEqual(new Uint8Array(0));
  });

  test("is not gathered beyond the limit, and the next one comes", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(unfinished(binary, "12345"));
    const gathered = (await nextStream(accepted)).bytes({ maxMessageBytes: 9 });
    peer.socket.write(
      Buffer.concat([clientFrame(continuation, "67890"), clientFrame(text, "next")]),
    );
    await expect(gathered).rejects.toThrow(LimitExceeded);
    expect(await (await nextStream(accepted)).text()).toBe("next");
  });

  test("is limited while it arrives where maxMessageBytes is given", async () => {
    const { accepted, peer } = await raw({ maxMessageBytes: 10 });
    peer.socket.write(unfinished(binary, "123456"));
    const chunks = (await nextStream(accepted))[Symbol.asyncIterator]();
    await chunks.next();
    peer.socket.write(unfinished(continuation, "789012"));
    await expect(chunks.next()).rejects.toThrow("maxMessageBytes");
    expect((await accepted.closed).code).toBe(1009);
  });

  test("fails with what ended the connection, behind what had come", async () => {
    const rows = [
      ["CONNECTION_CLOSED", clientFrame(close, Uint8Array.of(3, 0xe8))],
      ["PROTOCOL_EXPECTED_CONTINUATION", clientFrame(text, "")],
      ["PROTOCOL_INVALID_UTF8", clientFrame(continuation, Uint8Array.of(0xff))],
    ] as const;
    for (const [code, cut] of rows) {
      const { accepted, peer } = await raw();
      peer.socket.write(Buffer.concat([unfinished(text, "what has come"), cut]));
      const stream = await nextStream(accepted);
      await accepted.closed;
      const chunks = stream[Symbol.asyncIterator]();
      expect(await chunks.next()).toEqual({ done: false, value: "what has come" });
      expect(codeOf(await chunks.next().catch((error: unknown) => error))).toBe(code);
      expect(codeOf(await stream.bytes().catch((error: unknown) => error))).toBe(code);
    }
  });

  test("fails when the connection is lost or given up while somebody waits for more", async () => {
    for (const end of ["reset", "terminate"] as const) {
      const { accepted, peer } = await raw();
      peer.socket.write(unfinished(binary, "x"));
      const stream = await nextStream(accepted);
      const gathered = stream.bytes().catch((error: unknown) => error);
      if (end === "reset") peer.socket.resetAndDestroy();
      else accepted.terminate();
      const code = end === "reset" ? "CONNECTION_LOST" : "CONNECTION_TERMINATED";
      expect(codeOf(await gathered)).toBe(code);
      stream.cancel();
    }
  });

  test("that is complete can be read after the end of the connection", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(Buffer.concat([clientFrame(text, "one"), clientFrame(text, "two")]));
    peer.socket.end();
    await accepted.closed;
    const all: string[] = [];
    for await (const stream of accepted.messageStreams()) all.push(await stream.text());
    expect(all).toEqual(["one", "two"]);
  });
});

describe("a message that nobody wants", () => {
  test.each(["cancel", "leave the loop", "cancel the web stream", "ask for the next"])(
    "is dropped, what has come and what comes: %s",
    async (manner) => {
      const { accepted, peer } = await raw({ maxUnreadBytes: 1000 });
      peer.socket.write(longHead(3_000_000));
      peer.socket.write(Buffer.alloc(1_000_000));
      const streams = accepted.messageStreams();
      const stream = (await streams.next()).value!;
      if (manner === "cancel") stream.cancel();
      if (manner === "cancel the web stream") await stream.readable.cancel();
      if (manner === "leave the loop") for await (const _ of stream) break;
      const following = streams.next();
      peer.socket.write(Buffer.alloc(2_000_000));
      peer.socket.write(clientFrame(text, "next"));
      expect(await (await following).value!.text()).toBe("next");
      expect(await chunksOf(stream)).toEqual([]);
      // A second time changes nothing.
      stream.cancel();
    },
  );

  test("ends for those who wait for more of it", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(longHead(70_000));
    const stream = await nextStream(accepted);
    const waiting = chunksOf(stream);
    stream.cancel();
    expect(await waiting).toEqual([]);
  });
});

/** What listeners have been given. */
class Collected<Item> {
  readonly items: Item[] = [];
  #wake = (): void => undefined;

  add(item: Item): void {
    this.items.push(item);
    this.#wake();
  }

  async until(count: number): Promise<Item[]> {
    while (this.items.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.items;
  }
}

describe("listeners", () => {
  test("get each stream as it begins, in order, those too that came before", async () => {
    const { accepted, peer } = await raw();
    peer.socket.write(Buffer.concat([clientFrame(text, "1"), clientFrame(text, "2")]));
    await letThingsHappen();
    const [first, second] = [new Collected<string>(), new Collected<MessageStream>()];
    const unsubscribe = accepted.onMessageStream(async (stream) => first.add(await stream.text()));
    accepted.onMessageStream((stream) => second.add(stream));
    expect(first.items).toEqual([]);
    expect(await first.until(2)).toEqual(["1", "2"]);
    peer.socket.write(clientFrame(text, "3"));
    expect(await first.until(3)).toEqual(["1", "2", "3"]);
    unsubscribe();
    peer.socket.write(clientFrame(text, "4"));
    expect(await second.until(4)).toHaveLength(4);
    expect(await second.items[3]!.text()).toBe("4");
    expect(first.items).toHaveLength(3);
  });

  test("get none while the connection is paused", async () => {
    const { accepted, peer } = await raw();
    const seen = new Collected<string>();
    accepted.onMessageStream(async (stream) => {
      const message = await stream.text();
      if (message === "1") accepted.pause();
      seen.add(message);
    });
    peer.socket.write(clientFrame(text, "1"));
    await seen.until(1);
    peer.socket.write(Buffer.concat([clientFrame(text, "2"), clientFrame(text, "3")]));
    await letThingsHappen();
    expect(seen.items).toEqual(["1"]);
    accepted.pause();
    accepted.resume();
    accepted.resume();
    expect(await seen.until(3)).toEqual(["1", "2", "3"]);
  });

  test("may pause from within, which holds back what came in the same read", async () => {
    const { accepted, peer } = await raw();
    const seen = new Collected<MessageStream>();
    accepted.onMessageStream((stream) => {
      accepted.pause();
      seen.add(stream);
    });
    peer.socket.write(Buffer.concat([1, 2, 3].map((n) => clientFrame(text, `${n}`))));
    for (let count = 1; count <= 3; count += 1) {
      expect(await seen.until(count)).toHaveLength(count);
      accepted.resume();
    }
  });
});

test("the forms of receiving exclude each other", async () => {
  const { accepted, client } = await pair({ receive });
  expect([accepted.receive, client.receive]).toEqual(["streams", "messages"]);
  for (const wrong of [
    () => accepted.onMessage(() => undefined),
    () => accepted[Symbol.asyncIterator](),
    () => createDuplex(accepted, { objectMode: true }),
    () => client.onMessageStream(() => undefined),
    () => client.messageStreams(),
  ]) {
    expect(wrong).toThrow(UsageError);
    expect(wrong).toThrow("receive");
  }
});

describe("a reader that does not keep up", () => {
  test("has the peer held back, and gets all of it later", async () => {
    const { accepted, client } = await pair({ receive, maxUnreadBytes: 64 * 1024 });
    const parts = Array.from({ length: 512 }, (_, index) => Buffer.alloc(64 * 1024, index));
    const sent = client.sendStream(parts);
    const stream = await nextStream(accepted);
    await letThingsHappen(100);
    expect(client.bufferedBytes).toBeGreaterThan(0);
    let at = 0;
    for await (const chunk of stream) {
      expect(Buffer.compare(expectedBytes(parts, at, chunk.length), chunk as Uint8Array)).toBe(0);
      at += chunk.length;
    }
    expect(at).toBe(512 * 64 * 1024);
    await sent;
  });

  test("has as many small messages waiting as it may have, and no more", async () => {
    const { accepted, peer } = await raw({ maxUnreadMessages: 10 });
    const seen = new Collected<MessageStream>();
    accepted.onMessageStream((stream) => seen.add(stream));
    peer.socket.write(Buffer.concat(Array.from({ length: 100 }, () => clientFrame(text))));
    await seen.until(10);
    await letThingsHappen();
    expect(seen.items).toHaveLength(10);
    for (let read = 0; read < 100; read += 1) {
      await seen.until(read + 1);
      expect(seen.items.length - read).toBeLessThanOrEqual(10);
      expect(await seen.items[read]!.text()).toBe("");
    }
  });

  test("does not keep a connection from being closed; the message is cut", async () => {
    const { accepted, client } = await pair({ receive, maxUnreadBytes: 1000 });
    client.sendStream([Buffer.alloc(1_000_000)]).catch(() => undefined);
    const stream = await nextStream(accepted);
    client.send("never read");
    await letThingsHappen();
    accepted.close(1000);
    expect(await accepted.closed).toMatchObject({ code: 1000, wasClean: true });
    expect(codeOf(await stream.bytes().catch((error: unknown) => error))).toBe("CONNECTION_CLOSED");
    expect((await accepted.messageStreams().next()).done).toBe(true);
  });
});

function expectedBytes(parts: readonly Buffer[], at: number, length: number): Buffer {
  const first = Math.floor(at / parts[0]!.length);
  const last = Math.floor((at + length) / parts[0]!.length);
  const joined = Buffer.concat(parts.slice(first, last + 1));
  return joined.subarray(at % parts[0]!.length, (at % parts[0]!.length) + length);
}

describe("compressed messages", () => {
  test("come as they were sent, small and large, with and without contexts", async () => {
    for (const contextTakeover of [true, false]) {
      const compression = { contextTakeover, peerContextTakeover: contextTakeover };
      const { accepted, client } = await pair({ receive, compression }, { compression });
      const line = "the same line again and again, and once more; ";
      const texts = [line, line.repeat(100_000), "", line.repeat(3), "x".repeat(300_000)];
      for (const message of texts) client.send(message);
      for (const message of texts) expect(await (await nextStream(accepted)).text()).toBe(message);
    }
  });

  test("that stand for many bytes are inflated no further than they are read", async () => {
    const compression = { contextTakeover: false, peerContextTakeover: false };
    let accepted: Connection | undefined;
    const { port } = await serve({
      receive,
      compression,
      onConnection: (connection) => {
        accepted = connection;
      },
    });
    const peer = await RawClient.connect(port);
    peer.socket.write(
      [
        "GET / HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions: permessage-deflate",
        "",
        "",
      ].join("\r\n"),
    );
    expect(await peer.head()).toContain("permessage-deflate");
    const size = 60 * 2 ** 20;
    const bomb = deflateRawSync(Buffer.alloc(size));
    const frame = clientFrame(binary, bomb.subarray(0, 60_000));
    frame[0] = 0x42;
    peer.socket.write(frame);
    peer.socket.write(clientFrame(continuation, bomb.subarray(60_000)));
    const stream = await nextStream(accepted!);
    await letThingsHappen();
    let received = 0;
    for await (const chunk of stream) {
      received += chunk.length;
      expect(chunk.length).toBeLessThanOrEqual(64 * 1024);
    }
    expect(received).toBe(size);
  });
});

test("clients receive streams too, and any texts come through", async () => {
  const { accepted, client } = await pair({ compression: true }, { receive });
  const streams = client.messageStreams();
  await assert(
    asyncProperty(
      array(string({ unit: "grapheme", maxLength: 200 }), { minLength: 1, maxLength: 6 }),
      integer({ min: 1, max: 50 }),
      async (parts, repeat) => {
        const whole = parts.join("").repeat(repeat);
        accepted.send(whole);
        void accepted.sendStream(parts, { type: "text" });
        for (const expected of [whole, parts.join("")]) {
          const { value: stream } = await streams.next();
          expect(await stream!.text()).toBe(expected);
        }
      },
    ),
    { numRuns: 50 },
  );
});

describe("a Duplex over messages that are received as streams", () => {
  test("reads them as they arrive, one after the other", async () => {
    const { accepted, client } = await pair({ receive });
    const sent = client.sendStream([Buffer.alloc(3_000_000, 1)]).then(() => {
      client.send(Buffer.alloc(0));
      client.send("abc");
      client.close(1000);
    });
    let byteLength = 0;
    let last: Buffer = Buffer.alloc(0);
    for await (const chunk of createDuplex(accepted) as AsyncIterable<Buffer>) {
      byteLength += chunk.length;
      last = chunk;
    }
    expect([byteLength, last.subarray(-3).toString()]).toEqual([3_000_003, "abc"]);
    await sent;
  });

  test("is destroyed where the peer closes in the middle of one", async () => {
    const { accepted, peer } = await raw();
    const duplex = createDuplex(accepted);
    duplex.resume();
    peer.socket.write(unfinished(binary, "some"));
    peer.socket.write(clientFrame(close, Uint8Array.of(3, 0xe8)));
    const [error] = (await once(duplex, "error")) as [unknown];
    expect(codeOf(error)).toBe("CONNECTION_CLOSED");
  });

  test("that is destroyed lets the rest go", async () => {
    const { accepted, client } = await pair({ receive, maxUnreadBytes: 1000 });
    const sending = client.sendStream([Buffer.alloc(5_000_000)]).catch(() => undefined);
    const duplex = createDuplex(accepted);
    await once(duplex, "readable");
    duplex.destroy();
    expect((await client.closed).code).toBe(1001);
    await sending;
  });
});

/** Compression over real sockets: with the npm package ws in both roles, with itself, and with peers that mean harm. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { WebSocketStream, compressionPool, prepareMessage } from "@tautline/node";
import type { Compression, Message } from "@tautline/node";
import type { Arbitrary } from "fast-check";
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  oneof,
  string,
  uint8Array,
} from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket as WsWebSocket, WebSocketServer as WsServer } from "ws";
import type { PerMessageDeflateOptions } from "ws";
import { RawClient, echo, next, open, pair, serve, upgradeRequest } from "./servers.ts";

const json = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `name ${id}`, tags: ["red", "blue"] })),
);
const samples: readonly Message[] = [
  json,
  "short",
  "",
  "hellö \u{1f600}".repeat(2000),
  Uint8Array.from({ length: 5000 }, (_, index) => index % 251),
  json,
  new Uint8Array(1_000_000).fill(7),
  json.repeat(100),
  json,
];

function same(got: unknown, sent: Message): boolean {
  if (typeof sent === "string") return got === sent;
  return got instanceof Uint8Array && Buffer.from(got).equals(sent);
}

const windows = [8, 9, 11, 15] as const;
const parameters = windows.flatMap((bits) =>
  [true, false].map((takeover): readonly [number, boolean] => [bits, takeover]),
);

function theirOptions(bits: number, takeover: boolean): PerMessageDeflateOptions {
  return {
    threshold: 0,
    serverNoContextTakeover: !takeover,
    clientNoContextTakeover: !takeover,
    serverMaxWindowBits: bits,
    clientMaxWindowBits: bits,
  };
}

function ourOptions(bits: number, takeover: boolean): Compression {
  return {
    thresholdBytes: 0,
    windowBits: bits,
    peerWindowBits: bits,
    contextTakeover: takeover,
    peerContextTakeover: takeover,
  };
}

describe("the client of ws", () => {
  it.each(parameters)(
    "exchanges messages with our server (window of %s bits, context takeover: %s)",
    async (bits, takeover) => {
      const { url } = await serve({
        onConnection: echo,
        compression: ourOptions(bits, takeover),
      });
      const theirs = new WsWebSocket(url, { perMessageDeflate: theirOptions(bits, takeover) });
      await once(theirs, "open");
      onTestFinished(() => theirs.terminate());
      expect(theirs.extensions).toBe("permessage-deflate");
      for (const sample of samples) {
        theirs.send(sample);
        const [data, isBinary] = (await once(theirs, "message")) as [Buffer, boolean];
        expect(same(isBinary ? data : data.toString(), sample)).toBe(true);
      }
    },
  );

  it("is declined by a server that was not told to compress", async () => {
    const { url } = await serve({ onConnection: echo });
    const theirs = new WsWebSocket(url);
    await once(theirs, "open");
    onTestFinished(() => theirs.terminate());
    expect(theirs.extensions).toBe("");
  });
});

describe("the server of ws", () => {
  it.each(parameters)(
    "exchanges messages with our client (window of %s bits, context takeover: %s)",
    async (bits, takeover) => {
      const theirs = new WsServer({
        port: 0,
        host: "127.0.0.1",
        perMessageDeflate: theirOptions(bits, takeover),
      });
      onTestFinished(() => theirs.close());
      const seen: string[] = [];
      theirs.on("connection", (socket) => {
        seen.push(socket.extensions);
        socket.on("message", (data, isBinary) => {
          socket.send(data as Buffer, { binary: isBinary });
        });
      });
      await once(theirs, "listening");
      const { port } = theirs.address() as AddressInfo;
      const ours = await open(`ws://127.0.0.1:${port}/`, {
        compression: ourOptions(bits, takeover),
      });
      for (const sample of samples) {
        ours.send(sample);
        expect(same(await next(ours), sample)).toBe(true);
      }
      expect(seen).toEqual(["permessage-deflate"]);
    },
  );
});

describe("both sides of ours", () => {
  const option = constantFrom<Compression>(
    {},
    { contextTakeover: true, peerContextTakeover: true, asyncFromBytes: 200 },
    { windowBits: 8, peerWindowBits: 8, level: 9 },
    { asyncFromBytes: 1, memoryLevel: 1 },
    { contextTakeover: true, pool: compressionPool({ maxBytes: 1 }) },
  );
  const message: Arbitrary<Message> = oneof(
    string({ unit: "binary", maxLength: 500 }),
    uint8Array({ maxLength: 5000 }),
    array(constantFrom("tautline ", "lorem ipsum ", '{"id":1,"ok":true}')).map((words) =>
      words.join("").repeat(20),
    ),
  );

  it("exchange any messages with any options, in order", async () => {
    await assert(
      asyncProperty(
        option,
        option,
        array(message, { maxLength: 12 }),
        boolean(),
        async (server, client, messages, compress) => {
          const {
            accepted,
            client: ours,
            server: running,
          } = await pair(
            { compression: { thresholdBytes: 10, ...server } },
            { compression: { thresholdBytes: 10, ...client } },
          );
          accepted.onMessage((data) => void accepted.send(data, { compress }));
          for (const data of messages) ours.send(data);
          for (const data of messages) expect(same(await next(ours), data)).toBe(true);
          ours.close();
          await ours.closed;
          await running.shutdown();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("close in order behind a message that takes long", async () => {
    const { accepted, client } = await pair({ compression: { asyncFromBytes: 1 } });
    const end = client.closed;
    accepted.send(json.repeat(200));
    accepted.send("last");
    accepted.close(4000, "done");
    const got: Message[] = [];
    for await (const data of client) got.push(data);
    expect(got).toEqual([json.repeat(200), "last"]);
    expect(await end).toEqual({ code: 4000, reason: "done", wasClean: true });
  });

  it("count what waits to be compressed, and tell when it is gone", async () => {
    const { accepted, client } = await pair({
      compression: { asyncFromBytes: 1 },
      highWaterMarkBytes: 1000,
    });
    expect(accepted.send(json)).toBe(false);
    expect(accepted.bufferedBytes).toBe(json.length);
    await accepted.drained();
    expect(await next(client)).toBe(json);
  });

  it("share a prepared message", async () => {
    const { server, url } = await serve({ compression: true });
    const clients = await Promise.all([
      open(url),
      open(url, { compression: false }),
      open(url, { compression: { peerWindowBits: 9 } }),
      open(url),
    ]);
    server.broadcast(json);
    server.broadcast(prepareMessage(new TextEncoder().encode(json)));
    for (const client of clients) {
      expect(await next(client)).toBe(json);
      expect(same(await next(client), new TextEncoder().encode(json))).toBe(true);
    }
  });

  it("say what they have agreed on, in the same words", async () => {
    const compression = { contextTakeover: true, peerWindowBits: 12 };
    const { accepted, client, url } = await pair({ compression });
    expect(accepted.extensions).toMatch(/^permessage-deflate; .*client_max_window_bits=12/);
    expect(client.extensions).toBe(accepted.extensions);
    const stream = new WebSocketStream(url);
    expect((await stream.opened).extensions).toBe(accepted.extensions);
    stream.close();
    expect((await open(url, { compression: false })).extensions).toBe("");
  });

  it("send a broadcast as it is where that is asked for", async () => {
    const { server, port } = await serve({ compression: { contextTakeover: false } });
    const raw = await RawClient.connect(port);
    const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    raw.socket.write(upgradeRequest({ headers }));
    await raw.head();
    server.broadcast(json, { compress: false });
    await raw.until(({ length }) => length === json.length + 4);
    expect([raw.received[0], raw.received.subarray(4).toString()]).toEqual([0x81, json]);
    server.broadcast(json);
    await raw.until(({ length }) => length > json.length + 4);
    expect(raw.received[json.length + 4]).toBe(0xc1);
  });

  it("hand on binary messages that are nobody else's memory", async () => {
    const { accepted, client } = await pair({ compression: true });
    for (const byteLength of [2000, 200_000]) {
      const bytes = new Uint8Array(byteLength).fill(1);
      client.send(bytes);
      const got = await next(accepted);
      if (typeof got === "string" || got === undefined) throw new Error("not binary");
      expect([Buffer.isBuffer(got), got.byteOffset, got.buffer.byteLength]).toEqual([
        false,
        0,
        byteLength,
      ]);
    }
  });

  it("refuse options that cannot be", async () => {
    await expect(serve({ compression: { windowBits: 7 } })).rejects.toMatchObject({
      code: "USAGE_OPTION",
    });
    await expect(open("ws://127.0.0.1:1/", { compression: { level: 10 } })).rejects.toMatchObject({
      code: "USAGE_OPTION",
    });
  });
});

/** A frame as a client sends it, with a masking key of zeros. */
function frame(payload: Uint8Array, first = 0xc2): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(payload.byteLength), 2);
  const short = Buffer.from([first, 0x80 | payload.byteLength, 0, 0, 0, 0]);
  if (payload.byteLength < 126) return Buffer.concat([short, payload]);
  if (payload.byteLength >= 65_536) return Buffer.concat([head, payload]);
  const middle = Buffer.alloc(8);
  middle[0] = first;
  middle[1] = 0x80 | 126;
  middle.writeUInt16BE(payload.byteLength, 2);
  return Buffer.concat([middle, payload]);
}

describe("a client that means harm", () => {
  const request = [
    "GET / HTTP/1.1",
    "Host: a",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "\r\n",
  ].join("\r\n");

  /** The close code that a server tells a client that sends `bytes` behind its handshake. */
  async function told(
    bytes: Uint8Array,
    compression: boolean | Compression = true,
  ): Promise<number> {
    const { port, server } = await serve({ compression, maxMessageBytes: 2 ** 20 });
    const ended = new Promise<number>((resolve) => {
      server.onConnection((connection) => connection.onClose(({ code }) => resolve(code)));
    });
    const socket = connectTcp(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.resume();
    socket.write(request);
    socket.write(bytes);
    return ended;
  }

  const bomb = deflateRawSync(new Uint8Array(100 * 2 ** 20), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });

  it.each<[string, number, Uint8Array]>([
    ["garbage", 1007, frame(Buffer.from([0xff, 0xff]))],
    ["much garbage", 1007, frame(Buffer.alloc(100_000, 0xff))],
    ["a bomb of 1,000:1 in one frame", 1009, frame(bomb)],
    [
      "a bomb in fragments",
      1009,
      Buffer.concat([
        frame(bomb.subarray(0, 1000), 0x42),
        frame(bomb.subarray(1000, 90_000), 0x00),
        frame(bomb.subarray(90_000), 0x80),
      ]),
    ],
    ["a small bomb", 1009, frame(deflateRawSync(new Uint8Array(2 ** 21)))],
    ["RSV1 on a ping", 1002, frame(Buffer.from("x"), 0xc9)],
    [
      "RSV1 on a continuation",
      1002,
      Buffer.concat([frame(Buffer.from("x"), 0x01), frame(bomb, 0xc0)]),
    ],
    ["a text that is not UTF-8", 1007, frame(deflateRawSync(Buffer.from([0xc0])), 0xc1)],
  ])("gets the right close code for %s", async (_, code, bytes) => {
    expect(await told(bytes)).toBe(code);
    expect(await told(bytes, { peerContextTakeover: true, asyncFromBytes: 1 })).toBe(code);
  });

  it("does not make many bombs cost more than the pool has", async () => {
    const pool = compressionPool({ maxBytes: 32 * 2 ** 20 });
    const { port, server } = await serve({ compression: { pool }, maxMessageBytes: 2 ** 24 });
    let ended = 0;
    const all = new Promise<void>((resolve) => {
      server.onConnection((connection) => {
        connection.onClose(({ code }) => {
          expect(code).toBe(1009);
          ended += 1;
          if (ended === 30) resolve();
        });
      });
    });
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 1);
    for (let peer = 0; peer < 30; peer++) {
      const socket = connectTcp(port, "127.0.0.1");
      onTestFinished(() => void socket.destroy());
      socket.resume();
      socket.on("error", () => undefined);
      socket.write(Buffer.concat([Buffer.from(request), frame(bomb)]));
    }
    await all;
    clearInterval(watch);
    // Together they would make 480 MiB. One at a time is inflated; the garbage collector has not taken all of the last ones.
    expect(most).toBeLessThan(160 * 2 ** 20);
    expect(pool.budget.usedBytes).toBe(0);
  });
});

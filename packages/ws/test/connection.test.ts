/**
 * Open connections: messages in all forms, pings, closing, and what is told in which order.
 */
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { clientFrame, faces, life, listen, pair, rawClient, textOf, urlOf } from "./faces.ts";

describe.each(faces)("a connection of $name", (face) => {
  test("carries text and bytes, as Buffers, and tells which they are", async () => {
    const { client, peer } = await pair(face);
    const seen = life(peer);
    client.send("tëxt");
    client.send(Buffer.from("bytes"));
    client.send(new Uint16Array([0x6968]));
    client.send(new TextEncoder().encode("buffer").buffer);
    client.send("as bytes", { binary: true });
    client.send(Buffer.from("as text"), { binary: false });
    client.send([97, 98]);
    client.send(42);
    client.send("");
    client.send(new Blob(["blob"]));
    client.send("behind it");
    client.ping("p");
    client.close(4000, "end");
    expect(await seen).toEqual([
      "message tëxt false",
      "message bytes true",
      "message hi true",
      "message buffer true",
      "message as bytes true",
      "message as text false",
      "message ab true",
      "message 42 false",
      "message  false",
      "message blob true",
      "message behind it false",
      "ping p",
      "close 4000 end 3",
    ]);
  });

  test.each([true, false])(
    "carries fragments and large messages; compressed: %s",
    async (deflate) => {
      const options = { perMessageDeflate: deflate && { threshold: 0 } };
      const { client, peer } = await pair(face, options, { perMessageDeflate: deflate });
      expect(client.extensions).toBe(deflate ? "permessage-deflate" : "");
      const lengths: number[] = [];
      peer.on("message", (data) => void lengths.push((data as Buffer).byteLength));
      client.send("a", { fin: false });
      client.send("b", { fin: false });
      client.send("c", { fin: true });
      for (const size of [125, 126, 65_535, 65_536, 1_000_000])
        client.send(Buffer.alloc(size, "ab"));
      client.close();
      const [code] = (await once(peer, "close")) as [number];
      expect(lengths).toEqual([3, 125, 126, 65_535, 65_536, 1_000_000]);
      expect(code).toBe(1005);
    },
  );

  test.each([
    ["nodebuffer", "Buffer"],
    ["arraybuffer", "ArrayBuffer"],
    ["fragments", "Array"],
    ["blob", "Blob"],
  ] as const)("hands bytes over as %s", async (binaryType, name) => {
    const { client, peer } = await pair(face);
    peer.binaryType = binaryType as "nodebuffer";
    peer.binaryType = "unknown" as "nodebuffer";
    expect(peer.binaryType).toBe(binaryType);
    client.send(Buffer.from("hi"));
    const [data] = (await once(peer, "message")) as [object];
    expect(data.constructor.name).toBe(name);
    const bytes = Array.isArray(data) ? Buffer.concat(data) : data;
    expect(
      Buffer.from(await new Blob([bytes as Buffer<ArrayBuffer>]).arrayBuffer()).toString(),
    ).toBe("hi");
  });

  test("calls back when it has written, later, and with an error when it will not", async () => {
    const { client, peer } = await pair(face);
    const log: string[] = [];
    const written = new Promise<void>((resolve) => {
      client.send("a", (error) => {
        log.push(`sent ${String(error ?? "well")}`);
        resolve();
      });
    });
    log.push("returned");
    await written;
    client.close();
    const refused = new Promise<Error | undefined>((resolve) => client.send("late", resolve));
    expect(client.bufferedAmount).toBeGreaterThanOrEqual(4);
    expect((await refused)?.message).toBe("WebSocket is not open: readyState 2 (CLOSING)");
    await once(peer, "close");
    expect(log).toEqual(["returned", "sent well"]);
  });

  test("delivers what was sent right before terminate()", async () => {
    const { client, peer } = await pair(face);
    const seen = life(peer);
    client.send("last words");
    client.terminate();
    expect(client.readyState).toBe(2);
    expect(await seen).toEqual(["message last words false", "close 1006  3"]);
  });

  test("sends bytes as they were when they were sent", async () => {
    const { client, peer } = await pair(face);
    const scratch = Buffer.alloc(100_000, "a");
    const seen: string[] = [];
    client.on("message", (data) => {
      seen.push((data as Buffer).toString("latin1", 0, 1));
      if (seen.length === 2) client.close();
    });
    peer.send(scratch);
    scratch.fill("b");
    peer.send(scratch);
    scratch.fill("c");
    await once(client, "close");
    expect(seen).toEqual(["a", "b"]);
  });

  test("refuses wrong arguments with these errors", async () => {
    const { client } = await pair(face);
    const tooLong = new RangeError("The data size must not be greater than 125 bytes");
    expect(() => client.ping("x".repeat(126))).toThrow(tooLong);
    expect(() => client.pong(Buffer.alloc(126))).toThrow(tooLong);
    for (const code of [0, 1005, 1006, 1015, 2999, 5000, "1000" as unknown as number]) {
      expect(() => client.close(code)).toThrow(
        new TypeError("First argument must be a valid error code number"),
      );
    }
    expect(() => client.close(1000, "x".repeat(124))).toThrow(
      new RangeError("The message must not be greater than 123 bytes"),
    );
    expect(() => client.send({} as string)).toThrow(TypeError);
    expect(client.readyState).toBe(1);
  });

  test("answers pings, unless it is told not to", async () => {
    const { client, peer } = await pair(face);
    client.ping("a");
    const [data] = (await once(client, "pong")) as [Buffer];
    expect(data.toString()).toBe("a");
    const silent = await pair(face, { autoPong: false });
    const pongs: string[] = [];
    silent.client.on("pong", (of) => void pongs.push(of.toString()));
    silent.peer.on("ping", () => {
      silent.peer.pong("by hand");
      silent.peer.close();
    });
    silent.client.ping("b");
    await once(silent.client, "close");
    expect(pongs).toEqual(["by hand"]);
    peer.terminate();
  });

  test.each([
    { most: 3, pings: 3, end: [1000, 3] },
    { most: 3, pings: 4, end: [1006, 4] },
    { most: 0, pings: 200, end: [1000, 200] },
    { most: 3, pings: 4, autoPong: false, end: [1000, 4] },
  ])(
    "with $most answers pending at most, autoPong $autoPong, $pings pings at once: $end",
    async ({ most, pings, autoPong = true, end }) => {
      const options = { maxPendingAutoPongs: most, autoPong };
      const server = await listen(face, options);
      const connected = once(server, "connection") as Promise<[WebSocket]>;
      const socket = await rawClient(server);
      const [peer] = await connected;
      let count = 0;
      peer.on("ping", () => void (count += 1));
      const frames = Array.from({ length: pings }, () => clientFrame(0x89, "p"));
      if (end[0] === 1000) frames.push(clientFrame(0x88, Buffer.from([3, 232])));
      socket.write(Buffer.concat(frames));
      const [code] = (await once(peer, "close")) as [number];
      expect([code, count]).toEqual(end);
    },
  );

  test("counts answers to pings until they are written", async () => {
    const { client, peer } = await pair(face);
    const inside = peer as WebSocket & { _pendingAutoPongs: number };
    const counted: number[] = [];
    peer.on("ping", () => void counted.push(inside._pendingAutoPongs));
    for (const data of ["a", "b"]) {
      client.ping(data);
      await once(client, "pong");
    }
    expect([...counted, inside._pendingAutoPongs]).toEqual([1, 1, 0]);
  });

  test("gives the bytes of a reason as they are, where they are not checked", async () => {
    const server = await listen(face, { skipUTF8Validation: true });
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const socket = await rawClient(server);
    const [peer] = await connected;
    const answer = once(socket, "data") as Promise<[Buffer]>;
    socket.write(clientFrame(0x88, Buffer.from([3, 232, 0xff, 0x61, 0xc3, 0xa4])));
    const [code, reason] = (await once(peer, "close")) as [number, Buffer];
    expect([code, ...reason]).toEqual([1000, 0xff, 0x61, 0xc3, 0xa4]);
    expect([...(await answer)[0]]).toEqual([0x88, 6, 3, 232, 0xff, 0x61, 0xc3, 0xa4]);
  });

  test("tells in the same turn what has been written", async () => {
    const { client, peer } = await pair(face);
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      again = setImmediate(turn);
    };
    let again = setImmediate(turn);
    const all = new Promise<void>((resolve) => {
      peer.on("message", (data) => {
        if (textOf(data) === "9") resolve();
      });
    });
    const before = turns;
    await new Promise<void>((resolve) => {
      const next = (count: number): void => {
        if (count === 10) resolve();
        else client.send(String(count), () => next(count + 1));
      };
      next(0);
    });
    expect(turns - before).toBe(0);
    await all;
    clearImmediate(again);
  });

  test("emits one event a turn when it is told to", async () => {
    const server = await listen(face, { allowSynchronousEvents: false });
    const log: string[] = [];
    const done = new Promise<void>((resolve) => {
      server.on("connection", (peer) => {
        peer.on("message", (data) => {
          log.push(textOf(data));
          void Promise.resolve().then(() => log.push(`after ${textOf(data)}`));
        });
        peer.on("close", resolve);
      });
    });
    const socket = await rawClient(server);
    socket.end(Buffer.concat([clientFrame(0x81, "a"), clientFrame(0x81, "b"), clientFrame(0x88)]));
    await done;
    expect(log).toEqual(["a", "after a", "b", "after b"]);
  });

  test("can be paused and resumed", async () => {
    const { client, peer } = await pair(face);
    peer.pause();
    expect(peer.isPaused).toBe(true);
    const seen: string[] = [];
    peer.on("message", (data) => void seen.push(textOf(data)));
    await new Promise((resolve) => client.send("a", resolve));
    expect(seen).toEqual([]);
    peer.resume();
    await once(peer, "message");
    expect([peer.isPaused, ...seen]).toEqual([false, "a"]);
  });

  test("lives by these events, in this order, on both sides", async () => {
    const server = await listen(face);
    const client = new face.WebSocket(urlOf(server), ["chat"]);
    const own = life(client);
    const [peer] = (await once(server, "connection")) as [typeof client];
    const others = life(peer);
    peer.send("hello");
    peer.ping("p");
    client.once("ping", () => client.close(1000, "done"));
    expect(await own).toEqual(["open", "message hello false", "ping p", "close 1000 done 3"]);
    expect(await others).toEqual(["pong p", "close 1000 done 3"]);
    expect([client.protocol, client.extensions, client.url]).toEqual([
      "chat",
      "",
      `${urlOf(server)}/`,
    ]);
  });

  test("can be made without a connection, and emits what it is asked to", () => {
    const Bare = face.WebSocket as unknown as new (
      address: null,
      no: undefined,
      o: object,
    ) => typeof face.WebSocket.prototype;
    const client = new Bare(null, undefined, {});
    client.on("message", () => {
      throw new Error("mine");
    });
    expect(() => client.emit("message", Buffer.from("a"), false)).toThrow("mine");
  });
});

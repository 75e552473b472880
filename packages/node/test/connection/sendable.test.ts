import { prepareMessage } from "@tautline/node";
import type { Sendable } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { next, pair } from "../servers.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function resizable(byteLength: number): ArrayBuffer {
  // The language's types know resizable buffers from ES2024 on.
  return Reflect.construct(ArrayBuffer, [byteLength, { maxByteLength: 100_000 }]);
}

describe("send takes what stands for bytes", () => {
  const rows: [string, Sendable, Uint8Array][] = [
    ["a Uint8Array", bytes(1, 2), bytes(1, 2)],
    ["a part of one", bytes(1, 2, 3, 4).subarray(1, 3), bytes(2, 3)],
    ["a Buffer", Buffer.from("ab"), bytes(97, 98)],
    ["a DataView", new DataView(bytes(1, 2, 3).buffer, 1), bytes(2, 3)],
    ["a Uint16Array, byte for byte", new Uint16Array([0x0101, 0x0202]), bytes(1, 1, 2, 2)],
    ["a Float64Array", new Float64Array(1), new Uint8Array(8)],
    ["an ArrayBuffer", bytes(7, 8).buffer, bytes(7, 8)],
    ["a SharedArrayBuffer", new SharedArrayBuffer(3), new Uint8Array(3)],
    ["a resizable ArrayBuffer", resizable(4), new Uint8Array(4)],
    ["a prepared message", prepareMessage(bytes(9)), bytes(9)],
    ["an empty Uint8Array", bytes(), bytes()],
    ["an empty part of one", bytes(1, 2).subarray(2), bytes()],
  ];
  it.each(rows)("%s", async (_name, data, expected) => {
    const { client, accepted } = await pair();
    expect(client.send(data)).toBe(true);
    expect(await next(accepted)).toEqual(expected);
  });
});

/** A view whose memory has been given away. */
function detachedView(kind: new (buffer: ArrayBuffer) => ArrayBufferView): ArrayBufferView {
  const buffer = new ArrayBuffer(8);
  const view = new kind(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return view;
}

describe("send refuses everything else", () => {
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  const rows: [string, unknown][] = [
    ["a number", 100],
    ["a float", 1.5],
    ["nothing", undefined],
    ["null", null],
    ["a boolean", true],
    ["a bigint", 1n],
    ["a symbol", Symbol("s")],
    ["an array", [1, 2, 3]],
    ["an array-like", { length: 5 }],
    ["an object without prototype", Object.create(null)],
    ["a String object", Object("text")],
    ["a function", () => 1],
    ["a detached ArrayBuffer", detached],
    ["a Uint8Array on a detached buffer", detachedView(Uint8Array)],
    ["a Float32Array on a detached buffer", detachedView(Float32Array)],
    ["a DataView on a detached buffer", detachedView(DataView)],
  ];
  it.each(rows)("%s", async (_name, data) => {
    const { client } = await pair();
    const error = expect.objectContaining({ name: "UsageError", code: "USAGE_MESSAGE_TYPE" });
    expect(() => client.send(data as string)).toThrow(error);
    expect(() => prepareMessage(data as string)).toThrow(error);
    expect(() => client.ping((data ?? null) as string)).toThrow(error);
    await expect(client.write(data as string)).rejects.toEqual(error);
    expect(client.state).toBe("open");
  });
});

describe("memory that may change", () => {
  it("is copied when it is shared or resizable, while the message waits", async () => {
    const { client, accepted } = await pair();
    const buffers = [new SharedArrayBuffer(50_000), resizable(50_000)];
    for (const buffer of buffers) {
      new Uint8Array(buffer).fill(1);
      accepted.send(buffer);
      accepted.send(new Uint8Array(buffer));
      new Uint8Array(buffer).fill(2);
    }
    for (let count = 0; count < 4; count += 1) {
      const received = (await next(client)) as Uint8Array;
      expect(new Set(received)).toEqual(new Set([1]));
    }
  });

  it("of a prepared message is copied always", async () => {
    const { client, accepted } = await pair();
    const data = bytes(1, 2, 3);
    const message = prepareMessage(data);
    data.fill(0);
    accepted.send(message);
    client.send(message);
    expect(await next(client)).toEqual(bytes(1, 2, 3));
    expect(await next(accepted)).toEqual(bytes(1, 2, 3));
  });
});

it("bytes that are transferred before they are written end the connection, and not in the middle of a frame", async () => {
  const { client, accepted } = await pair();
  client.pause();
  // More than the system takes, so that what follows waits.
  accepted.send(new Uint8Array(16 * 1024 * 1024));
  const data = new Uint8Array(50_000);
  accepted.send("before");
  accepted.send(data);
  structuredClone(data, { transfer: [data.buffer] });
  client.resume();
  const received: number[] = [];
  for await (const message of client) received.push(message.length);
  expect(received).toEqual([16 * 1024 * 1024]);
  expect(await client.closed).toMatchObject({ code: 1011, wasClean: true });
  expect(await accepted.closed).toMatchObject({ error: { code: "USAGE_PAYLOAD_DETACHED" } });
});

describe("close refuses", () => {
  const codes: [string, unknown][] = [
    ["text", "1000"],
    ["a float", 1000.5],
    ["NaN", Number.NaN],
    ["null", null],
    ["an array", [1000]],
    ["an object that becomes a number", { valueOf: () => 1000 }],
    ["a symbol", Symbol("s")],
    ["a bigint", 1000n],
    ["a reserved code", 1005],
    ["a code of more than 16 bits", 2 ** 16 + 1000],
  ];
  it.each(codes)("%s for a code", async (_name, code) => {
    const { client } = await pair();
    expect(() => client.close(code as number)).toThrow(
      expect.objectContaining({ name: "UsageError", code: "USAGE_CLOSE_CODE" }),
    );
    expect(client).toMatchObject({ state: "open", bufferedBytes: 0 });
  });

  const reasons: [string, unknown][] = [
    ["a number", 100],
    ["bytes", bytes(1, 2)],
    ["an array-like", { length: 100 }],
    ["an object that becomes text", { toString: () => "why" }],
    ["too long a text", "é".repeat(62)],
  ];
  it.each(reasons)("%s for a reason", async (_name, reason) => {
    const { client } = await pair();
    expect(() => client.close(1000, reason as string)).toThrow(
      expect.objectContaining({ name: "UsageError", code: "USAGE_CLOSE_REASON" }),
    );
    expect(client).toMatchObject({ state: "open", bufferedBytes: 0 });
  });
});

it("a ping carries the bytes of what it is given, whatever its element type", async () => {
  const { client, accepted } = await pair();
  const pinged: Uint8Array[] = [];
  const all = new Promise<void>((resolve) => {
    accepted.onPing((payload) => {
      pinged.push(payload);
      if (pinged.length === 5) resolve();
    });
  });
  client.ping(new Uint16Array([0x0101]));
  client.ping(new Float64Array(1));
  client.ping(new SharedArrayBuffer(3) as never);
  client.ping(resizable(2));
  client.ping(new DataView(bytes(1, 2, 3).buffer, 2));
  await all;
  expect(pinged).toEqual([
    bytes(1, 1),
    new Uint8Array(8),
    new Uint8Array(3),
    new Uint8Array(2),
    bytes(3),
  ]);
});

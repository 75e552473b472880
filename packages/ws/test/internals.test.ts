/**
 * What programs reach for though no document names it, as those programs do it.
 */
import { once } from "node:events";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { RawData, WebSocket } from "ws";
import { clientFrame, faces, life, pair, textOf } from "./faces.ts";

interface Inside extends WebSocket {
  readonly _socket: Socket & { _writableState: { length: number } };
  readonly _sender: {
    _bufferedBytes: number;
    sendFrame(list: readonly Buffer[], cb?: () => void): void;
  };
  readonly _receiver: Writable & { _maxPayload: number };
  readonly _isServer: boolean;
  readonly _protocol: string;
  readonly _readyState: number;
  readonly _req: unknown;
  readonly _extensions: Record<string, { params: object }>;
  setSocket(socket: Duplex, head: Buffer, options: object): void;
}

interface FrameMaker {
  readonly frame: (this: void, data: Buffer, options: object) => Buffer[];
}

function generateMask(mask: Buffer): void {
  mask.fill(1);
}

describe.each(faces)("within $name", (face) => {
  test("a connection has its socket, its sender and its receiver", async () => {
    const { client, peer } = await pair(face, { perMessageDeflate: true, maxPayload: 1000 });
    const inside = peer as Inside;
    expect(inside._socket).toBeInstanceOf(Socket);
    expect(inside._socket.remoteAddress).toBe("127.0.0.1");
    expect(inside._socket._writableState.length).toBe(0);
    expect(inside._sender._bufferedBytes).toBe(0);
    expect(inside._receiver._maxPayload).toBe(1000);
    expect([inside._isServer, inside._protocol, inside._readyState]).toEqual([true, "", 1]);
    expect(Object.keys(inside._extensions)).toEqual(["permessage-deflate"]);
    expect((client as Inside)._req).toBe(null);
    inside._socket.destroy();
    const [code] = (await once(peer, "close")) as [number];
    expect(code).toBe(1006);
  });

  test("frames that were made once go to many, among other messages", async () => {
    const { client, peer } = await pair(face);
    const { frame } = face.module["Sender"] as FrameMaker;
    const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };
    const list = frame(Buffer.from("made"), options);
    const seen = life(client);
    peer.send("before");
    await new Promise<void>((resolve) => {
      (peer as Inside)._sender.sendFrame(list, resolve);
    });
    peer.send("behind");
    peer.close();
    expect(await seen).toEqual([
      "message before false",
      "message made false",
      "message behind false",
      "close 1005  3",
    ]);
  });

  test("Sender.frame makes one buffer of a masked frame whose data must not change", () => {
    const { frame } = face.module["Sender"] as FrameMaker;
    const data = Buffer.from([1, 2, 3, 4, 5]);
    const shape = { fin: true, opcode: 2, mask: true, generateMask };
    expect(frame(data, { ...shape, readOnly: true })).toEqual([
      Buffer.from([0x82, 0x85, 1, 1, 1, 1, 0, 3, 2, 5, 4]),
    ]);
    expect([...data]).toEqual([1, 2, 3, 4, 5]);
    expect(frame(data, { ...shape, readOnly: false })).toEqual([
      Buffer.from([0x82, 0x85, 1, 1, 1, 1]),
      Buffer.from([0, 3, 2, 5, 4]),
    ]);
    expect([...data]).toEqual([0, 3, 2, 5, 4]);
    expect(frame(Buffer.alloc(300), { opcode: 1, rsv1: true })[0]).toEqual(
      Buffer.from([0x41, 126, 1, 44]),
    );
  });

  test("a Receiver takes bytes and emits what is in them", async () => {
    const Receiver = face.module["Receiver"] as new (options?: object) => Readable & Writable;
    const receiver = new Receiver({ isServer: true });
    const seen: unknown[] = [];
    receiver.on("message", (data: RawData, isBinary: boolean) =>
      seen.push([textOf(data), isBinary]),
    );
    receiver.on("ping", (data: Buffer) => seen.push(["ping", data.toString()]));
    receiver.on("conclude", (code: number, reason: Buffer) => seen.push([code, reason.toString()]));
    const whole = Buffer.concat([
      clientFrame(0x01, "a"),
      clientFrame(0x89, "p"),
      clientFrame(0x80, "b"),
      clientFrame(0x88, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from("end")])),
    ]);
    for (const byte of whole) receiver.write(Buffer.from([byte]));
    await once(receiver, "finish");
    expect(seen).toEqual([
      ["ping", "p"],
      ["ab", false],
      [1000, "end"],
    ]);
    const failing = new Receiver();
    failing.write(Buffer.from([0x83, 0x00]));
    const [error] = (await once(failing, "error")) as [{ code: string }];
    expect(error.code).toBe("WS_ERR_INVALID_OPCODE");
  });

  test("the receiver of a connection tells first, and what it is told is told by the WebSocket", async () => {
    const { client, peer } = await pair(face);
    const receiver = (peer as Inside)._receiver;
    const told: string[] = [];
    receiver.on("message", (data: RawData) => told.push(`message ${textOf(data)}`));
    receiver.on("ping", (data: Buffer) => told.push(`ping ${data.toString()}`));
    receiver.on("conclude", (code: number, reason: Buffer) => {
      told.push(`conclude ${code} ${reason.toString()}`);
    });
    const seen = life(peer);
    client.send("a");
    client.ping("b");
    client.close(1000, "c");
    expect(await seen).toEqual(["message a false", "ping b", "close 1000 c 3"]);
    expect(told).toEqual(["message a", "ping b", "conclude 1000 c"]);
    expect(receiver.listenerCount("message")).toBe(0);
  });

  test("the receiver's listeners can be taken away from the WebSocket", async () => {
    const { client, peer } = await pair(face);
    const receiver = (peer as Inside)._receiver;
    receiver.removeAllListeners("message");
    const told = once(receiver, "message") as Promise<[RawData, boolean]>;
    peer.on("message", () => expect.unreachable());
    client.send("mine");
    const [data, isBinary] = await told;
    expect([textOf(data), isBinary]).toEqual(["mine", false]);
  });

  test("the receiver of a connection tells what is wrong", async () => {
    const { client, peer } = await pair(face);
    const errors: string[] = [];
    (peer as Inside)._receiver.on("error", ({ message }: Error) => errors.push(message));
    peer.on("error", ({ message }) => errors.push(message));
    (client as Inside)._socket.write(clientFrame(0x83));
    const code = await new Promise((resolve) => peer.on("close", resolve));
    const message = "Invalid WebSocket frame: invalid opcode 3";
    expect([errors, code]).toEqual([[message, message], 1006]);
    client.terminate();
  });

  test("a WebSocket works over any stream that it is given", async () => {
    const { client } = await pair(face);
    const Bare = face.WebSocket as unknown as new (
      address: null,
      no: undefined,
      o: object,
    ) => Inside;
    const websocket = new Bare(null, undefined, {});
    const written: Buffer[] = [];
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk);
        done();
      },
    });
    const message = once(websocket, "message");
    websocket.setSocket(stream, clientFrame(0x81, "head"), { maxPayload: 100 });
    expect(websocket.readyState).toBe(1);
    expect(await message).toEqual([Buffer.from("head"), false]);
    await new Promise((resolve) => websocket.send("out", resolve));
    expect(Buffer.concat(written)).toEqual(Buffer.from([0x81, 3, 0x6f, 0x75, 0x74]));
    client.terminate();
  });

  test("a stream carries a message for each chunk, both ways, and ends with the connection", async () => {
    const { client, peer } = await pair(face);
    const wrap = face.module["createWebSocketStream"] as (of: WebSocket, o?: object) => Duplex;
    const stream = wrap(client, { encoding: "utf8" });
    peer.on("message", (data) => {
      peer.send(`${textOf(data)}!`);
    });
    stream.write("a");
    const [chunk] = (await once(stream, "data")) as [string];
    expect(chunk).toBe("a!");
    stream.end();
    await once(stream, "close");
    expect([stream.destroyed, client.readyState]).toEqual([true, 3]);
  });
});

/**
 * What a peer must not send: the error that is emitted, its class and code, and the close code that the peer gets.
 */
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { clientFrame, faces, life, listen, rawClient } from "./faces.ts";

interface Row {
  readonly name: string;
  readonly bytes: Buffer;
  readonly options?: object;
  /** Class, code and message. */
  readonly error: string;
  /** The Close frame that the peer gets. */
  readonly close: number;
}

const prefix = "Invalid WebSocket frame: ";
const range = (code: string, message: string): string => `RangeError ${code} ${message}`;

const rows: readonly Row[] = [
  {
    name: "RSV1 without an extension",
    bytes: clientFrame(0xc1, "a"),
    error: range("WS_ERR_UNEXPECTED_RSV_1", `${prefix}RSV1 must be clear`),
    close: 1002,
  },
  {
    name: "RSV2",
    bytes: clientFrame(0xa1, "a"),
    error: range("WS_ERR_UNEXPECTED_RSV_2_3", `${prefix}RSV2 and RSV3 must be clear`),
    close: 1002,
  },
  {
    name: "a reserved opcode",
    bytes: clientFrame(0x83, "a"),
    error: range("WS_ERR_INVALID_OPCODE", `${prefix}invalid opcode 3`),
    close: 1002,
  },
  {
    name: "a reserved control opcode",
    bytes: clientFrame(0x8b, "a"),
    error: range("WS_ERR_INVALID_OPCODE", `${prefix}invalid opcode 11`),
    close: 1002,
  },
  {
    name: "a continuation of nothing",
    bytes: clientFrame(0x80, "a"),
    error: range("WS_ERR_INVALID_OPCODE", `${prefix}invalid opcode 0`),
    close: 1002,
  },
  {
    name: "a message within a message",
    bytes: Buffer.concat([clientFrame(0x01, "a"), clientFrame(0x82, "b")]),
    error: range("WS_ERR_INVALID_OPCODE", `${prefix}invalid opcode 2`),
    close: 1002,
  },
  {
    name: "a fragmented ping",
    bytes: clientFrame(0x09, "a"),
    error: range("WS_ERR_EXPECTED_FIN", `${prefix}FIN must be set`),
    close: 1002,
  },
  {
    name: "a long ping",
    bytes: clientFrame(0x89, "a".repeat(126)),
    error: range("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", `${prefix}invalid payload length 126`),
    close: 1002,
  },
  {
    name: "a Close of one byte",
    bytes: clientFrame(0x88, "a"),
    error: range("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", `${prefix}invalid payload length 1`),
    close: 1002,
  },
  {
    name: "a close code that must not be sent",
    bytes: clientFrame(0x88, Buffer.from([0x03, 0xed])),
    error: range("WS_ERR_INVALID_CLOSE_CODE", `${prefix}invalid status code 1005`),
    close: 1002,
  },
  {
    name: "an unmasked frame",
    bytes: Buffer.from([0x81, 0x01, 0x61]),
    error: range("WS_ERR_EXPECTED_MASK", `${prefix}MASK must be set`),
    close: 1002,
  },
  {
    name: "an unmasked frame with a reserved opcode",
    bytes: Buffer.from([0x85, 0x00]),
    error: range("WS_ERR_INVALID_OPCODE", `${prefix}invalid opcode 5`),
    close: 1002,
  },
  {
    name: "text that is not UTF-8",
    bytes: clientFrame(0x81, Buffer.from([0xce, 0xba, 0xff])),
    error: `Error WS_ERR_INVALID_UTF8 ${prefix}invalid UTF-8 sequence`,
    close: 1007,
  },
  {
    name: "a close reason that is not UTF-8",
    bytes: clientFrame(0x88, Buffer.from([0x03, 0xe8, 0xff])),
    error: `Error WS_ERR_INVALID_UTF8 ${prefix}invalid UTF-8 sequence`,
    close: 1007,
  },
  {
    name: "a message that is too long",
    bytes: clientFrame(0x82, Buffer.alloc(11)),
    options: { maxPayload: 10 },
    error: range("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "Max payload size exceeded"),
    close: 1009,
  },
  {
    name: "fragments that are too long together",
    bytes: Buffer.concat([clientFrame(0x02, Buffer.alloc(6)), clientFrame(0x80, Buffer.alloc(6))]),
    options: { maxPayload: 10 },
    error: range("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "Max payload size exceeded"),
    close: 1009,
  },
  {
    name: "a length that no number holds",
    bytes: Buffer.from([0x82, 0xff, 0x00, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    error: range(
      "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
      "Unsupported WebSocket frame: payload length > 2^53 - 1",
    ),
    close: 1009,
  },
  {
    name: "too many fragments",
    bytes: Buffer.concat([clientFrame(0x01, "a"), clientFrame(0x00, "b"), clientFrame(0x80, "c")]),
    options: { maxFragments: 2 },
    error: range("WS_ERR_TOO_MANY_BUFFERED_PARTS", "Too many message fragments"),
    close: 1008,
  },
];

describe.each(faces)("a server of $name", (face) => {
  test.each(rows)("fails on $name", async ({ bytes, options, error, close }) => {
    const server = await listen(face, options);
    const peer = once(server, "connection");
    const socket = await rawClient(server);
    const [websocket] = (await peer) as [Parameters<typeof life>[0]];
    const seen = life(websocket);
    socket.write(bytes);
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.end();
    expect([...answer]).toEqual([0x88, 0x02, close >> 8, close & 0xff]);
    expect(await seen).toEqual([`error ${error}`, "close 1006  3"]);
  });

  test("takes what is lenient in ws: long forms of lengths, and UTF-8 judged at the end", async () => {
    const server = await listen(face);
    const peer = once(server, "connection");
    const socket = await rawClient(server);
    const [websocket] = (await peer) as [Parameters<typeof life>[0]];
    const seen = life(websocket);
    socket.write(Buffer.from([0x81, 0xfe, 0, 1, 0, 0, 0, 0, 0x61]));
    socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0x62]));
    socket.write(clientFrame(0x01, Buffer.from([0xff])));
    socket.write(clientFrame(0x89, "p"));
    socket.end(clientFrame(0x80, "c"));
    expect(await seen).toEqual([
      "message a false",
      "message b false",
      "ping p",
      `error Error WS_ERR_INVALID_UTF8 ${prefix}invalid UTF-8 sequence`,
      "close 1006  3",
    ]);
  });

  test("skips the check of UTF-8 where that is asked for", async () => {
    const server = await listen(face, { skipUTF8Validation: true });
    const peer = once(server, "connection");
    const socket = await rawClient(server);
    const [websocket] = (await peer) as [Parameters<typeof life>[0]];
    const message = once(websocket, "message");
    socket.write(clientFrame(0x81, Buffer.from([0xff, 0xfe])));
    expect(await message).toEqual([Buffer.from([0xff, 0xfe]), false]);
  });

  test("closes with 1006, and without an error, when the peer just goes", async () => {
    const server = await listen(face);
    const peer = once(server, "connection");
    const socket = await rawClient(server);
    const [websocket] = (await peer) as [Parameters<typeof life>[0]];
    const seen = life(websocket);
    socket.resetAndDestroy();
    expect(await seen).toEqual(["close 1006  3"]);
  });
});

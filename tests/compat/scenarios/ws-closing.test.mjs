/** How connections end: codes, reasons, errors with their codes and texts, and who says what first. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import WebSocket from "ws";

import { bare, failure, frame, pair, serve } from "./pair.mjs";

const invalid = "Invalid WebSocket frame: ";

const wrong = [
  ["WS_ERR_EXPECTED_FIN", "FIN must be set", [frame(0x09)], 1002],
  ["WS_ERR_EXPECTED_MASK", "MASK must be set", [frame(0x81, "x", { masked: false })], 1002],
  ["WS_ERR_INVALID_CLOSE_CODE", "invalid status code 999", [frame(0x88, [3, 231])], 1002],
  [
    "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
    "invalid payload length 126",
    [frame(0x89, "x".repeat(126))],
    1002,
  ],
  ["WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", "invalid payload length 1", [frame(0x88, "x")], 1002],
  ["WS_ERR_INVALID_OPCODE", "invalid opcode 0", [frame(0x80)], 1002],
  ["WS_ERR_INVALID_OPCODE", "invalid opcode 3", [frame(0x83)], 1002],
  ["WS_ERR_INVALID_OPCODE", "invalid opcode 1", [frame(0x01, "x"), frame(0x81, "y")], 1002],
  ["WS_ERR_INVALID_UTF8", "invalid UTF-8 sequence", [frame(0x81, [0xff])], 1007],
  ["WS_ERR_UNEXPECTED_RSV_1", "RSV1 must be clear", [frame(0xc1, "x")], 1002],
  ["WS_ERR_UNEXPECTED_RSV_2_3", "RSV2 and RSV3 must be clear", [frame(0xb1, "x")], 1002],
];

for (const [code, text, frames, close] of wrong) {
  test(`error: ${code}, ${text}`, async (t) => {
    const { socket, closed, errors, frames: received } = await bare(t);
    socket.write(Buffer.concat(frames));
    assert.deepEqual((await closed)[0], 1006);
    assert.deepEqual(
      [errors.length, errors[0].code, errors[0].message],
      [1, code, `${invalid}${text}`],
    );
    assert.equal(errors[0].name, code === "WS_ERR_INVALID_UTF8" ? "Error" : "RangeError");
    const sent = await received();
    assert.deepEqual([sent[0], sent.readUInt16BE(2)], [0x88, close]);
  });
}

test("error: WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", async (t) => {
  const { socket, closed, errors } = await bare(t);
  socket.write(Buffer.from([0x82, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  await closed;
  assert.equal(errors[0].code, "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH");
  assert.equal(errors[0].message, "Unsupported WebSocket frame: payload length > 2^53 - 1");
});

test("error: WS_ERR_UNEXPECTED_MASK at a client", async (t) => {
  const { client, server } = await pair(t);
  const failed = new Promise((resolve) => client.on("error", resolve));
  server._socket.write(frame(0x81, "x"));
  assert.equal((await failed).code, "WS_ERR_UNEXPECTED_MASK");
  assert.equal((await failed).message, `${invalid}MASK must be clear`);
});

for (const [first, code] of [
  [0xb1, "WS_ERR_UNEXPECTED_RSV_2_3"],
  [0x83, "WS_ERR_INVALID_OPCODE"],
  [0x09, "WS_ERR_EXPECTED_FIN"],
  [0x81, "WS_ERR_EXPECTED_MASK"],
]) {
  test(`error: of a frame with several faults the first is told, ${code}`, async (t) => {
    const { socket, closed, errors } = await bare(t);
    socket.write(frame(first, "x", { masked: false }));
    await closed;
    assert.equal(errors[0].code, code);
  });
}

test("lenient: lengths in a longer form than needed, and UTF-8 judged at the end of a message", async (t) => {
  const { socket, server, errors, closed } = await bare(t);
  const got = once(server, "message");
  socket.write(Buffer.from([0x81, 0xfe, 0, 1, 0, 0, 0, 0, 0x78]));
  assert.equal(String((await got)[0]), "x");
  socket.write(frame(0x01, [0xff]));
  const pinged = once(server, "ping");
  socket.write(frame(0x89));
  await pinged;
  assert.equal(errors.length, 0);
  socket.write(frame(0x80));
  await closed;
  assert.equal(errors[0].code, "WS_ERR_INVALID_UTF8");
});

test("close: code and reason reach both sides", async (t) => {
  for (const [args, code, reason] of [
    [[], 1005, ""],
    [[1000], 1000, ""],
    [[1001, "away"], 1001, "away"],
    [[3000, Buffer.from("bytes")], 3000, "bytes"],
    [[4999, ""], 4999, ""],
  ]) {
    const { client, server } = await pair(t);
    const closed = Promise.all([once(client, "close"), once(server, "close")]);
    client.close(...args);
    assert.equal(client.readyState, WebSocket.CLOSING);
    const both = await closed;
    for (const [got, bytes] of both) {
      assert.ok(Buffer.isBuffer(bytes));
      assert.deepEqual([got, bytes.toString()], [code, reason]);
    }
  }
});

test("close: arguments that are wrong throw, and leave the connection open", async (t) => {
  const { client } = await pair(t);
  const message = "First argument must be a valid error code number";
  for (const code of ["1000", 999, 1004, 1005, 1006, 1015, 5000]) {
    assert.throws(() => client.close(code), { name: "TypeError", message });
  }
  assert.throws(() => client.close(1000, "x".repeat(124)), {
    name: "RangeError",
    message: "The message must not be greater than 123 bytes",
  });
  assert.equal(client.readyState, WebSocket.OPEN);
});

test("close: what was sent before arrives before", async (t) => {
  const { client, server } = await pair(t);
  const got = [];
  server.on("message", (data) => got.push(String(data)));
  const closed = once(server, "close");
  for (let n = 0; n < 100; n++) client.send(String(n));
  client.close();
  await closed;
  assert.equal(got.length, 100);
});

test("close: before the connection is open is an error, then 1006", async (t) => {
  const { url } = await serve(t);
  for (const method of ["close", "terminate"]) {
    const client = new WebSocket(url);
    const told = failure(client);
    client[method]();
    assert.equal(client.readyState, WebSocket.CLOSING);
    const [error, close] = await told;
    assert.equal(error.message, "WebSocket was closed before the connection was established");
    assert.deepEqual([close[0], client.readyState], [1006, WebSocket.CLOSED]);
  }
});

test("close: a connection that is paused gets the peer's code all the same", async (t) => {
  // ws reads what has come when this time is over.
  const { client } = await pair(t, { client: { closeTimeout: 100 } });
  client.pause();
  client.close(1000);
  assert.equal((await once(client, "close"))[0], 1000);
});

test("terminate: 1006 at both sides, without an error", async (t) => {
  const { client, server } = await pair(t);
  server.on("error", assert.fail);
  client.on("error", assert.fail);
  const closed = Promise.all([once(client, "close"), once(server, "close")]);
  client.terminate();
  assert.equal(client.readyState, WebSocket.CLOSING);
  assert.deepEqual(
    (await closed).map(([code]) => code),
    [1006, 1006],
  );
  client.terminate();
  client.close();
});

test("close: a second call and a call after the end do nothing", async (t) => {
  const { client } = await pair(t);
  const closed = once(client, "close");
  client.close(1000, "first");
  client.close(1001, "second");
  assert.equal(String((await closed)[1]), "first");
  client.close();
});

test("close: a reset by the peer is 1006, a plain end of its stream too", async (t) => {
  const { socket, closed } = await bare(t);
  socket.resetAndDestroy();
  assert.equal((await closed)[0], 1006);
  const other = await bare(t);
  other.socket.end();
  assert.equal((await other.closed)[0], 1006);
});

test("close: nothing is read after a Close frame", async (t) => {
  const { socket, server, closed, errors } = await bare(t);
  server.on("message", assert.fail);
  socket.write(Buffer.concat([frame(0x88, [3, 232]), frame(0x81, "late"), frame(0xff)]));
  assert.equal((await closed)[0], 1000);
  assert.deepEqual(errors, []);
});

test("close: a server's close leaves connections, and ends when they do", async (t) => {
  const { wss, client, server } = await pair(t);
  const ended = once(wss, "close");
  wss.close();
  assert.equal(server.readyState, WebSocket.OPEN);
  server.send("still here");
  await once(client, "message");
  client.close();
  await ended;
});

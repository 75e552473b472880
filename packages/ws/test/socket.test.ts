/**
 * The socket under a connection, for those who reach for it while messages are on their way: no byte is lost or turned
 * around, and what they listen for is told.
 */
import { on, once } from "node:events";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { clientFrame, faces, life, listen, pair, portOf, rawClient, textOf } from "./faces.ts";
import type { Face } from "./faces.ts";

interface Inside extends WebSocket {
  readonly _socket: Socket;
  readonly _sender: { readonly _socket: Socket };
}

const request =
  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/** A server's end, the request it came with, and the bare socket of its client. */
async function bare(face: Face): Promise<{ peer: Inside; request: IncomingMessage; raw: Socket }> {
  const server = await listen(face);
  const connected = once(server, "connection") as Promise<[Inside, IncomingMessage]>;
  const raw = await rawClient(server);
  const [peer, of] = await connected;
  return { peer, request: of, raw };
}

/** Messages of `websocket`, as they come. */
function messages(websocket: WebSocket): string[] {
  const seen: string[] = [];
  websocket.on("message", (data) => void seen.push(textOf(data)));
  return seen;
}

describe.each(faces)("the socket of $name", (face) => {
  test("is there for whoever asks in the middle of a message", async () => {
    const { peer, raw } = await bare(face);
    const seen = messages(peer);
    const frame = clientFrame(0x81, "in two halves");
    raw.write(Buffer.concat([clientFrame(0x89), frame.subarray(0, 9)]));
    await once(peer, "ping");
    expect(peer._socket.remotePort).toBe(raw.localPort);
    raw.write(frame.subarray(9));
    await once(peer, "message");
    raw.write(clientFrame(0x81, "next"));
    await once(peer, "message");
    expect(seen).toEqual(["in two halves", "next"]);
  });

  test("can be written to between messages", async () => {
    const { client, peer } = await pair(face);
    const seen = life(client);
    peer.send("first");
    (peer as Inside)._socket.write(Buffer.from([0x81, 1, 0x32]));
    peer.send("third");
    (peer as Inside)._sender._socket.write(Buffer.from([0x81, 1, 0x34]));
    peer.close(1000);
    expect(await seen).toEqual([
      "message first false",
      "message 2 false",
      "message third false",
      "message 4 false",
      "close 1000  3",
    ]);
  });

  test("is written to by a listener of a message, in its turn", async () => {
    const { peer, raw } = await bare(face);
    peer.on("message", (data) => {
      peer.send(textOf(data));
      peer._socket.write(Buffer.from([0x81, 1, 0x21]));
    });
    raw.write(Buffer.concat([clientFrame(0x81, "a"), clientFrame(0x81, "b")]));
    let got = Buffer.alloc(0);
    for await (const [chunk] of events(raw)) {
      got = Buffer.concat([got, chunk]);
      if (got.byteLength >= 12) break;
    }
    expect(got.toString("latin1")).toBe("\x81\x01a\x81\x01!\x81\x01b\x81\x01!");
  });

  test.each(["its own", "the request's"])("tells listeners for data, %s way", async (way) => {
    const { peer, request: of, raw } = await bare(face);
    const socket = way === "its own" ? peer._socket : of.socket;
    const seen = messages(peer);
    raw.write(clientFrame(0x81, "unheard"));
    await once(peer, "message");
    let byteLength = 0;
    socket.on("data", (chunk: Buffer) => {
      byteLength += chunk.byteLength;
    });
    raw.write(clientFrame(0x81, "heard"));
    await once(peer, "message");
    // The listener for the message may come before the one for the bytes.
    await new Promise(setImmediate);
    expect([seen, byteLength]).toEqual([["unheard", "heard"], 11]);
  });

  test("tells those who have listened since it was accepted", async () => {
    const server = await listen(face);
    let byteLength = 0;
    (server as unknown as { _server: HttpServer })._server.on("connection", (socket) => {
      socket.on("data", (chunk: Buffer) => {
        byteLength += chunk.byteLength;
      });
    });
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const raw = await rawClient(server);
    const [peer] = await connected;
    const before = byteLength;
    raw.write(clientFrame(0x81, "heard"));
    await once(peer, "message");
    expect(byteLength - before).toBe(11);
  });

  test("tells of drain when what was sent before somebody asked is through", async () => {
    const { client, peer } = await pair(face);
    client.pause();
    peer.send(Buffer.alloc(16 * 1024 * 1024));
    const drained = once((peer as Inside)._socket, "drain");
    client.resume();
    await drained;
    expect(peer.bufferedAmount).toBe(0);
  });

  test("gives what came together with the handshake, also when nobody reads at first", async () => {
    const server = await listen(face);
    const seen: string[] = [];
    // At once: a promise would come behind the first message.
    server.on("connection", (peer) => {
      peer.pause();
      peer.on("message", (data) => void seen.push(textOf(data)));
    });
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const raw = connect(portOf(server), "127.0.0.1");
    onTestFinished(() => void raw.destroy());
    const [first, next] = [clientFrame(0x81, "with the request"), clientFrame(0x81, "se")];
    raw.write(Buffer.concat([Buffer.from(request), first, next.subarray(0, 7)]));
    const [peer] = await connected;
    raw.write(Buffer.concat([next.subarray(7), clientFrame(0x89)]));
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    peer.resume();
    await once(peer, "ping");
    expect(seen).toEqual(["with the request", "se"]);
  });

  test("takes destroy, and the connection is closed abnormally", async () => {
    const { client, peer } = await pair(face);
    const closed = Promise.all([once(client, "close"), once(peer, "close")]);
    peer.send("may be lost");
    (peer as Inside)._socket.destroy();
    expect((await closed).map(([code]) => code as number)).toEqual([1006, 1006]);
  });
});

function events(socket: Socket): AsyncIterable<[Buffer]> {
  return on(socket, "data") as AsyncIterable<[Buffer]>;
}

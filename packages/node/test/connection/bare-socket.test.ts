import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { BareSocket } from "../../src/connection/bare-socket.ts";
import type { TransportEvents } from "../../src/connection/transport.ts";
import { takeAcceptedHandles } from "../../src/server/accepted-handles.ts";
import { takeUncaught } from "../uncaught.ts";

const told = process.env["TAUTLINE_SOCKETS"] === "documented";

/** What a bare socket told, and a way to wait for something of it. */
class Log implements TransportEvents {
  text = "";
  onReceived: (() => void) | undefined;
  /** Where the next bytes are to be read to. */
  room: Uint8Array | undefined;
  #wake: (() => void) | undefined;

  received(chunk: Uint8Array): void {
    this.#add(Buffer.from(chunk).toString());
    this.onReceived?.();
    // It is the callee's to overwrite.
    chunk.fill(0);
  }

  receivedEnd(): void {
    this.#add("|end");
  }

  written(byteLength: number): void {
    this.#add(`|written ${byteLength}|`);
  }

  closed(error: Error | undefined): void {
    this.#add(`|closed ${error === undefined ? "in order" : `by ${error.message}`}`);
  }

  async until(text: string): Promise<string> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.text;
  }

  #add(text: string): void {
    this.text += text;
    this.#wake?.();
  }
}

interface Link {
  readonly bare: BareSocket;
  readonly peer: Socket;
  readonly log: Log;
  /** How many sockets have come to their end. */
  readonly gone: BareSocket[];
}

async function link(): Promise<Link> {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const log = new Log();
  const gone: BareSocket[] = [];
  const bare = new Promise<BareSocket>((resolve, reject) => {
    takeAcceptedHandles(server, (handle) => {
      const taken = BareSocket.take(handle, { gone: (socket) => gone.push(socket) }, () => log);
      if (taken === undefined) reject(new Error("not as expected"));
      else resolve(taken);
      return taken !== undefined;
    });
  });
  bare.catch(() => undefined);
  const { port } = server.address() as AddressInfo;
  const peer = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void peer.destroy());
  await once(peer, "connect");
  peer.on("error", () => undefined);
  const socket = await bare;
  onTestFinished(() => socket.destroy());
  return { bare: socket, peer, log, gone };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function read(socket: Socket, byteLength: number): Promise<string> {
  let text = "";
  socket.resume();
  while (text.length < byteLength) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    text += chunk.toString("latin1");
  }
  return text;
}

/** Writes until the system does not take all of it, and answers with what was written. */
function fill(bare: BareSocket): string {
  let sent = "";
  for (let index = 0; !bare.congested; index += 1) {
    const text = String(index % 10).repeat(1024 * 1024);
    bare.write([bytes(text)], text.length);
    sent += text;
  }
  return sent;
}

describe.runIf(told)("where sockets are to be documented ones", () => {
  it("no handle is taken", async () => {
    await expect(link()).rejects.toThrow("not as expected");
  });
});

describe.skipIf(told)("a bare socket", () => {
  it("reads, and reports during the call what the system takes at once", async () => {
    const { bare, peer, log } = await link();
    bare.write([bytes("one")], 3);
    bare.write([bytes("fo"), bytes("u"), bytes("r")], 4);
    expect([log.text, bare.congested]).toEqual(["|written 3||written 4|", false]);
    expect(await read(peer, 7)).toBe("onefour");
    peer.write("hello");
    expect(await log.until("hello")).toBe("|written 3||written 4|hello");
  });

  it("reads to where it is told to, from the next read on, as long as it is told", async () => {
    const { peer, log } = await link();
    const room = new Uint8Array(4);
    const seen: string[] = [];
    const rooms = [room, room.subarray(2), undefined, room, undefined];
    log.onReceived = () => {
      seen.push(Buffer.from(room).toString("latin1"));
      log.room = rooms.shift();
    };
    let expected = "";
    // A room takes as much as it holds, and what is more is read after that.
    for (const text of ["one", "abcd", "efghi", "two"]) {
      peer.write(text);
      expected += text;
      expect(await log.until(expected)).toBe(expected);
    }
    expect(seen).toEqual(["\0\0\0\0", "abcd", "\0\0ef", "\0\0\0\0", "two\0"]);
  });

  it("reads nothing more into memory whose receiver has failed", async () => {
    const { bare, peer, log } = await link();
    const room = new Uint8Array(4);
    log.room = room;
    peer.write("one");
    await log.until("one");
    const uncaught = takeUncaught();
    const failure = new Error("failed");
    log.onReceived = () => {
      throw failure;
    };
    peer.write("ab");
    expect(await log.until("closed")).toBe("oneab|closed in order");
    expect([bare.destroyed, uncaught]).toEqual([true, [failure]]);
  });

  it("is congested while the system does not take all of a batch, and ends behind it", async () => {
    const { bare, peer, log, gone } = await link();
    peer.pause();
    const sent = fill(bare);
    log.text = "";
    bare.end();
    expect(await read(peer, sent.length)).toBe(sent);
    expect(await log.until("|written")).toMatch(/^\|written \d+\|$/);
    expect(bare.congested).toBe(false);
    peer.end();
    expect(await log.until("closed")).toContain("|end|closed in order");
    expect(gone).toEqual([bare]);
  });

  it("stays open for writing when the peer has ended, until it ends too", async () => {
    const { bare, peer, log } = await link();
    peer.end("last");
    await log.until("|end");
    bare.write([bytes("answer")], 6);
    expect(await read(peer, 6)).toBe("answer");
    bare.end();
    expect(await log.until("closed")).toBe("last|end|written 6||closed in order");
  });

  it("tells why it was closed, when the peer resets", async () => {
    const { peer, log, gone, bare } = await link();
    peer.resetAndDestroy();
    expect(await log.until("closed")).toBe("|closed by read ECONNRESET");
    expect([gone, bare.destroyed]).toEqual([[bare], true]);
  });

  it("is closed by a batch that cannot be written, and takes no other", async () => {
    const { bare, peer, log } = await link();
    bare.pause();
    peer.resetAndDestroy();
    await once(peer, "close");
    // The system learns of the reset with the first write at the latest.
    bare.write([bytes("a")], 1);
    if (!bare.destroyed) bare.write([bytes("b")], 1);
    expect(bare.congested).toBe(true);
    bare.write([bytes("c")], 1);
    expect(await log.until("closed")).toMatch(/\|closed by write (EPIPE|ECONNRESET)$/);
  });

  it("drops what is in flight when it is destroyed", async () => {
    const { bare, peer, log } = await link();
    peer.pause();
    fill(bare);
    log.text = "";
    bare.destroy();
    bare.destroy();
    bare.end();
    expect(await log.until("closed")).toBe("|closed in order");
  });

  it("holds the peer back while it is paused", async () => {
    const { bare, peer, log } = await link();
    bare.pause();
    await new Promise((resolve) => peer.write("later", resolve));
    // A round trip: whatever is read is read by then.
    const other = await link();
    await new Promise((resolve) => other.peer.write("other", resolve));
    await other.log.until("other");
    expect(log.text).toBe("");
    bare.resume();
    expect(await log.until("later")).toBe("later");
  });

  it("knows its addresses, also when it is gone if it was asked before", async () => {
    const { bare, peer, log } = await link();
    expect(bare.addresses).toMatchObject({ remotePort: peer.localPort, encrypted: false });
    bare.destroy();
    await log.until("closed");
    expect(bare.addresses.remoteAddress).toBe("127.0.0.1");
  });

  it("becomes the documented socket for whoever asks, with all bytes on its streams", async () => {
    const { bare, peer, log } = await link();
    const socket = bare.socket();
    const seen: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => seen.push(Buffer.from(chunk)));
    peer.write("both");
    expect(await log.until("both")).toBe("both");
    expect(Buffer.concat(seen).toString()).toBe("both");
    bare.write([bytes("written")], 7);
    expect(await read(peer, 7)).toBe("written");
    expect([bare.socket(), socket.remotePort]).toEqual([socket, peer.localPort]);
    socket.destroy();
    expect(await log.until("closed")).toMatch(/closed in order$/);
  });

  it("becomes it in the middle of a read and of a batch too", async () => {
    const { bare, peer, log } = await link();
    peer.pause();
    const sent = fill(bare);
    log.text = "";
    let socket: Socket | undefined;
    log.onReceived = () => (socket ??= bare.socket());
    peer.write("now");
    await log.until("now");
    expect(bare.congested).toBe(true);
    expect(await read(peer, sent.length)).toBe(sent);
    await log.until("|written");
    peer.write("then");
    await log.until("then");
    bare.end();
    peer.end();
    expect(await log.until("closed")).toMatch(/closed in order$/);
    expect(socket?.destroyed).toBe(true);
  });

  it("is a destroyed socket for whoever asks too late", async () => {
    const { bare, log } = await link();
    bare.destroy();
    expect(bare.socket().destroyed).toBe(true);
    await log.until("closed");
  });

  it("reads in no asynchronous context of another, whatever a listener enters", async () => {
    const storage = new AsyncLocalStorage<string>();
    const [one, two] = [await link(), await link()];
    const contexts: (string | undefined)[] = [];
    for (const { log } of [one, two]) {
      log.onReceived = () => {
        contexts.push(storage.getStore());
        storage.enterWith("entered");
      };
    }
    for (const { peer, log } of [one, two]) {
      peer.write("x");
      await log.until("x");
    }
    expect(contexts).toEqual([undefined, undefined]);
  });
});

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { HandleTransport, openTransport } from "../../src/connection/handle-transport.ts";
import { readInto, writeAtOnce } from "../../src/connection/socket-internals.ts";
import type { Transport, TransportEvents } from "../../src/connection/transport.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a transport told, and a way to wait for something of it. */
class Log implements TransportEvents {
  text = "";
  #wake: (() => void) | undefined;

  received(chunk: Uint8Array): void {
    this.#add(Buffer.from(chunk).toString());
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
    this.#add(`|closed ${error === undefined ? "in order" : "by an error"}`);
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
  /** The transport's own end. */
  readonly socket: Socket;
  readonly peer: Socket;
  readonly transport: Transport;
  readonly log: Log;
}

async function link(): Promise<Link> {
  const server = createServer({ allowHalfOpen: true });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const peer = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void peer.destroy());
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => void socket.destroy());
  const log = new Log();
  return { socket, peer, log, transport: openTransport(socket, log) };
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

describe("openTransport", () => {
  it("passes the streams of a TCP socket by on every supported Node.js, unless told not to", async () => {
    const { transport } = await link();
    const told = process.env["TAUTLINE_SOCKETS"] === "documented";
    expect(transport instanceof HandleTransport).toBe(!told);
  });

  it("takes the documented way for any other stream, and for a socket that has no handle", async () => {
    const { socket } = await link();
    socket.destroy();
    expect(openTransport(new PassThrough(), new Log())).not.toBeInstanceOf(HandleTransport);
    expect(openTransport(socket, new Log())).not.toBeInstanceOf(HandleTransport);
    expect(readInto(socket, Buffer.alloc(8), () => true)).toBe(false);
  });
});

describe("a transport over a TCP socket", () => {
  it("reports during the call what the system takes at once", async () => {
    const { transport, peer, log } = await link();
    transport.write([bytes("one")], 3);
    transport.write([bytes("fo"), bytes("u"), bytes("r")], 4);
    expect([log.text, transport.congested]).toEqual(["|written 3||written 4|", false]);
    expect(await read(peer, 7)).toBe("onefour");
  });

  it("is congested while the system does not take all of a batch, and keeps what follows in order", async () => {
    const { transport, peer, log } = await link();
    peer.pause();
    let sent = "";
    for (let index = 0; !transport.congested; index += 1) {
      const text = String(index % 10).repeat(1024 * 1024);
      transport.write([bytes(text)], text.length);
      sent += text;
    }
    log.text = "";
    transport.end();
    expect(await read(peer, sent.length)).toBe(sent);
    expect(await log.until("|written 1048576|")).toBe("|written 1048576|");
    expect(transport.congested).toBe(false);
  });

  it("does not overtake what was written to the stream itself", async () => {
    const { socket, transport, peer, log } = await link();
    socket.cork();
    socket.write("first ");
    transport.write([bytes("second")], 6);
    socket.uncork();
    expect(await read(peer, 12)).toBe("first second");
    await log.until("|written 6|");
  });

  it("tells what arrives, the end and the close, in order", async () => {
    const { transport, peer, log } = await link();
    transport.start();
    peer.write("hello");
    await log.until("hello");
    peer.end();
    await log.until("|end");
    transport.end();
    expect(await log.until("|closed")).toBe("hello|end|closed in order");
  });

  it("tells of a peer that resets the connection", async () => {
    const { transport, peer, log } = await link();
    transport.start();
    peer.resetAndDestroy();
    expect(await log.until("|closed")).toBe("|closed by an error");
  });

  it("gives up a socket that fails under a write", async () => {
    const { socket, transport, log } = await link();
    transport.start();
    // The way a system reports a broken pipe within the call.
    const handle = (socket as Socket & { _handle: { writeBuffer?: () => number } })._handle;
    handle.writeBuffer = () => -32;
    transport.write([bytes("lost")], 4);
    expect(await log.until("|closed")).toContain("|closed by an error");
  });

  it("reads nothing while it is paused", async () => {
    const { transport, peer, log } = await link();
    transport.start();
    transport.pause();
    await new Promise((resolve) => {
      peer.write("later", resolve);
    });
    await turn();
    await turn();
    expect(log.text).toBe("");
    transport.resume();
    expect(await log.until("later")).toBe("later");
  });

  it("reads first what the stream had read already", async () => {
    const { socket, transport, peer, log } = await link();
    socket.unshift(bytes("early "));
    transport.start();
    peer.write("late");
    expect(await log.until("late")).toBe("early late");
  });
});

describe("the plain stream of a transport", () => {
  it("carries everything from then on, in order, both ways", async () => {
    const { socket, transport, peer, log } = await link();
    transport.start();
    transport.write([bytes("before ")], 7);
    peer.write("direct ");
    await log.until("direct ");
    const seen: string[] = [];
    expect(transport.plainStream()).toBe(socket);
    socket.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
    transport.write([bytes("after ")], 6);
    socket.write("own");
    peer.write("plain");
    expect(await read(peer, 16)).toBe("before after own");
    await log.until("plain");
    expect(seen.join("")).toBe("plain");
  });

  it("keeps each read as long as somebody holds it", async () => {
    const { socket, transport, peer, log } = await link();
    const kept: Buffer[] = [];
    socket.prependListener("data", (chunk: Buffer) => kept.push(Buffer.from(chunk)));
    transport.plainStream();
    transport.start();
    peer.write("abc");
    await log.until("abc");
    peer.write("def");
    await log.until("def");
    expect(Buffer.concat(kept).toString()).toBe("abcdef");
  });
});

describe("writeAtOnce", () => {
  it("says at once what the handle has taken", async () => {
    const { socket, peer } = await link();
    const done: unknown[] = [];
    writeAtOnce(socket, [bytes("a"), bytes("b")], (error) => done.push(error ?? "taken"));
    expect(done).toEqual(["taken"]);
    expect(await read(peer, 2)).toBe("ab");
  });
});

import { Duplex } from "node:stream";
import { resolveEngineSettings } from "@tautline/protocol";
import { describe, expect, it } from "vitest";
import { Driver } from "../../src/connection/driver.ts";
import { StreamTransport } from "../../src/connection/stream-transport.ts";
import type { TransportEvents } from "../../src/connection/transport.ts";
import { clientFrame } from "../servers.ts";

const ignore = (): void => undefined;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stream whose writes finish when the test says so; or at once, when it is eager. */
class TestStream extends Duplex {
  readonly writes: string[] = [];
  readonly eager: boolean;
  #finish: ((error?: Error | null) => void) | undefined;

  constructor({ eager }: { eager: boolean }) {
    super();
    this.eager = eager;
  }

  finishWrite(error?: Error): void {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(error ?? null);
  }

  override _read(): void {
    // The test pushes.
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#took(chunk.toString("latin1"), callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.#took(chunks.map(({ chunk }) => chunk.toString()).join("+"), callback);
  }

  #took(text: string, callback: (error?: Error | null) => void): void {
    this.writes.push(text);
    if (this.eager) callback();
    else this.#finish = callback;
  }
}

function openTransport(eager: boolean): {
  stream: TestStream;
  transport: StreamTransport;
  log: string[];
} {
  const log: string[] = [];
  const events: TransportEvents = {
    received: (chunk) => log.push(`received ${Buffer.from(chunk).toString()}`),
    receivedEnd: () => log.push("end"),
    written: (byteLength) => log.push(`written ${byteLength}`),
    closed: (error) => log.push(`closed ${error?.message ?? "in order"}`),
  };
  const stream = new TestStream({ eager });
  return { stream, transport: new StreamTransport(stream, events), log };
}

const chunks = (...texts: string[]): Uint8Array[] => texts.map((text) => Buffer.from(text));

describe("StreamTransport", () => {
  it("has the answers to all that arrives in one turn leave as one write", async () => {
    const stream = new TestStream({ eager: true });
    const driver: Driver = new Driver({
      role: "server",
      settings: resolveEngineSettings("server", {}),
      openTransport: (events) => new StreamTransport(stream, events),
      transform: undefined,
      events: {
        text: (message) => void driver.sendText(message, false),
        binary: ignore,
        ping: ignore,
        pong: ignore,
        closed: ignore,
        drained: ignore,
      },
    });
    driver.start(new Uint8Array(0));
    await turn();
    for (const text of ["one", "two"]) stream.push(clientFrame(0x1, text));
    expect(stream.writes).toEqual([]);
    await turn();
    stream.push(clientFrame(0x1, "three"));
    await turn();
    expect(stream.writes).toEqual(["\u{81}\u{3}one\u{81}\u{3}two", "\u{81}\u{5}three"]);
    stream.destroy();
  });

  it("reports during the call what the stream takes at once, and only once", async () => {
    const { stream, transport, log } = openTransport(true);
    transport.write(chunks("one"), 3);
    expect([log, transport.congested]).toEqual([["written 3"], false]);
    transport.write(chunks("four"), 4);
    await turn();
    expect(log).toEqual(["written 3", "written 4"]);
    expect(stream.writes).toEqual(["one", "four"]);
  });

  it("is congested until the stream has taken the batch", async () => {
    const { stream, transport, log } = openTransport(false);
    transport.write(chunks("a", "b", "c"), 3);
    await turn();
    expect([log, transport.congested, stream.writes]).toEqual([[], true, ["a+b+c"]]);
    stream.finishWrite();
    await turn();
    expect([log, transport.congested]).toEqual([["written 3"], false]);
  });

  it("does not take an earlier callback for the end of a later batch", async () => {
    const { stream, transport, log } = openTransport(true);
    transport.write(chunks("quick"), 5);
    // The callback of the first write is still to come.
    Object.assign(stream, { eager: false });
    transport.write(chunks("slow"), 4);
    await turn();
    expect([log, transport.congested]).toEqual([["written 5"], true]);
    stream.finishWrite();
    await turn();
    expect(log).toEqual(["written 5", "written 4"]);
  });

  it("does not give memory back that a failed write may still hold", async () => {
    const { stream, transport, log } = openTransport(false);
    transport.start();
    transport.write(chunks("lost"), 4);
    stream.finishWrite(new Error("broken"));
    await turn();
    expect(log).toEqual(["closed broken"]);
  });

  it("tells what arrives, the end and the close, in order", async () => {
    const { stream, transport, log } = openTransport(true);
    transport.start();
    stream.push("hello");
    stream.push(null);
    await turn();
    expect(log).toEqual(["received hello", "end"]);
    transport.end();
    await turn();
    expect(log).toEqual(["received hello", "end", "closed in order"]);
  });

  it("tells of a stream that was gone before it started", async () => {
    const gone = openTransport(true);
    gone.stream.destroy(new Error("early"));
    await turn();
    gone.transport.start();
    expect(gone.log).toEqual(["closed early"]);
    expect(gone.transport.addresses.remoteAddress).toBeUndefined();

    const ended = openTransport(true);
    ended.stream.push(null);
    ended.stream.resume();
    await turn();
    ended.transport.start();
    expect(ended.log).toEqual(["end"]);
  });

  it("reads nothing while it is paused", async () => {
    const { stream, transport, log } = openTransport(true);
    transport.start();
    transport.pause();
    stream.push("later");
    await turn();
    expect(log).toEqual([]);
    transport.resume();
    await turn();
    expect(log).toEqual(["received later"]);
  });

  it("never lets an error of the stream go uncaught", async () => {
    const { stream, transport, log } = openTransport(true);
    stream.destroy(new Error("before the start"));
    transport.start();
    transport.write(chunks("x"), 1);
    await turn();
    stream.emit("error", new Error("after the close"));
    expect(log).toEqual(["closed before the start"]);
  });
});

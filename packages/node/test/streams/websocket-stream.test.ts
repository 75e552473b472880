import { WebSocketError, WebSocketStream } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { echo, letThingsHappen, next, pair, serve, tcpServer } from "../servers.ts";
import type { Connection, ServerOptions, WebSocketStreamOpened } from "@tautline/node";

const KiB = 1024;
const MiB = 1024 * KiB;

interface Joined extends WebSocketStreamOpened {
  readonly stream: WebSocketStream;
  readonly accepted: Connection;
}

/** A WebSocketStream and the server's end of it. */
async function joined(options: ServerOptions = {}): Promise<Joined> {
  let accepted: Connection | undefined;
  const { url } = await serve({
    ...options,
    onConnection: (connection) => {
      accepted = connection;
    },
  });
  const stream = new WebSocketStream(url);
  return { stream, ...(await stream.opened), accepted: accepted! };
}

describe("a WebSocketStream", () => {
  it("opens, echoes text and bytes, and closes cleanly", async () => {
    const { url } = await serve({ onConnection: echo, subprotocols: ["b"] });
    const stream = new WebSocketStream(url, { protocols: ["a", "b"] });
    expect(stream.url).toBe(url);
    const { readable, writable, extensions, protocol } = await stream.opened;
    expect({ extensions, protocol }).toEqual({ extensions: "", protocol: "b" });
    const writer = writable.getWriter();
    const reader = readable.getReader();
    await writer.write("text");
    await writer.write(Uint8Array.of(1, 2));
    await writer.write(Uint8Array.of(3).buffer);
    expect((await reader.read()).value).toBe("text");
    expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2));
    expect((await reader.read()).value).toEqual(Uint8Array.of(3));
    stream.close({ closeCode: 3001, reason: "done" });
    expect(await stream.closed).toEqual({ closeCode: 3001, reason: "done" });
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    await expect(writer.write("more")).rejects.toMatchObject({ name: "InvalidStateError" });
  });

  it("fails when the server chooses none of the protocols that it was offered", async () => {
    const { url, server } = await serve({ onConnection: echo });
    const stream = new WebSocketStream(url, { protocols: ["a", "b"] });
    const [opened, closed] = await Promise.allSettled([stream.opened, stream.closed]);
    for (const { reason } of [opened, closed] as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(WebSocketError);
      expect(reason).toMatchObject({ closeCode: 1006 });
    }
    await Promise.all([...server.connections].map((connection) => connection.closed));
    expect(server.connections.size).toBe(0);
  });

  it("gives what came before a clean end, and then ends", async () => {
    const { stream, readable, accepted } = await joined();
    for (let index = 0; index < 10; index += 1) accepted.send(`${index}`);
    accepted.close(4000, "over");
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: "over" });
    const received: unknown[] = [];
    for await (const message of readable) received.push(message);
    expect(received).toEqual(Array.from({ length: 10 }, (_, index) => `${index}`));
  });

  it("without a code closes with 1005 for the peer, with a reason alone with 1000", async () => {
    const bare = await joined();
    bare.stream.close();
    expect(await bare.accepted.closed).toMatchObject({ code: 1005, wasClean: true });
    expect(await bare.stream.closed).toMatchObject({ closeCode: 1005 });
    const reasoned = await joined();
    reasoned.stream.close({ reason: "enough" });
    expect(await reasoned.accepted.closed).toMatchObject({ code: 1000, reason: "enough" });
  });

  it("rejects and errors everything with a WebSocketError when the end is not clean", async () => {
    const { stream, readable, writable, accepted } = await joined();
    const reading = readable.getReader().read();
    const writer = writable.getWriter();
    accepted.terminate();
    const failures = await Promise.all(
      [stream.closed, reading, writer.closed].map((promise) =>
        promise.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of failures) {
      expect(error).toBeInstanceOf(WebSocketError);
      expect(error).toMatchObject({ name: "WebSocketError", closeCode: 1006, reason: "" });
    }
  });

  it.each([
    ["a WebSocketError", new WebSocketError("", { closeCode: 4001, reason: "why" }), 4001, "why"],
    ["anything else", new Error("why"), 1005, ""],
  ])("cancelled or aborted with %s, closes with what it says", async (_name, why, code, reason) => {
    const cancelled = await joined();
    for (let sent = 0; sent < 64; sent += 1) cancelled.accepted.send(new Uint8Array(64 * KiB));
    await cancelled.readable.cancel(why);
    expect(await cancelled.accepted.closed).toMatchObject({ code, reason, wasClean: true });
    const aborted = await joined();
    await aborted.writable.abort(why);
    expect(await aborted.accepted.closed).toMatchObject({ code, reason, wasClean: true });
  });

  it("closes when its writable is closed, and waits for the peer", async () => {
    const { stream, writable, accepted } = await joined();
    const writer = writable.getWriter();
    await writer.write("last");
    await writer.close();
    expect(await accepted.closed).toMatchObject({ code: 1005, wasClean: true });
    expect(await stream.closed).toMatchObject({ closeCode: 1005 });
  });

  it("holds a writer back while the peer does not read", async () => {
    const { writable, accepted } = await joined();
    accepted.pause();
    const writer = writable.getWriter();
    let written = 0;
    const writing = (async () => {
      for (; written < 64; written += 1) await writer.write(new Uint8Array(MiB));
    })();
    await letThingsHappen();
    expect(written).toBeLessThan(32);
    accepted.resume();
    accepted.onMessage(() => undefined);
    await writing;
  });

  it("writes what is neither text nor bytes as its text, and refuses memory that is shared", async () => {
    const { writable, accepted } = await joined();
    const writer = writable.getWriter();
    await writer.write(5 as never);
    expect(await next(accepted)).toBe("5");
    const writing = writer.write(new Uint8Array(new SharedArrayBuffer(1)));
    await expect(writing).rejects.toThrow(TypeError);
  });
});

describe("a WebSocketStream that does not open", () => {
  it("rejects opened and closed with a WebSocketError", async () => {
    const port = await tcpServer((socket) => void socket.end("HTTP/1.1 404 No\r\n\r\n"));
    const stream = new WebSocketStream(`ws://127.0.0.1:${port}/`);
    await expect(stream.opened).rejects.toBeInstanceOf(WebSocketError);
    await expect(stream.closed).rejects.toMatchObject({ name: "WebSocketError" });
  });

  it("is given up by its signal, with the signal's reason", async () => {
    const port = await tcpServer(() => undefined);
    const controller = new AbortController();
    const { signal } = controller;
    const stream = new WebSocketStream(`ws://127.0.0.1:${port}/`, { signal });
    controller.abort();
    await expect(stream.opened).rejects.toBe(signal.reason);
    await expect(stream.closed).rejects.toMatchObject({ name: "AbortError" });
    expect(
      await new WebSocketStream("ws://127.0.0.1:1/", { signal }).opened.catch((e: unknown) => e),
    ).toBe(signal.reason);
  });

  it("is given up by close()", async () => {
    const port = await tcpServer(() => undefined);
    const stream = new WebSocketStream(`ws://127.0.0.1:${port}/`);
    stream.close();
    await expect(stream.opened).rejects.toMatchObject({ name: "WebSocketError" });
    await expect(stream.closed).rejects.toBeInstanceOf(WebSocketError);
  });

  it.each(["", "no url", "ftp://127.0.0.1/", "ws://127.0.0.1/#part", "ws://127.0.0.1/#"])(
    "throws a SyntaxError for %j",
    (url) => {
      expect(() => new WebSocketStream(url)).toThrow(
        expect.objectContaining({ name: "SyntaxError" }),
      );
    },
  );

  it.each([[["a", "a"]], [["a", "A"]], [[""]], [["a b"]], [["a,b"]]])(
    "throws a SyntaxError for the protocols %j",
    (protocols) => {
      expect(() => new WebSocketStream("ws://127.0.0.1/", { protocols })).toThrow(
        expect.objectContaining({ name: "SyntaxError" }),
      );
    },
  );

  it("reads http and https as ws and wss", async () => {
    const stream = new WebSocketStream("https://127.0.0.1:1/x?y");
    expect(stream.url).toBe("wss://127.0.0.1:1/x?y");
    await expect(stream.opened).rejects.toBeInstanceOf(WebSocketError);
    const { url } = await serve({ onConnection: echo });
    await new WebSocketStream(url.replace("ws:", "http:")).opened;
  });
});

describe("what a WebSocketStream can be closed with", () => {
  it.each([999, 1001, 1005, 2999, 5000, 3000.5, Number.NaN])(
    "is no code of %d",
    async (closeCode) => {
      const invalid = expect.objectContaining({ name: "InvalidAccessError" });
      expect(() => new WebSocketError("", { closeCode })).toThrow(invalid);
      const { stream } = await joined();
      expect(() => stream.close({ closeCode })).toThrow(invalid);
    },
  );

  it("is no reason of more than 123 bytes", () => {
    const tooLong = expect.objectContaining({ name: "SyntaxError" });
    expect(() => new WebSocketError("", { reason: "é".repeat(62) })).toThrow(tooLong);
    expect(new WebSocketError("m", { reason: "x".repeat(123) })).toMatchObject({
      message: "m",
      closeCode: 1000,
    });
  });
});

it("a connection and its WebSocketStream see the same end", async () => {
  const { client, accepted } = await pair();
  client.close(1000);
  expect(await accepted.closed).toMatchObject({ code: 1000 });
});

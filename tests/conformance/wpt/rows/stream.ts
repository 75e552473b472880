/** `WebSocketStream` and `WebSocketError`, which are tentative in the suite. */
import { WebSocketError, WebSocketStream } from "@tautline/node";
import { expect } from "vitest";
import { thrown, turn } from "../wpt-row.ts";
import type { Bench, Row } from "../wpt-row.ts";

type Info = ConstructorParameters<typeof WebSocketError>[1];
type CloseInfo = Parameters<WebSocketStream["close"]>[0];

async function opened(bench: Bench, path = "/echo") {
  const stream = new WebSocketStream(bench.url(path));
  return { stream, ...(await stream.opened) };
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

/** Closing with `info` shows in `closed`. */
function closesWith(info: CloseInfo, closeCode: number, reason: string): Row["run"] {
  return async (bench) => {
    const { stream } = await opened(bench);
    stream.close(info);
    expect(await stream.closed).toEqual({ closeCode, reason });
  };
}

/** The peer closes, and `closed` shows how. */
function closedBy(query: string, closeCode: number, reason: string): Row["run"] {
  return async (bench) => {
    const { stream } = await opened(bench, `/remote-close?${query}`);
    expect(await stream.closed).toEqual({ closeCode, reason });
  };
}

/** Cancelling and aborting with `cause` close with this. */
function endsWith(cause: unknown, closeCode: number, reason: string): Row["run"] {
  return async (bench) => {
    const cancelled = await opened(bench);
    await cancelled.readable.cancel(cause);
    expect(await cancelled.stream.closed).toEqual({ closeCode, reason });
    const aborted = await opened(bench);
    void aborted.writable.abort(cause);
    expect(await aborted.stream.closed).toEqual({ closeCode, reason });
  };
}

function errorHas(info: Info, expected: object): Row["run"] {
  return () => {
    expect(new WebSocketError("message", info)).toMatchObject({
      name: "WebSocketError",
      code: 0,
      message: "message",
      ...expected,
    });
  };
}

function refusesWrite(chunk: unknown): Row["run"] {
  return async (bench) => {
    const { writable } = await opened(bench);
    expect(await reasonOf(writable.getWriter().write(chunk as string))).toBeInstanceOf(TypeError);
  };
}

const invalidCodes = [999, 1001, 2999, 5000];
const tooLong = "x".repeat(124);

/** Rows of one file. */
function rows(file: string, checks: Readonly<Record<string, Row["run"]>>): Row[] {
  return Object.entries(checks).map(([name, run]) => ({ file, name, once: true, run }));
}

export const streamRows: readonly Row[] = [
  ...rows("stream/tentative/abort.any.js", {
    "before the constructor": async (bench) => {
      const signal = AbortSignal.abort();
      const stream = new WebSocketStream(bench.url("/handshake_sleep"), { signal });
      expect(await reasonOf(stream.opened)).toBe(signal.reason);
      expect(await reasonOf(stream.closed)).toBe(signal.reason);
      expect(bench.server.holding).toBe(0);
    },
    "during the handshake": async (bench) => {
      const controller = new AbortController();
      const stream = new WebSocketStream(bench.url("/sleep"), { signal: controller.signal });
      await turn();
      controller.abort();
      expect(await reasonOf(stream.opened)).toBe(controller.signal.reason);
      expect(await reasonOf(stream.closed)).toBe(controller.signal.reason);
    },
    "once open": async (bench) => {
      const controller = new AbortController();
      const stream = new WebSocketStream(bench.url("/echo"), { signal: controller.signal });
      const { readable, writable } = await stream.opened;
      controller.abort();
      await writable.getWriter().write("connected");
      expect((await readable.getReader().read()).value).toBe("connected");
    },
  }),
  ...rows("stream/tentative/backpressure-receive.any.js", {
    "what is not read is not sent": async (bench) => {
      const { readable } = await opened(bench, "/flood");
      // As long as an echo over another connection takes, and more.
      for (let trip = 0; trip < 10; trip += 1) {
        const { stream } = await opened(bench);
        stream.close();
        await stream.closed;
      }
      expect(bench.server.flooded).toBe(false);
      let last: unknown;
      for await (const message of readable) {
        last = message;
        if (message === "done") break;
      }
      expect([last, bench.server.flooded]).toEqual(["done", true]);
    },
  }),
  ...rows("stream/tentative/backpressure-send.any.js", {
    "what is not read is not written": async (bench) => {
      const { stream, writable } = await opened(bench, "/paused");
      await bench.server.held();
      let written = false;
      const writing = writable.getWriter().write(new Uint8Array(14 * 1024 * 1024));
      void writing.then(() => {
        written = true;
      });
      for (let turns = 0; turns < 50; turns += 1) await turn();
      expect(written).toBe(false);
      bench.server.release();
      await writing;
      stream.close();
    },
  }),
  ...rows("stream/tentative/close.any.js", {
    "code and reason": closesWith({ closeCode: 3456, reason: "pizza" }, 3456, "pizza"),
    nothing: closesWith(undefined, 1005, ""),
    "an empty object": closesWith({}, 1005, ""),
    "an empty reason": closesWith({ reason: "" }, 1005, ""),
    "only a reason": closesWith({ reason: "non-empty" }, 1000, "non-empty"),
    "no object": async (bench) => {
      const { stream } = await opened(bench);
      expect(thrown(() => Reflect.apply(stream.close, stream, [true]))).toBe("TypeError");
      stream.close();
    },
    "a reason that is too long": async (bench) => {
      const { stream } = await opened(bench);
      expect(thrown(() => stream.close({ reason: tooLong }))).toBe("SyntaxError");
    },
    "during the handshake": async (bench) => {
      const stream = new WebSocketStream(bench.url("/sleep"));
      stream.close();
      expect(await reasonOf(stream.opened)).toBeInstanceOf(WebSocketError);
      expect(await reasonOf(stream.closed)).toBeInstanceOf(WebSocketError);
    },
    "codes that are not allowed": async (bench) => {
      const { stream } = await opened(bench);
      for (const closeCode of invalidCodes) {
        expect(thrown(() => stream.close({ closeCode }))).toBe("InvalidAccessError");
      }
    },
    "the end of writing": async (bench) => {
      const { stream, writable } = await opened(bench);
      void writable.getWriter().close();
      expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
    },
    "the end of writing, done when closed": async (bench) => {
      const { writable } = await opened(bench, "/delayed-passive-close");
      let done = false;
      const closing = writable
        .getWriter()
        .close()
        .then(() => {
          done = true;
        });
      await bench.server.held();
      expect(done).toBe(false);
      bench.server.release();
      await closing;
    },
    "a handshake that is not completed": async (bench) => {
      const { stream } = await opened(bench, "/passive-close-abort");
      stream.close({ closeCode: 4000, reason: "because" });
      const error = await reasonOf(stream.closed);
      expect(error).toBeInstanceOf(WebSocketError);
      expect(error).toMatchObject({ closeCode: 1006 });
    },
    "no reason": endsWith(undefined, 1005, ""),
    "an object like the error": endsWith({ closeCode: 3333, reason: "obsolete" }, 1005, ""),
    "an error with a code": endsWith(new WebSocketError("", { closeCode: 3333 }), 3333, ""),
    "an error with both": endsWith(
      new WebSocketError("", { closeCode: 3456, reason: "set" }),
      3456,
      "set",
    ),
    "an error with a reason": endsWith(
      new WebSocketError("", { reason: "specified" }),
      1000,
      "specified",
    ),
    "another DOMException": endsWith(
      Object.assign(new DOMException("yes", "DataCloneError"), { closeCode: 1000, reason: "no" }),
      1005,
      "",
    ),
  }),
  ...rows("stream/tentative/constructor.any.js", {
    "no URL": () => expect(thrown(() => Reflect.construct(WebSocketStream, []))).toBe("TypeError"),
    "an invalid URL": () => {
      expect(thrown(() => new WebSocketStream("invalid:"))).toBe("SyntaxError");
    },
    "options that are none": (bench) => {
      const construct = () => Reflect.construct(WebSocketStream, [bench.url("/"), true]);
      expect(thrown(construct)).toBe("TypeError");
    },
    "protocols that are no list": (bench) => {
      const construct = () =>
        Reflect.construct(WebSocketStream, [bench.url("/"), { protocols: "hi" }]);
      expect(thrown(construct)).toBe("TypeError");
    },
    "a valid URL": async (bench) => {
      const { stream, readable, writable, protocol, extensions } = await opened(bench);
      expect(stream.url).toBe(bench.url("/echo"));
      expect(Object.prototype.toString.call(readable)).toBe("[object ReadableStream]");
      expect(Object.prototype.toString.call(writable)).toBe("[object WritableStream]");
      expect([typeof protocol, typeof extensions]).toEqual(["string", "string"]);
      stream.close();
    },
    protocols: async (bench) => {
      const protocols = ["alpha", "beta"];
      const stream = new WebSocketStream(bench.url("/protocol_array"), { protocols });
      const { readable, protocol } = await stream.opened;
      expect([protocol, (await readable.getReader().read()).value]).toEqual(["alpha", "alpha"]);
      stream.close();
    },
    "a failure": async (bench) => {
      const stream = new WebSocketStream(bench.url("/nothing-here"));
      expect(await reasonOf(stream.opened)).toBeInstanceOf(WebSocketError);
      expect(await reasonOf(stream.closed)).toBeInstanceOf(WebSocketError);
    },
  }),
  ...rows("stream/tentative/read.any.js", {
    "the type of binary messages": async (bench) => {
      const { readable, writable } = await opened(bench);
      await writable.getWriter().write(new Uint8Array(16));
      const { value, done } = await readable.getReader().read();
      expect(done).toBe(false);
      expect(value?.constructor).toBe(Uint8Array);
      expect(value).toHaveLength(16);
    },
  }),
  ...rows("stream/tentative/remote-close.any.js", {
    "a clean close": async (bench) => {
      const { stream, readable, writable } = await opened(bench, "/remote-close?code=1000");
      expect(await stream.closed).toEqual({ closeCode: 1000, reason: "" });
      expect((await readable.getReader().read()).done).toBe(true);
      const error = await reasonOf(writable.getWriter().ready);
      expect(error).toMatchObject({ name: "InvalidStateError" });
    },
    "no code": closedBy("", 1005, ""),
    "code and reason": closedBy("code=4000&reason=robot", 4000, "robot"),
    "a reason in UTF-8": closedBy("code=4000&reason=%E3%83%AD%E3%83%9C", 4000, "ロボ"),
    "an abrupt end": async (bench) => {
      const { stream, readable, writable } = await opened(bench, "/abrupt");
      const error = await reasonOf(stream.closed);
      expect(error).toBeInstanceOf(WebSocketError);
      expect(error).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
      expect(await reasonOf(readable.getReader().read())).toBe(error);
      expect(await reasonOf(writable.getWriter().ready)).toBe(error);
    },
  }),
  ...rows("stream/tentative/websocket-error.any.js", {
    defaults: () => {
      expect(new WebSocketError()).toMatchObject({ message: "", closeCode: null, reason: "" });
    },
    "code and reason": errorHas(
      { closeCode: 3456, reason: "why" },
      { closeCode: 3456, reason: "why" },
    ),
    "only a code": errorHas({ closeCode: 3333 }, { closeCode: 3333, reason: "" }),
    "only a reason": errorHas({ reason: "why" }, { closeCode: 1000, reason: "why" }),
    "codes that are not allowed": () => {
      for (const closeCode of invalidCodes) {
        expect(thrown(() => new WebSocketError("", { closeCode }))).toBe("InvalidAccessError");
      }
    },
    "reasons that are too long": () => {
      for (const reason of [tooLong, "\u{1F50C}".repeat(32)]) {
        expect(thrown(() => new WebSocketError("", { reason }))).toBe("SyntaxError");
      }
    },
  }),
  ...rows("stream/tentative/write.any.js", {
    "what has no text": refusesWrite({
      toString() {
        return this;
      },
    }),
    "a view of shared memory": refusesWrite(new Uint8Array(new SharedArrayBuffer(8))),
  }),
];

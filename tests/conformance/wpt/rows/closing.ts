/** The closing handshake as scripts see it: arguments of `close()`, codes and reasons, what closes when, and how often. */
import { expect, vi } from "vitest";
import { event, story, thrown, turn } from "../wpt-row.ts";
import type { Bench, Row } from "../wpt-row.ts";

/** Closes an open socket with `args` and looks at what comes of it. */
function closesWith(
  args: [code?: number | undefined, reason?: string],
  expected: { readonly code?: number; readonly reason?: string },
): Row["run"] {
  return async (bench) => {
    const socket = await bench.open();
    Reflect.apply(socket.close, socket, args);
    expect(socket.readyState).toBe(2);
    const { types, close } = await story(socket);
    expect(types).toEqual(["close"]);
    expect(socket.readyState).toBe(3);
    expect(close.wasClean).toBe(true);
    expect(close).toMatchObject(expected);
  };
}

/** Tries to close an open socket, which goes on as if nothing had been. */
function refuses(args: readonly unknown[], name: string): Row["run"] {
  return async (bench) => {
    const socket = await bench.open();
    expect(thrown(() => Reflect.apply(socket.close, socket, args))).toBe(name);
    expect(socket.readyState).toBe(1);
  };
}

async function echoExits(bench: Bench, path: string): Promise<void> {
  const socket = await bench.open(path);
  socket.send("Goodbye");
  const { types, close } = await story(socket);
  expect(types).toEqual(["close"]);
  expect(close.wasClean).toBe(true);
}

const invalidCodes: readonly unknown[] = [0, 500, Number.NaN, "string", null, 0x10000 + 1000];

export const closingRows: readonly Row[] = [
  { file: "Close-1000-reason.any.js", run: closesWith([1000, "Clean Close"], {}) },
  {
    file: "Close-1000-verify-code.any.js",
    run: closesWith([1000, "Clean Close"], { code: 1000, reason: "Clean Close" }),
  },
  { file: "Close-1000.any.js", run: closesWith([1000], {}) },
  { file: "Close-1005-verify-code.any.js", run: closesWith([], { code: 1005, reason: "" }) },
  { file: "Close-1005.any.js", run: refuses([1005, "reserved"], "InvalidAccessError") },
  { file: "Close-2999-reason.any.js", run: refuses([2999, "too low"], "InvalidAccessError") },
  { file: "Close-3000-reason.any.js", run: closesWith([3000, "first"], {}) },
  { file: "Close-3000-verify-code.any.js", run: closesWith([3000, "first"], { code: 3000 }) },
  { file: "Close-4999-reason.any.js", run: closesWith([4999, "last"], { code: 4999 }) },
  { file: "Close-Reason-124Bytes.any.js", run: refuses([1000, "x".repeat(124)], "SyntaxError") },
  {
    file: "Close-delayed.any.js",
    run: async (bench) => {
      const socket = await bench.open("/delayed-passive-close");
      let closed = false;
      const ending = story(socket).then((whole) => {
        closed = true;
        return whole;
      });
      socket.close();
      await bench.server.held();
      // Long enough for an echo over another connection.
      const other = await bench.open();
      other.send("tick");
      await event(other, "message");
      expect(closed).toBe(false);
      expect(socket.readyState).toBe(2);
      bench.server.release();
      expect((await ending).close.wasClean).toBe(true);
      expect(socket.readyState).toBe(3);
    },
  },
  { file: "Close-onlyReason.any.js", run: refuses(["only a reason"], "InvalidAccessError") },
  { file: "Close-readyState-Closed.any.js", run: closesWith([], {}) },
  { file: "Close-readyState-Closing.any.js", run: closesWith([], {}) },
  {
    file: "Close-reason-unpaired-surrogates.any.js",
    run: closesWith([1000, "\uD807"], { reason: "\uFFFD" }),
  },
  { file: "Close-server-initiated-close.any.js", run: (bench) => echoExits(bench, "/echo_exit") },
  { file: "Close-undefined.any.js", run: closesWith([undefined], { code: 1005 }) },
  ...invalidCodes.map((code): Row => ({
    file: "close-invalid.any.js",
    name: String(code),
    run: (bench) => {
      const socket = bench.socket();
      const close = () => Reflect.apply(socket.close, socket, [code]);
      expect(thrown(close)).toBe("InvalidAccessError");
      expect(socket.readyState).toBe(0);
    },
  })),
  { file: "closing-handshake/002.html", run: (bench) => echoExits(bench, "/echo_exit") },
  { file: "closing-handshake/003.html", run: closesWith([], { code: 1005 }) },
  { file: "closing-handshake/004.html", run: (bench) => echoExits(bench, "/echo_close_data") },
  {
    file: "interfaces/CloseEvent/clean-close.html",
    run: async (bench) => {
      const socket = await bench.open();
      socket.send("Test");
      await event(socket, "message");
      socket.close();
      expect((await event(socket, "close")).wasClean).toBe(true);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-basic.html",
    run: async (bench) => {
      const socket = bench.socket("/");
      socket.close();
      expect(socket.readyState).toBe(socket.CLOSING);
      const close = await event(socket, "close");
      expect(close).toBeInstanceOf(bench.CloseEvent);
      expect(close.wasClean).toBe(false);
      Reflect.set(close, "wasClean", true);
      Reflect.deleteProperty(close, "wasClean");
      expect(close.wasClean).toBe(false);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-connecting.html",
    run: async (bench) => {
      const socket = bench.socket("/sleep");
      await turn();
      expect(socket.readyState).toBe(socket.CONNECTING);
      socket.close();
      expect(socket.readyState).toBe(socket.CLOSING);
      const { types, close } = await story(socket);
      expect(types).toEqual(["error", "close"]);
      expect(close).toMatchObject({ wasClean: false, code: 1006 });
      expect(socket.readyState).toBe(socket.CLOSED);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-connecting-async.any.js",
    run: async (bench) => {
      const socket = bench.socket("/sleep");
      const ending = story(socket);
      let returned = false;
      socket.onerror = () => expect(returned).toBe(true);
      expect(socket.readyState).toBe(socket.CONNECTING);
      socket.close();
      returned = true;
      expect(socket.readyState).toBe(socket.CLOSING);
      expect((await ending).types).toEqual(["error", "close"]);
      expect(socket.readyState).toBe(socket.CLOSED);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-multiple.html",
    run: async (bench) => {
      const socket = bench.socket("/");
      const ending = story(socket);
      socket.close();
      socket.close();
      socket.close();
      expect((await ending).types).toEqual(["error", "close"]);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-nested.html",
    run: async (bench) => {
      const socket = bench.socket("/");
      const states: number[] = [];
      socket.onclose = () => {
        states.push(socket.readyState);
        socket.close();
        states.push(socket.readyState);
      };
      socket.close();
      expect(socket.readyState).toBe(socket.CLOSING);
      const { types } = await story(socket);
      expect(types).toEqual(["error", "close"]);
      expect(states).toEqual([3, 3]);
    },
  },
  {
    file: "interfaces/WebSocket/close/close-replace.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      Reflect.set(socket, "close", 5);
      expect(socket.close).toBe(5);
      Reflect.deleteProperty(socket, "close");
    },
  },
  {
    file: "interfaces/WebSocket/close/close-return.html",
    once: true,
    run: (bench) => expect(bench.socket("/").close()).toBe(undefined),
  },
  {
    file: "keeping-connection-open/001.html",
    run: async (bench) => {
      const socket = await bench.open();
      const ended = vi.fn<() => void>();
      socket.onclose = socket.onerror = socket.onmessage = ended;
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
      vi.advanceTimersByTime(20_000);
      vi.useRealTimers();
      await turn();
      expect(ended).not.toHaveBeenCalled();
      socket.onmessage = null;
      socket.send("test");
      expect((await event(socket, "message")).data).toBe("test");
    },
  },
];

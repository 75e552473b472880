/**
 * The shape of the module: names, arities, constants, enumerability. Each fact is asked of `ws` too.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as face from "@tautline/ws";
import * as control from "ws";
import { describe, expect, test } from "vitest";
import { faces } from "./faces.ts";

const execute = promisify(execFile);

/** How many arguments each takes, by the names of methods. */
function arities(of: object, names: readonly string[]): Record<string, number> {
  const methods = of as Record<string, { length: number }>;
  return Object.fromEntries(names.map((name) => [name, methods[name]!.length]));
}

describe.each(faces)("$name", ({ module, WebSocket, WebSocketServer }) => {
  test("is its class, with everything attached", () => {
    expect(typeof module).toBe("function");
    expect(Object.keys(module)).toEqual([
      "CONNECTING",
      "OPEN",
      "CLOSING",
      "CLOSED",
      "createWebSocketStream",
      "extension",
      "PerMessageDeflate",
      "Receiver",
      "Sender",
      "Server",
      "subprotocol",
      "WebSocket",
      "WebSocketServer",
    ]);
    expect(module["WebSocket"]).toBe(module);
    expect(module["Server"]).toBe(module["WebSocketServer"]);
  });

  test("has these arities", () => {
    expect([WebSocket.length, WebSocketServer.length]).toEqual([3, 2]);
    const methods = ["send", "ping", "pong", "close", "pause", "resume", "terminate", "setSocket"];
    expect(arities(WebSocket.prototype, [...methods, "emitClose", "removeEventListener"])).toEqual({
      send: 3,
      ping: 3,
      pong: 3,
      close: 2,
      pause: 0,
      resume: 0,
      terminate: 0,
      setSocket: 3,
      emitClose: 0,
      removeEventListener: 2,
    });
    const serverMethods = ["address", "close", "shouldHandle", "handleUpgrade", "completeUpgrade"];
    expect(arities(WebSocketServer.prototype, serverMethods)).toEqual({
      address: 0,
      close: 1,
      shouldHandle: 1,
      handleUpgrade: 4,
      completeUpgrade: 7,
    });
    expect(arities(module["Sender"] as object, ["frame"])).toEqual({ frame: 2 });
  });

  test("has states that cannot be written, on the class and its instances", () => {
    for (const of of [WebSocket, WebSocket.prototype]) {
      for (const [value, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
        const descriptor = Object.getOwnPropertyDescriptor(of, name);
        expect(descriptor).toEqual({
          configurable: false,
          enumerable: true,
          writable: false,
          value,
        });
      }
    }
  });

  test.each([
    "binaryType",
    "bufferedAmount",
    "extensions",
    "isPaused",
    "protocol",
    "readyState",
    "url",
  ])("shows %s to those who list its properties", (name) => {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
    expect(descriptor).toMatchObject({ configurable: true, enumerable: true });
    expect(typeof descriptor?.get).toBe("function");
  });

  test("can be extended", () => {
    class Server extends WebSocketServer {}
    class Client extends WebSocket {}
    const server = new Server({ noServer: true });
    expect(server).toBeInstanceOf(WebSocketServer);
    expect(() => new Client("ws://")).toThrow(new SyntaxError("Invalid URL: ws://"));
  });
});

test("imports by every name that ws has", () => {
  const names = [face, control].map((of) =>
    Object.keys(of).filter((name) => name !== "module.exports" && name !== "__esModule"),
  );
  expect(names[0]!.toSorted()).toEqual(names[1]!.toSorted());
  expect(face.default).toBe(face.WebSocket);
});

test("says that it is not for browsers, in ws's words", async () => {
  const { default: unsupported } = (await import("../src/browser.ts")) as { default: () => never };
  const { stdout } = await execute(process.execPath, [
    "-e",
    "try { require(require.resolve('ws/package.json').replace('package.json', 'browser.js'))() } catch (e) { console.log(e.message) }",
  ]);
  expect(unsupported).toThrow(new Error(stdout.trim()));
});

/* oxlint-disable unicorn/prefer-add-event-listener -- The attributes are what is tested. */
/**
 * The browser's way of listening: attributes, `addEventListener`, event objects.
 */
import { describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { faces } from "./faces.ts";

function listener(): void {}

describe.each(faces)("a WebSocket of $name", ({ WebSocket: Class }) => {
  const Bare = Class as unknown as new (address: null, no: undefined, options: object) => WebSocket;

  test("makes an event object for each event", () => {
    const websocket = new Bare(null, undefined, {});
    const seen: unknown[] = [];
    websocket.onopen = ({ type, target }) => seen.push([type, target === websocket]);
    websocket.onmessage = ({ type, data }) => seen.push([type, data]);
    websocket.onerror = ({ type, message, error }) => seen.push([type, message, error]);
    websocket.onclose = ({ type, code, reason, wasClean }) => {
      seen.push([type, code, reason, wasClean]);
    };
    const error = new Error("mine");
    websocket.emit("open");
    websocket.emit("message", Buffer.from("text"), false);
    websocket.emit("message", Buffer.from("bytes"), true);
    websocket.emit("error", error);
    websocket.emit("close", 1000, Buffer.from("bye"));
    expect(seen).toEqual([
      ["open", true],
      ["message", "text"],
      ["message", Buffer.from("bytes")],
      ["error", "mine", error],
      ["close", 1000, "bye", false],
    ]);
  });

  test("has one listener for each attribute, and gives it back", () => {
    const websocket = new Bare(null, undefined, {});
    expect(websocket.onmessage).toBe(null);
    websocket.onmessage = (): void => {};
    websocket.onmessage = listener;
    expect(websocket.onmessage).toBe(listener);
    expect(websocket.listenerCount("message")).toBe(1);
    websocket.on("message", () => {});
    websocket.onmessage = null;
    expect(websocket.onmessage).toBe(null);
    expect(websocket.listenerCount("message")).toBe(1);
  });

  test("takes functions and objects, each once, and lets go of them", () => {
    const websocket = new Bare(null, undefined, {});
    const seen: string[] = [];
    const object = { handleEvent: () => seen.push("object") };
    const once = (): unknown => seen.push("once");
    websocket.addEventListener("open", object);
    websocket.addEventListener("open", object);
    websocket.addEventListener("open", once, { once: true });
    websocket.emit("open");
    websocket.emit("open");
    websocket.removeEventListener("open", object);
    websocket.emit("open");
    expect(seen).toEqual(["object", "once", "object"]);
    websocket.addEventListener("ping" as "open", object);
    expect(websocket.eventNames()).toEqual([]);
  });
});

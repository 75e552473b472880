/** The standard WebSocket of `@tautline/node` fits wherever the client asks for a class of that shape. */
import type { WebSocketConstructor } from "@tautline/client";
import type { AnySocketConstructor } from "@tautline/client/reconnecting-websocket";
import { WebSocket } from "@tautline/node";
import { expect, expectTypeOf, test } from "vitest";

test("it fits the client and the WebSocket that comes back", () => {
  expectTypeOf(WebSocket).toExtend<WebSocketConstructor>();
  expectTypeOf(WebSocket).toExtend<AnySocketConstructor>();
  expect(WebSocket.OPEN).toBe(1);
});

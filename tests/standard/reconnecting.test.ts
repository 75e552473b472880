/** A ReconnectingWebSocket made of the standard sockets of `@tautline/node`, against servers that go away. */
import { ReconnectingWebSocket } from "@tautline/client/reconnecting-websocket";
import { WebSocket } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { expect, it, onTestFinished } from "vitest";
import { serve } from "../../packages/node/test/servers.ts";

function event(socket: ReconnectingWebSocket, type: string): Promise<Event> {
  return new Promise((resolve) => {
    socket.addEventListener(type, resolve, { once: true });
  });
}

it("comes back to a server that drops it, with what was sent meanwhile, and with headers", async () => {
  const accepted: Connection[] = [];
  const { url } = await serve({
    onConnection: (connection, { headers }) => {
      accepted.push(connection);
      connection.onMessage((message) =>
        connection.send(`${String(headers["x-key"])}: ${String(message)}`),
      );
    },
  });
  class WithKey extends WebSocket {
    constructor(address: string, protocols: string[] = []) {
      super(address, { protocols, headers: { "X-Key": "secret" } });
    }
  }
  const socket = new ReconnectingWebSocket(url, [], { webSocket: WithKey, reconnectDelayMs: 1 });
  onTestFinished(() => socket.close());
  await event(socket, "open");
  accepted[0]?.terminate();
  expect(await event(socket, "lost")).toMatchObject({ code: 1006, wasClean: false });
  socket.send("sent while away");
  expect(await event(socket, "message")).toMatchObject({ data: "secret: sent while away" });
  expect(accepted).toHaveLength(2);
  accepted[1]?.close(4500, "go away");
  expect(await event(socket, "close")).toMatchObject({ code: 4500, wasClean: true });
  expect(socket.readyState).toBe(WebSocket.CLOSED);
});

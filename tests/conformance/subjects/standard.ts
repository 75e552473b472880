/** The WebSocket that Node.js has as a global since version 22 (undici), echoing. */
import type { ClientSubject } from "./subject.ts";

export const hasStandardClient = typeof globalThis.WebSocket === "function";

export const standardClient: ClientSubject = {
  name: "global WebSocket",
  role: "client",
  echoAt: (url) =>
    new Promise<void>((resolve) => {
      const socket = new globalThis.WebSocket(url);
      socket.binaryType = "arraybuffer";
      socket.addEventListener("message", ({ data }) => socket.send(data));
      socket.addEventListener("close", () => resolve());
      // Node.js 22 has no "close" behind it when the connection never opened.
      socket.addEventListener("error", () => resolve());
    }),
};

/** A WebSocket connection: each message is an update. Whether it is compressed is the server's doing, as far as the page goes. */
import type { OpenReceiver } from "./receiver.ts";
import { updatesIn } from "./receiver.ts";

export const openSocket: OpenReceiver = ({ socketUrl, heard, failed }) => {
  const socket = new WebSocket(socketUrl);
  let closing = false;
  const ready = new Promise<void>((resolve) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", ({ code, reason }) => {
      if (!closing) failed(reason || String(code));
      resolve();
    });
  });
  socket.addEventListener("message", ({ data }) => {
    for (const update of updatesIn(JSON.parse(String(data)))) heard(update);
  });
  const close = (): void => {
    closing = true;
    socket.close();
  };
  return { ready, close };
};

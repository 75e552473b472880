/**
 * Gives a request back that asks for an upgrade nobody here knows, `h2c` for example, as some clients do with every request.
 *
 * A server may ignore the Upgrade header (RFC 9110 §7.8), and Node.js does so as long as nobody listens for 'upgrade'. That a
 * WebSocket server has been attached must not turn such requests away.
 */
import type { EventEmitter } from "node:events";
import { ServerResponse } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";
import { HeaderList } from "@tautline/protocol";

/** Whether `request` asks for something else than a WebSocket. */
export function isForOther(request: IncomingMessage): boolean {
  return !new HeaderList(request.rawHeaders).tokens("upgrade").includes("websocket");
}

/**
 * Has `server` answer `request` as if it asked for no upgrade, and ends the connection behind the answer. False when that
 * cannot be done: nobody answers requests, or this one has a body, which has not been read as one.
 */
export function answerWithoutUpgrade(
  server: EventEmitter,
  request: IncomingMessage,
  socket: Duplex,
): boolean {
  const { headers } = request;
  const hasBody =
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  if (hasBody || !(socket instanceof Socket) || server.listenerCount("request") === 0) return false;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => {
    response.detachSocket(socket);
    socket.end();
  });
  socket.on("error", () => socket.destroy());
  // What comes behind the request is not read as another one: the answer is the last.
  socket.resume();
  server.emit("request", request, response);
  return true;
}

/**
 * The handles that a listening server accepts, before Node.js makes sockets of them.
 *
 * A server's own handle calls one function for each handle that it has accepted, with the server's handle as `this`. Here that
 * function is replaced by one that asks first, and called for what nobody takes.
 */
import type { Server, Socket } from "node:net";

/** Takes a handle; false when it is left to Node.js. */
export type TakeHandle = (handle: object) => boolean;

type OnConnection = (this: unknown, error: unknown, handle: unknown) => void;

/**
 * Asks `take` about each handle that `server`, which listens, accepts from now on.
 *
 * @returns makes a socket of a handle that was taken, as `server` itself would have; `undefined` when handles cannot be had
 */
export function takeAcceptedHandles(
  server: Server,
  take: TakeHandle,
): ((handle: object) => Socket | undefined) | undefined {
  const listening: unknown = Reflect.get(server, "_handle");
  if (typeof listening !== "object" || listening === null) return undefined;
  const original: unknown = Reflect.get(listening, "onconnection");
  if (!isOnConnection(original)) return undefined;
  const onConnection: OnConnection = function (error, handle) {
    const isGood = !error && typeof handle === "object" && handle !== null;
    if (!isGood || !take(handle)) original.call(this, error, handle);
  };
  Reflect.set(listening, "onconnection", onConnection);
  return (handle) => {
    let made: Socket | undefined;
    const onSocket = (socket: Socket): void => {
      made = socket;
    };
    server.prependListener("connection", onSocket);
    original.call(listening, 0, handle);
    server.off("connection", onSocket);
    return made;
  };
}

function isOnConnection(value: unknown): value is OnConnection {
  return typeof value === "function" && value.length === 2;
}

/**
 * Frames over a WebSocket, which may be the browser's or any class of the same shape. It decides which constructor and
 * which URL to use; when to open and what to do after a close is the connector's business.
 */

import { UsageError } from "./errors.ts";
import type { Link, LinkEvents, OpenLink } from "./transport.ts";

/** The part of the WHATWG WebSocket that is used here. */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  binaryType?: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** A constructor of the WHATWG shape: the global one, that of `@tautline/node`, of the npm package "ws" … */
export type WebSocketConstructor = new (url: string, protocol?: string) => WebSocketLike;

/** The globals that may be missing. */
const globals: {
  readonly WebSocket?: WebSocketConstructor;
  readonly location?: { readonly href: string };
} = globalThis;

/**
 * The way to open links to `url`.
 *
 * @throws UsageError `no-websocket` when neither `given` nor a global WebSocket exists.
 */
export function webSocketOpener(url: URL, given: WebSocketConstructor | undefined): OpenLink {
  const webSocket = given ?? globals.WebSocket;
  if (webSocket === undefined) throw new UsageError("no-websocket");
  return (events) => openLink(new webSocket(url.href), events);
}

/**
 * The address of the server from what the application gave: http: becomes ws:, https: becomes wss:, and in a page
 * "/connection/websocket" is enough.
 *
 * @throws UsageError `bad-url`.
 */
export function webSocketUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text, globals.location?.href);
  } catch {
    throw new UsageError("bad-url", text);
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") throw new UsageError("bad-url", text);
  // RFC 6455 §3 has no fragments; browsers refuse them or drop them, depending on their age.
  url.hash = "";
  return url;
}

// Handler properties, for their types are alike in every class of this shape; those of addEventListener are not.
/* oxlint-disable unicorn/prefer-add-event-listener */
function openLink(socket: WebSocketLike, events: LinkEvents): Link {
  socket.onopen = () => events.opened();
  // A blob, which nobody asked for, becomes a frame without a byte: no format has that.
  socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) =>
    events.received(typeof data === "string" ? data : new Uint8Array(data));
  // An error says nothing that the close after it does not, but some implementations throw what nobody listens to.
  socket.onerror = () => undefined;
  socket.onclose = (event: { readonly code: number; readonly reason: string }) =>
    events.closed(event.code, event.reason);
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- codecs share no memory with other threads
    send: (frame) => socket.send(frame as string | Uint8Array<ArrayBuffer>),
    close: () => socket.close(),
  };
}

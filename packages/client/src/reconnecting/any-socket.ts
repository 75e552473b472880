/**
 * The part of the WHATWG WebSocket that a ReconnectingWebSocket needs of the sockets that it is made of: the browser's, that
 * of `@tautline/node` or of the npm package "ws".
 */

/** How a connection ended, as a `CloseEvent` says it. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** What can be sent. */
export type SocketData = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

export interface AnySocket {
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly protocol: string;
  readonly url: string;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  /** Whatever the class calls the types of {@link SocketData}. */
  send(data: never): void;
  close(code?: number, reason?: string): void;
}

/** A socket in use. */
export interface LiveSocket extends Omit<AnySocket, "send"> {
  send(data: SocketData): void;
}

/** A constructor of the WHATWG shape. What else a socket is to have, a class that extends another one gives it. */
export type AnySocketConstructor = new (url: string, protocols?: string[]) => AnySocket;

/** What a socket's constructor takes, or a function that finds it anew for each attempt, for a fresh token for example. */
export type Source<Value> = Value | (() => Value | Promise<Value>);

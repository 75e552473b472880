/**
 * The events of a `WebSocket`, for the compiler: what each listener is given, by `on` and by `addEventListener`.
 */
import type { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";

/** The raw content of a message. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** The content of a message as event objects have it. */
export type Data = string | Buffer | ArrayBuffer | Buffer[];

export interface EventOf<Target> {
  type: string;
  target: Target;
}

export interface ErrorEventOf<Target> extends EventOf<Target> {
  // oxlint-disable-next-line typescript/no-explicit-any -- Programs that were written for the types of ws read it.
  error: any;
  message: string;
}

export interface CloseEventOf<Target> extends EventOf<Target> {
  wasClean: boolean;
  code: number;
  reason: string;
}

export interface MessageEventOf<Target> extends EventOf<Target> {
  data: Data;
}

/** The event objects, by their names. */
export interface WebSocketEventMap<Target> {
  open: EventOf<Target>;
  error: ErrorEventOf<Target>;
  close: CloseEventOf<Target>;
  message: MessageEventOf<Target>;
}

/** The listeners, by their events. */
export interface WebSocketListeners<Self> {
  close: (this: Self, code: number, reason: Buffer) => void;
  error: (this: Self, error: Error) => void;
  message: (this: Self, data: RawData, isBinary: boolean) => void;
  open: (this: Self) => void;
  ping: (this: Self, data: Buffer) => void;
  pong: (this: Self, data: Buffer) => void;
  redirect: (this: Self, url: string, request: ClientRequest) => void;
  "unexpected-response": (this: Self, request: ClientRequest, response: IncomingMessage) => void;
  upgrade: (this: Self, response: IncomingMessage) => void;
}

/** Takes whatever is emitted. */
export type AnyListener = Parameters<EventEmitter["on"]>[1];

/** An emitter that knows these listeners. */
export interface WebSocketEmitter extends EventEmitter {
  on<E extends keyof WebSocketListeners<this>>(
    event: E,
    listener: WebSocketListeners<this>[E],
  ): this;
  on(event: string | symbol, listener: AnyListener): this;
  once<E extends keyof WebSocketListeners<this>>(
    event: E,
    listener: WebSocketListeners<this>[E],
  ): this;
  once(event: string | symbol, listener: AnyListener): this;
  off<E extends keyof WebSocketListeners<this>>(
    event: E,
    listener: WebSocketListeners<this>[E],
  ): this;
  off(event: string | symbol, listener: AnyListener): this;
  addListener<E extends keyof WebSocketListeners<this>>(
    event: E,
    listener: WebSocketListeners<this>[E],
  ): this;
  addListener(event: string | symbol, listener: AnyListener): this;
  removeListener<E extends keyof WebSocketListeners<this>>(
    event: E,
    listener: WebSocketListeners<this>[E],
  ): this;
  removeListener(event: string | symbol, listener: AnyListener): this;
}

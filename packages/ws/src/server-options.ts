/**
 * The options of a server, and its events, for the compiler.
 */
import type { EventEmitter } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { SharedOptions } from "./constants.ts";
import type { PerMessageDeflateOptions } from "./deflate-agreement.ts";
import type { AnyListener } from "./web-socket-events.ts";
import type { WebSocket } from "./web-socket.ts";

/** What is known of a client before it is let in. */
export interface ClientInfo<Request extends IncomingMessage = IncomingMessage> {
  origin: string;
  secure: boolean;
  req: Request;
}

/** Says whether a client is let in. */
export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
) => boolean;

/** Says so later, with the answer that a client gets that is not. */
export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
  callback: (res: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

export interface ServerOptions<
  U extends typeof WebSocket = typeof WebSocket,
  V extends typeof IncomingMessage = typeof IncomingMessage,
> extends SharedOptions {
  host?: string | undefined;
  port?: number | undefined;
  /** Connections that may wait to be accepted. Default 511. */
  backlog?: number | undefined;
  server?: HttpServer<V> | HttpsServer<V> | undefined;
  verifyClient?:
    | VerifyClientCallbackAsync<InstanceType<V>>
    | VerifyClientCallbackSync<InstanceType<V>>
    | undefined;
  handleProtocols?: (protocols: Set<string>, request: InstanceType<V>) => string | false;
  /** The only path that is served. Default: all. */
  path?: string | undefined;
  noServer?: boolean | undefined;
  allowSynchronousEvents?: boolean | undefined;
  autoPong?: boolean | undefined;
  /** Connections are kept in `clients`. Default true. */
  clientTracking?: boolean | undefined;
  closeTimeout?: number | undefined;
  /** Default false. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  maxPayload?: number | undefined;
  maxBufferedChunks?: number | undefined;
  maxFragments?: number | undefined;
  maxPendingAutoPongs?: number | undefined;
  skipUTF8Validation?: boolean | undefined;
  /** The class of connections. Default `WebSocket`. */
  WebSocket?: U | undefined;
}

export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

/** The listeners of a server, by their events. */
export interface ServerListeners<Self, Client, Request> {
  close: (this: Self) => void;
  connection: (this: Self, websocket: Client, request: Request) => void;
  error: (this: Self, error: Error) => void;
  headers: (this: Self, headers: string[], request: Request) => void;
  listening: (this: Self) => void;
  wsClientError: (this: Self, error: Error, socket: Duplex, request: Request) => void;
}

/** An emitter that knows these listeners. */
export interface ServerEmitter<Client, Request> extends EventEmitter {
  on<E extends keyof ServerListeners<this, Client, Request>>(
    event: E,
    listener: ServerListeners<this, Client, Request>[E],
  ): this;
  on(event: string | symbol, listener: AnyListener): this;
  once<E extends keyof ServerListeners<this, Client, Request>>(
    event: E,
    listener: ServerListeners<this, Client, Request>[E],
  ): this;
  once(event: string | symbol, listener: AnyListener): this;
  off<E extends keyof ServerListeners<this, Client, Request>>(
    event: E,
    listener: ServerListeners<this, Client, Request>[E],
  ): this;
  off(event: string | symbol, listener: AnyListener): this;
  addListener<E extends keyof ServerListeners<this, Client, Request>>(
    event: E,
    listener: ServerListeners<this, Client, Request>[E],
  ): this;
  addListener(event: string | symbol, listener: AnyListener): this;
  removeListener<E extends keyof ServerListeners<this, Client, Request>>(
    event: E,
    listener: ServerListeners<this, Client, Request>[E],
  ): this;
  removeListener(event: string | symbol, listener: AnyListener): this;
}

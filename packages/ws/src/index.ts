/**
 * The door of `@tautline/ws`, in the shape of `ws`: the class itself for `require`, with everything attached to it; the
 * class as default and by its name for `import`; and types under the names that programs have for them.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { CertMeta as CertMetaType } from "./client-options.ts";
import type { PerMessageDeflateOptions as DeflateOptions } from "./deflate-agreement.ts";
import { extension } from "./extension.ts";
import { PerMessageDeflate } from "./per-message-deflate.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import type * as server from "./server-options.ts";
import { createWebSocketStream } from "./stream.ts";
import { subprotocol } from "./subprotocol.ts";
import type * as events from "./web-socket-events.ts";
import { WebSocketServer as ServerClass } from "./web-socket-server.ts";
import { WebSocket as Class } from "./web-socket.ts";
import type { ClientOptions as ClientOptionsType } from "./web-socket.ts";

/** What stands on the class beside its own. */
interface Attached {
  readonly createWebSocketStream: typeof createWebSocketStream;
  readonly extension: typeof extension;
  readonly PerMessageDeflate: typeof PerMessageDeflate;
  readonly Receiver: typeof Receiver;
  readonly Sender: typeof Sender;
  readonly Server: typeof ServerClass;
  readonly subprotocol: typeof subprotocol;
  readonly WebSocket: typeof Class;
  readonly WebSocketServer: typeof ServerClass;
}

const WebSocket: typeof Class & Attached = Object.assign(Class, {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  Server: ServerClass,
  subprotocol,
  WebSocket: Class,
  WebSocketServer: ServerClass,
});

interface WebSocket extends Class {}

declare namespace WebSocket {
  type RawData = events.RawData;
  type Data = events.Data;
  type CertMeta = CertMetaType;
  type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> =
    server.VerifyClientCallbackSync<Request>;
  type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> =
    server.VerifyClientCallbackAsync<Request>;
  type FinishRequestCallback = (request: ClientRequest, websocket: Class) => void;
  interface ClientOptions extends ClientOptionsType {}
  interface PerMessageDeflateOptions extends DeflateOptions {}
  interface Event extends events.EventOf<Class> {}
  interface ErrorEvent extends events.ErrorEventOf<Class> {}
  interface CloseEvent extends events.CloseEventOf<Class> {}
  interface MessageEvent extends events.MessageEventOf<Class> {}
  interface WebSocketEventMap extends events.WebSocketEventMap<Class> {}
  interface EventListenerOptions {
    once?: boolean | undefined;
  }
  interface ServerOptions<
    U extends typeof Class = typeof Class,
    V extends typeof IncomingMessage = typeof IncomingMessage,
  > extends server.ServerOptions<U, V> {}
  interface AddressInfo extends server.AddressInfo {}
  interface Server<
    T extends typeof Class = typeof Class,
    U extends typeof IncomingMessage = typeof IncomingMessage,
  > extends ServerClass<T, U> {}
  interface WebSocketServer<
    T extends typeof Class = typeof Class,
    U extends typeof IncomingMessage = typeof IncomingMessage,
  > extends ServerClass<T, U> {}
  interface WebSocket extends Class {}
}

export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket,
  ServerClass as WebSocketServer,
  WebSocket as default,
  WebSocket as "module.exports",
};

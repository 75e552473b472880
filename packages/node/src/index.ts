/** The door of `@tautline/node`: everything that may be imported from it. */
export { compressionPool } from "./compression/deflate-pool.ts";
export type { Compression } from "./compression/deflate-extension.ts";
export { connect } from "./client/connect.ts";
export type { ByteWatcher } from "./connection/byte-watches.ts";
export type { Connection, ConnectionState, SendOptions } from "./connection/connection.ts";
export { createDuplex } from "./streams/duplex.ts";
export type { DuplexOptions } from "./streams/duplex.ts";
export type {
  HandshakeAcceptance,
  HandshakeAnswer,
  HandshakeHook,
} from "./server/handshake-hook.ts";
export { Driver } from "./connection/driver.ts";
export type { DriverEvents, DriverOptions } from "./connection/driver.ts";
export { openTransport } from "./connection/handle-transport.ts";
export type { Transport, TransportEvents, TransportOpener } from "./connection/transport.ts";
export type { Unsubscribe } from "./connection/listeners.ts";
export type { Message } from "./connection/message-queue.ts";
export { Utf8Text } from "./connection/utf8-text.ts";
export type { TextForm } from "./connection/utf8-text.ts";
export { nodeDefaults } from "./options.ts";
export type {
  ConnectOptions,
  ConnectionOptions,
  HeadersInput,
  ListenOptions,
  ListenPathOptions,
  ServerOptions,
  ShutdownOptions,
} from "./options.ts";
export type { GatherOptions, MessageStream } from "./connection/message-stream.ts";
export type { MessageSource, SendStreamOptions } from "./connection/outgoing-stream.ts";
export { nodePlatform } from "./platform.ts";
export { prepareMessage } from "./connection/sendable.ts";
export type { Sendable } from "./connection/sendable.ts";
export { CloseEvent } from "./standard/close-event.ts";
export type { CloseEventInit } from "./standard/close-event.ts";
export { WebSocket } from "./standard/websocket.ts";
export type { BinaryType, WebSocketEventMap, WebSocketOptions } from "./standard/websocket.ts";
export type { IncomingStream } from "./server/http2-exchange.ts";
export type { UpgradableServer } from "./server/upgrade-router.ts";
export type { UpgradeRequest } from "./server/upgrade-request.ts";
export { WebSocketServer } from "./server/websocket-server.ts";
export { WebSocketStream } from "./streams/websocket-stream.ts";
export type {
  WebSocketStreamClosed,
  WebSocketStreamOpened,
  WebSocketStreamOptions,
} from "./streams/websocket-stream.ts";
export { WebSocketError } from "./streams/websocket-stream-error.ts";
export type { WebSocketCloseInfo } from "./streams/websocket-stream-error.ts";
export {
  ConnectionFailed,
  HandshakeRefused,
  HeaderList,
  LimitExceeded,
  PreparedMessage,
  ProtocolViolation,
  TautlineError,
  UsageError,
  isOriginAllowed,
  resolveAllowedOrigins,
} from "@tautline/protocol";
export { clientCompressionDefaults, serverCompressionDefaults } from "@tautline/protocol";
export type { CompressionOptions, CompressionPool } from "@tautline/protocol";
export type { AllowedOrigins, ConnectionEnd, SubprotocolChoice } from "@tautline/protocol";

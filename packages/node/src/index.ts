/** The door of `@tautline/node`: everything that may be imported from it. */
export { compressionPool } from "./deflate-pool.ts";
export type { Compression } from "./deflate-extension.ts";
export { connect } from "./connect.ts";
export type { Connection, ConnectionState, SendOptions } from "./connection.ts";
export { createDuplex } from "./duplex.ts";
export type { DuplexOptions } from "./duplex.ts";
export type { HandshakeAcceptance, HandshakeAnswer, HandshakeHook } from "./handshake-hook.ts";
export type { Unsubscribe } from "./listeners.ts";
export type { Message } from "./message-queue.ts";
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
export type { MessageSource, SendStreamOptions } from "./outgoing-stream.ts";
export { nodePlatform } from "./platform.ts";
export { prepareMessage } from "./sendable.ts";
export type { Sendable } from "./sendable.ts";
export type { UpgradableServer } from "./upgrade-router.ts";
export type { UpgradeRequest } from "./upgrade-request.ts";
export { WebSocketServer } from "./websocket-server.ts";
export { WebSocketStream } from "./websocket-stream.ts";
export type {
  WebSocketStreamClosed,
  WebSocketStreamOpened,
  WebSocketStreamOptions,
} from "./websocket-stream.ts";
export { WebSocketError } from "./websocket-stream-error.ts";
export type { WebSocketCloseInfo } from "./websocket-stream-error.ts";
export {
  ConnectionFailed,
  HandshakeRefused,
  LimitExceeded,
  PreparedMessage,
  ProtocolViolation,
  TautlineError,
  UsageError,
} from "@tautline/protocol";
export { clientCompressionDefaults, serverCompressionDefaults } from "@tautline/protocol";
export type { CompressionOptions, CompressionPool } from "@tautline/protocol";
export type { AllowedOrigins, ConnectionEnd, SubprotocolChoice } from "@tautline/protocol";

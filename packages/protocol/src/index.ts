/** The door of `@tautline/protocol`: everything that may be imported from it. */
export { BlockPool } from "./block-pool.ts";
export { CloseCode, isSendableCloseCode, maxCloseReasonBytes } from "./close-codes.ts";
export { Engine } from "./engine.ts";
export type { ConnectionEnd } from "./connection-end.ts";
export type { EngineEvents, EngineOptions, TransportAction } from "./engine-options.ts";
export { headerByteLength, writeHeader } from "./frame-writer.ts";
export type { Fragment, FrameForm } from "./frame-writer.ts";
export { applyMask } from "./masking.ts";
export type { MaskRange } from "./masking.ts";
export {
  ConnectionFailed,
  LimitExceeded,
  ProtocolViolation,
  TautlineError,
  UsageError,
  errorTable,
} from "./errors.ts";
export type {
  ConnectionFailedCode,
  ErrorCode,
  LimitExceededCode,
  ProtocolViolationCode,
  UsageErrorCode,
} from "./errors.ts";
export type { CloseStatus } from "./close-frame.ts";
export type { FrameError } from "./frame-reader.ts";
export { noLeniency } from "./leniency.ts";
export type { Leniency } from "./leniency.ts";
export { maxControlBytes, Opcode } from "./opcodes.ts";
export { engineDefaults, resolveEngineSettings } from "./options.ts";
export type {
  EngineChoices,
  EngineLimits,
  EngineSettings,
  EngineTimes,
  GivenEngineSettings,
  QueuePolicy,
  ReceiveForm,
  Role,
} from "./options.ts";
export type { MessageParts } from "./message-parts.ts";
export type { Platform } from "./platform.ts";
export { PreparedMessage, prepareMessage } from "./prepared-message.ts";
export { engineStates, nextState } from "./states.ts";
export type { EngineEvent, EngineState } from "./states.ts";
export { acceptKey } from "./handshake/accept-key.ts";
export type { HeaderPair } from "./handshake/caller-headers.ts";
export { ClientHandshake } from "./handshake/client-handshake.ts";
export type {
  ClientHandshakeOptions,
  ClientHandshakeResult,
  HandshakeFailed,
  HandshakeOpened,
} from "./handshake/client-handshake.ts";
export { ClientConnect } from "./handshake/extended-connect-client.ts";
export type {
  ClientConnectOptions,
  ClientConnectResult,
  ConnectFailed,
  ConnectOpened,
} from "./handshake/extended-connect-client.ts";
export { http2Fields, parseHttp2Request } from "./handshake/extended-connect-fields.ts";
export { formatExtension, parseExtensionList } from "./handshake/extension-list.ts";
export type { ExtensionElement, ExtensionParameters } from "./handshake/extension-list.ts";
export { formatAcceptances, openTransform } from "./handshake/extension.ts";
export type { Extension, NegotiatedExtension } from "./handshake/extension.ts";
export { HandshakeRefused } from "./handshake/handshake-refused.ts";
export { encodeResponse, refusalFor, refuseHandshake } from "./handshake/handshake-response.ts";
export type { HandshakeResponse, Refusal } from "./handshake/handshake-response.ts";
export { headLimitDefaults } from "./handshake/head-limits.ts";
export type { HeadLimits } from "./handshake/head-limits.ts";
export { parseRequestHead, parseResponseHead } from "./handshake/head-lines.ts";
export type { ExtendedConnect, HandshakeRequest, ResponseHead } from "./handshake/head-lines.ts";
export { HeadReader } from "./handshake/head-reader.ts";
export type { HeadParser, HeadResult } from "./handshake/head-reader.ts";
export { HeaderList } from "./handshake/header-list.ts";
export type { OctetDecoder, OctetEncoder } from "./handshake/octets.ts";
export type { AllowedOrigins } from "./handshake/origin-rule.ts";
export { isOriginAllowed, resolveAllowedOrigins } from "./handshake/origin-rule.ts";
export { ServerHandshake, acceptHandshake } from "./handshake/server-handshake.ts";
export type {
  HandshakeAccepted,
  HandshakeChoices,
  HandshakeDeclined,
  HandshakeOffer,
  HandshakeResult,
  ServerHandshakeOptions,
} from "./handshake/server-handshake.ts";
export type { SubprotocolChoice } from "./handshake/subprotocol.ts";
export {
  clientCompressionDefaults,
  resolveCompressionSettings,
  serverCompressionDefaults,
} from "./deflate/compression-options.ts";
export type { CompressionOptions, CompressionSettings } from "./deflate/compression-options.ts";
export { CompressionPool, deflaterBytes } from "./deflate/compression-pool.ts";
export type { CompressionPoolOptions, DeflateParts } from "./deflate/compression-pool.ts";
export type {
  DeflateCodec,
  Deflater,
  DeflaterSettings,
  Inflated,
  Inflater,
  InflateJob,
  PartInflateJob,
} from "./deflate/deflate-codec.ts";
export { PermessageDeflate } from "./deflate/permessage-deflate.ts";
export type {
  DecodeJob,
  Decoded,
  DecodingState,
  Encoded,
  MessageDecoder,
  MessageEncoder,
  MessageTransform,
  PartDecoder,
} from "./message-transform.ts";

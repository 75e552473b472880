/** The messages of the Centrifuge client protocol, version 2, and how they travel. */

export type { ChannelContract } from "./channel.ts";
export { channel } from "./channel.ts";
export type { ChannelPattern, PatternParams } from "./channel-pattern.ts";
export { channels } from "./channel-pattern.ts";
export type { Codec, DecodeFault, Decoded, Format } from "./codec.ts";
export type {
  ChannelRequest,
  Command,
  ConnectRequest,
  HistoryRequest,
  PublishRequest,
  RefreshRequest,
  Request,
  RequestMethod,
  RpcRequest,
  SendRequest,
  StreamPosition,
  SubRefreshRequest,
  SubscribeRequest,
} from "./command.ts";
export { commandSchema, isPong, requestOf } from "./command.ts";
export type { Disconnect } from "./disconnect-codes.ts";
export { disconnects, reconnectsAfter } from "./disconnect-codes.ts";
export type { EmulationRequest } from "./emulation-request.ts";
export { decodeEmulationRequest } from "./emulation-request.ts";
export type { ReplyError } from "./error-codes.ts";
export { replyErrors } from "./error-codes.ts";
export { applyBinaryDelta, applyDelta, createBinaryDelta, createDelta } from "./fossil-delta.ts";
export { jsonCodec, jsonTextCodec } from "./json-codec.ts";
export { FrameFault } from "./frame-fault.ts";
export { jsonOf } from "./json-payload.ts";
export type { JsonType } from "./json-reader.ts";
export { JsonReader } from "./json-reader.ts";
export type { JsonText } from "./json-text.ts";
export type { DecodeLimits } from "./limits.ts";
export { commandLimits, replyLimits } from "./limits.ts";
export type { Payload } from "./payload.ts";
export { decodePayload, encodePayload, payloadBytes } from "./payload.ts";
export { PayloadMismatch } from "./payload-mismatch.ts";
export { createProtobufCodec, protobufCodec } from "./protobuf-codec.ts";
export type { PayloadReader } from "./protobuf-decoder.ts";
export type { Procedure, ProcedureSchemas } from "./procedure.ts";
export { procedure } from "./procedure.ts";
export type { ClientInfo, Publication } from "./publication.ts";
export type {
  ConnectPush,
  DisconnectPush,
  MemberChange,
  MessagePush,
  Push,
  RefreshPush,
  SubscribePush,
  UnsubscribePush,
} from "./push.ts";
export type {
  ConnectResult,
  HistoryResult,
  PresenceResult,
  PresenceStatsResult,
  RefreshResult,
  Reply,
  RpcResult,
  SubRefreshResult,
} from "./reply.ts";
export { replySchema } from "./reply.ts";
export type {
  Element,
  EmptyMessage,
  Field,
  IntegerKind,
  ListField,
  MapField,
  MessageField,
  MessageSchema,
  ScalarField,
} from "./schema.ts";
export type {
  InputOf,
  OutputOf,
  SchemaIssue,
  SchemaResult,
  Stable,
  StandardSchema,
} from "./standard-schema.ts";
export type { SubscribeResult } from "./subscribe-result.ts";
export { exceedsUtf8, utf8Length } from "./text-length.ts";
export type { UnsubscribeReason } from "./unsubscribe-codes.ts";
export { resubscribesAfter, unsubscribes } from "./unsubscribe-codes.ts";

/** The messages of the Centrifuge client protocol, version 2, and how they travel. */

export type { ChannelContract } from "./channel.ts";
export { channel } from "./channel.ts";
export type { Codec, DecodeFault, Decoded } from "./codec.ts";
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
export { isPong, requestOf } from "./command.ts";
export type { Disconnect } from "./disconnect-codes.ts";
export { disconnects, reconnectsAfter } from "./disconnect-codes.ts";
export type { ReplyError } from "./error-codes.ts";
export { replyErrors } from "./error-codes.ts";
export { applyDelta, createDelta } from "./fossil-delta.ts";
export { jsonCodec } from "./json-codec.ts";
export type { DecodeLimits } from "./limits.ts";
export { commandLimits, replyLimits } from "./limits.ts";
export type { JsonText, Payload } from "./payload.ts";
export { decodePayload, encodePayload } from "./payload.ts";
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
export type { EmptyMessage } from "./schema.ts";
export type { SubscribeResult } from "./subscribe-result.ts";
export { exceedsUtf8, utf8Length } from "./text-length.ts";
export type { UnsubscribeReason } from "./unsubscribe-codes.ts";
export { resubscribesAfter, unsubscribes } from "./unsubscribe-codes.ts";

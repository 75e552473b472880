/** Channels, presence and permissions over any message connection. */

export type { Capability, Operation } from "./access/capabilities.ts";
export type { PayloadKind } from "./payload-values.ts";
export type { RefreshGrant } from "./access/refresh-grant.ts";
export type { AnyContract } from "./contracts.ts";
export type {
  Answer,
  AnyRpcHandler,
  ClientEnd,
  DisconnectHandler,
  MessageHandler,
  RpcHandler,
  Unregister,
} from "./handlers.ts";
export type { ChannelOptions, DeltaType, RecoveryMode } from "./channels/channel-options.ts";
export { channelDefaults } from "./channels/channel-options.ts";
export type { HistoryFilter } from "./channels/channel-reader.ts";
export type { HistoryPage, Member, Published, PublishOptions } from "./channels/hub-channel.ts";
export { HubChannel } from "./channels/hub-channel.ts";
export type { ChannelPublication } from "./channels/hub-channels.ts";
export { HubChannels } from "./channels/hub-channels.ts";
export type { ConnectionInfo, HubClient } from "./hub-client.ts";
export type { ChannelFilter, HubInfo } from "./hub-info.ts";
export type { AcceptInfo, HubSetup } from "./hub-setup.ts";
export { Hub } from "./hub.ts";
export type { Listing, ListFilter } from "./listing.ts";
export type { JournaledBrokerSetup } from "./journaled-broker/journaled-broker.ts";
export { JournaledBroker } from "./journaled-broker/journaled-broker.ts";
export type { MemoryBrokerLimits } from "./memory-broker/limits.ts";
export { memoryBrokerDefaults } from "./memory-broker/limits.ts";
export type { MemoryBrokerSetup } from "./memory-broker/memory-broker.ts";
export { MemoryBroker } from "./memory-broker/memory-broker.ts";
export type { NodeFacts, NodeInfo } from "./nodes/node-info.ts";
export type { HubOptions } from "./options.ts";
export { hubDefaults } from "./options.ts";
export type {
  ConnectAttempt,
  ConnectGrant,
  Decision,
  HistoryAttempt,
  Hooks,
  NoGrant,
  PresenceAttempt,
  PublishAttempt,
  PublishGrant,
  RefreshAttempt,
  SubRefreshAttempt,
  SubRefreshGrant,
  SubscribeAttempt,
  SubscribeGrant,
  Verdict,
} from "./hooks.ts";
export type {
  Broker,
  BrokerEvents,
  BrokerNeeds,
  BrokerPublication,
  LogPage,
  LogPolicy,
  LogQuery,
  MemberStats,
  Position,
  PublishResult,
  PublishTerms,
} from "./ports/broker.ts";
export { maxToldBytes } from "./ports/broker.ts";
export type { ClientConnection, Prepare, PreparedMessage } from "./ports/client-connection.ts";
export type { Cancel, Clock } from "./ports/clock.ts";
export type {
  FoundLog,
  Journal,
  JournalChange,
  JournalContents,
  LogRecord,
  ResultRecord,
} from "./ports/journal.ts";
export type { Logger } from "./ports/logger.ts";
export type { NodeRelay } from "./ports/node-relay.ts";
export { silentLogger } from "./ports/logger.ts";
export type { CommandEnd, LimitName, Meter } from "./ports/meter.ts";
export { noMeter } from "./ports/meter.ts";
export type { Span, SpanAttributes, Tracer } from "./ports/tracer.ts";
export type {
  ConnectionClaims,
  SubscriptionClaims,
  TokenFault,
  TokenVerdict,
  TokenVerifier,
} from "./ports/token-verifier.ts";
export { Refusal, refuse } from "./refusal.ts";
export type { ClientFilter, ClientSelection } from "./roster.ts";
export type { EmulationAddress } from "./session.ts";
export {
  decodeMember,
  decodePublication,
  encodeMember,
  encodePublication,
} from "./stored-publication.ts";
export type { ServerSubscription } from "./subscriptions/server-subscription.ts";

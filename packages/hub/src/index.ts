/** Channels, presence and permissions over any message connection. */

export type { MessageHandler, RpcHandler, Unregister } from "./handlers.ts";
export type { Member } from "./hub-channel.ts";
export { HubChannel } from "./hub-channel.ts";
export type { ConnectionInfo, HubClient } from "./hub-client.ts";
export type { AcceptInfo, HubSetup } from "./hub.ts";
export { Hub } from "./hub.ts";
export { MemoryBroker } from "./memory-broker.ts";
export type { HubOptions } from "./options.ts";
export { hubDefaults } from "./options.ts";
export type {
  ConnectAttempt,
  ConnectGrant,
  Decision,
  Hooks,
  NoGrant,
  PresenceAttempt,
  PublishAttempt,
  SubscribeAttempt,
  SubscribeGrant,
  Verdict,
} from "./policy.ts";
export type { Broker, BrokerEvents, MemberStats, Position } from "./ports/broker.ts";
export type { ClientConnection, Prepare, PreparedMessage } from "./ports/client-connection.ts";
export type { Cancel, Clock } from "./ports/clock.ts";
export type { Logger } from "./ports/logger.ts";
export { silentLogger } from "./ports/logger.ts";
export { Refusal, refuse } from "./refusal.ts";

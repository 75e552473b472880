/** The door of `@tautline/client`. What is not named here is internal. */

export type { ChannelContract, Procedure } from "@tautline/wire";
export { channel } from "@tautline/wire";
export type { ConnectedInfo, ServerMessage } from "./client.ts";
export { Client } from "./client.ts";
export type { ConnectionStatus, StateChange } from "./connector.ts";
export type { CallOptions } from "./deadline.ts";
export { defaultEnvironment } from "./default-environment.ts";
export type { Cancel, Environment, NetworkSign } from "./environment.ts";
export type { ClientErrorCode } from "./errors.ts";
export {
  CallFailed,
  CallRefused,
  ClientError,
  clientErrorTexts,
  LimitExceeded,
  UsageError,
} from "./errors.ts";
export type { HistoryOptions, HistoryPage, Position } from "./history.ts";
export type { Listener } from "./listeners.ts";
export type { MemberList } from "./member-list.ts";
export { memberList } from "./member-list.ts";
export type { ClientOptions, ClientSettings, Token, Transport } from "./options.ts";
export { clientDefaults } from "./options.ts";
export type { PresenceStats } from "./presence.ts";
export type { Member, Publication } from "./publication.ts";
export type { Reason } from "./reasons.ts";
export { reasons } from "./reasons.ts";
export type { ClientState, SubscriptionState } from "./states.ts";
export { clientTransitions, subscriptionTransitions } from "./states.ts";
export type { SubscribeOptions, Subscription, SubscriptionChange } from "./subscription.ts";
export type { Link, LinkEvents, OpenLink } from "./transport.ts";
export type { WebSocketConstructor, WebSocketLike } from "./websocket-link.ts";
export type { DeltaDecoder, WireFormat } from "./wire-format.ts";

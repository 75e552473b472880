/**
 * What a server sends unasked: publications of channels, members who come and go, messages to one client, and the ends of
 * subscriptions and connections. Absent fields have their zero value.
 */

import type { Payload } from "./payload.ts";
import type { ClientInfo, Publication } from "./publication.ts";
import { clientInfoSchema, publicationSchema } from "./publication.ts";
import type { SubscribeResult } from "./subscribe-result.ts";
import { subscribeResultSchema } from "./subscribe-result.ts";
import { defineMessage } from "./schema.ts";

/** A push: one of its members besides `channel` is present. */
export interface Push {
  readonly channel?: string;
  readonly pub?: Publication;
  readonly join?: MemberChange;
  readonly leave?: MemberChange;
  readonly unsubscribe?: UnsubscribePush;
  readonly message?: MessagePush;
  readonly subscribe?: SubscribePush;
  readonly connect?: ConnectPush;
  readonly disconnect?: DisconnectPush;
  readonly refresh?: RefreshPush;
}

/** Somebody came to a channel, or left it. */
export interface MemberChange {
  readonly info?: ClientInfo;
}

export interface UnsubscribePush {
  readonly code?: number;
  readonly reason?: string;
}

/** A message to one client, outside of channels. */
export interface MessagePush {
  readonly data?: Payload;
}

/** The server has subscribed the client. */
export interface SubscribePush {
  readonly recoverable?: boolean;
  readonly epoch?: string;
  readonly offset?: number;
  readonly positioned?: boolean;
  readonly data?: Payload;
}

/** The connect result on transports without commands. */
export interface ConnectPush {
  readonly client?: string;
  readonly version?: string;
  readonly data?: Payload;
  readonly subs?: ReadonlyMap<string, SubscribeResult>;
  readonly expires?: boolean;
  readonly ttl?: number;
  readonly ping?: number;
  readonly pong?: boolean;
  readonly session?: string;
  readonly node?: string;
  readonly time?: number;
}

export interface DisconnectPush {
  readonly code?: number;
  readonly reason?: string;
  readonly reconnect?: boolean;
}

export interface RefreshPush {
  readonly expires?: boolean;
  /** Seconds until the connection expires. */
  readonly ttl?: number;
}

const memberChange = defineMessage<MemberChange>({
  info: { number: 1, kind: "message", schema: clientInfoSchema },
});

const unsubscribePush = defineMessage<UnsubscribePush>({
  code: { number: 2, kind: "uint32" },
  reason: { number: 3, kind: "string" },
});

const messagePush = defineMessage<MessagePush>({ data: { number: 1, kind: "payload" } });

const subscribePush = defineMessage<SubscribePush>({
  recoverable: { number: 1, kind: "bool" },
  epoch: { number: 4, kind: "string" },
  offset: { number: 5, kind: "uint64" },
  positioned: { number: 6, kind: "bool" },
  data: { number: 7, kind: "payload" },
});

const connectPush = defineMessage<ConnectPush>({
  client: { number: 1, kind: "string" },
  version: { number: 2, kind: "string" },
  data: { number: 3, kind: "payload" },
  subs: { number: 4, kind: "map", element: { kind: "message", schema: subscribeResultSchema } },
  expires: { number: 5, kind: "bool" },
  ttl: { number: 6, kind: "uint32" },
  ping: { number: 7, kind: "uint32" },
  pong: { number: 8, kind: "bool" },
  session: { number: 9, kind: "string" },
  node: { number: 10, kind: "string" },
  time: { number: 11, kind: "int64" },
});

const disconnectPush = defineMessage<DisconnectPush>({
  code: { number: 1, kind: "uint32" },
  reason: { number: 2, kind: "string" },
  reconnect: { number: 3, kind: "bool" },
});

const refreshPush = defineMessage<RefreshPush>({
  expires: { number: 1, kind: "bool" },
  ttl: { number: 2, kind: "uint32" },
});

/** The table of `Push`. */
export const pushSchema = defineMessage<Push>({
  channel: { number: 2, kind: "string" },
  pub: { number: 4, kind: "message", schema: publicationSchema },
  join: { number: 5, kind: "message", schema: memberChange },
  leave: { number: 6, kind: "message", schema: memberChange },
  unsubscribe: { number: 7, kind: "message", schema: unsubscribePush },
  message: { number: 8, kind: "message", schema: messagePush },
  subscribe: { number: 9, kind: "message", schema: subscribePush },
  connect: { number: 10, kind: "message", schema: connectPush },
  disconnect: { number: 11, kind: "message", schema: disconnectPush },
  refresh: { number: 12, kind: "message", schema: refreshPush },
});

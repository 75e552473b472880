/**
 * What a server sends: replies to commands, and pushes wrapped in replies without an id. An empty reply is the server's
 * ping. Absent fields have their zero value; the fields that are never absent are written even when they are zero.
 */

import type { ReplyError } from "./error-codes.ts";
import type { Payload } from "./payload.ts";
import type { ClientInfo, Publication } from "./publication.ts";
import { clientInfoSchema, publicationSchema } from "./publication.ts";
import type { Push } from "./push.ts";
import { pushSchema } from "./push.ts";
import type { EmptyMessage } from "./schema.ts";
import { defineMessage, emptySchema } from "./schema.ts";
import type { SubscribeResult } from "./subscribe-result.ts";
import { subscribeResultSchema } from "./subscribe-result.ts";

/** A reply. */
export interface Reply {
  /** The id of the command that is answered; 0 or absent for pushes and pings. */
  readonly id?: number;
  readonly error?: ReplyError;
  readonly push?: Push;
  readonly connect?: ConnectResult;
  readonly subscribe?: SubscribeResult;
  readonly unsubscribe?: EmptyMessage;
  readonly publish?: EmptyMessage;
  readonly presence?: PresenceResult;
  readonly presence_stats?: PresenceStatsResult;
  readonly history?: HistoryResult;
  readonly ping?: EmptyMessage;
  readonly rpc?: RpcResult;
  readonly refresh?: RefreshResult;
  readonly sub_refresh?: SubRefreshResult;
}

export interface ConnectResult {
  /** The connection's id. */
  readonly client?: string;
  /** The server's version. */
  readonly version?: string;
  readonly expires?: boolean;
  /** Seconds until the connection expires. */
  readonly ttl?: number;
  readonly data?: Payload;
  /** Server-side subscriptions, by channel. */
  readonly subs?: ReadonlyMap<string, SubscribeResult>;
  /** Seconds between the server's pings; 0 when it sends none. */
  readonly ping?: number;
  /** Whether pings want an answer. */
  readonly pong?: boolean;
  /** The secret by which further requests of the same connection are recognised on transports without a socket. */
  readonly session?: string;
  readonly node?: string;
  /** The server's time in milliseconds since 1970. */
  readonly time?: number;
  readonly flag?: number;
}

export interface PresenceResult {
  /** The channel's members, by connection id. */
  readonly presence: ReadonlyMap<string, ClientInfo>;
}

export interface PresenceStatsResult {
  readonly num_clients: number;
  readonly num_users: number;
}

export interface HistoryResult {
  readonly publications: readonly Publication[];
  readonly epoch: string;
  readonly offset: number;
}

export interface RpcResult {
  readonly data?: Payload;
}

export interface RefreshResult {
  readonly client?: string;
  readonly version?: string;
  readonly expires?: boolean;
  readonly ttl?: number;
}

export interface SubRefreshResult {
  readonly expires?: boolean;
  readonly ttl?: number;
}

const error = defineMessage<ReplyError>({
  code: { number: 1, kind: "uint32", always: true },
  message: { number: 2, kind: "string", always: true },
  temporary: { number: 3, kind: "bool" },
});

const connectResult = defineMessage<ConnectResult>({
  client: { number: 1, kind: "string" },
  version: { number: 2, kind: "string" },
  expires: { number: 3, kind: "bool" },
  ttl: { number: 4, kind: "uint32" },
  data: { number: 5, kind: "payload" },
  subs: { number: 6, kind: "map", element: { kind: "message", schema: subscribeResultSchema } },
  ping: { number: 7, kind: "uint32" },
  pong: { number: 8, kind: "bool" },
  session: { number: 9, kind: "string" },
  node: { number: 10, kind: "string" },
  time: { number: 11, kind: "int64" },
  flag: { number: 12, kind: "int64" },
});

const presenceResult = defineMessage<PresenceResult>({
  presence: {
    number: 1,
    kind: "map",
    element: { kind: "message", schema: clientInfoSchema },
    always: true,
  },
});

const presenceStatsResult = defineMessage<PresenceStatsResult>({
  num_clients: { number: 1, kind: "uint32", always: true },
  num_users: { number: 2, kind: "uint32", always: true },
});

const historyResult = defineMessage<HistoryResult>({
  publications: {
    number: 1,
    kind: "list",
    element: { kind: "message", schema: publicationSchema },
    always: true,
  },
  epoch: { number: 2, kind: "string", always: true },
  offset: { number: 3, kind: "uint64", always: true },
});

const rpcResult = defineMessage<RpcResult>({ data: { number: 1, kind: "payload" } });

const refreshResult = defineMessage<RefreshResult>({
  client: { number: 1, kind: "string" },
  version: { number: 2, kind: "string" },
  expires: { number: 3, kind: "bool" },
  ttl: { number: 4, kind: "uint32" },
});

const subRefreshResult = defineMessage<SubRefreshResult>({
  expires: { number: 1, kind: "bool" },
  ttl: { number: 2, kind: "uint32" },
});

/** The table of `Reply`. */
export const replySchema = defineMessage<Reply>({
  id: { number: 1, kind: "uint32" },
  error: { number: 2, kind: "message", schema: error },
  push: { number: 4, kind: "message", schema: pushSchema },
  connect: { number: 5, kind: "message", schema: connectResult },
  subscribe: { number: 6, kind: "message", schema: subscribeResultSchema },
  unsubscribe: { number: 7, kind: "message", schema: emptySchema },
  publish: { number: 8, kind: "message", schema: emptySchema },
  presence: { number: 9, kind: "message", schema: presenceResult },
  presence_stats: { number: 10, kind: "message", schema: presenceStatsResult },
  history: { number: 11, kind: "message", schema: historyResult },
  ping: { number: 12, kind: "message", schema: emptySchema },
  rpc: { number: 13, kind: "message", schema: rpcResult },
  refresh: { number: 14, kind: "message", schema: refreshResult },
  sub_refresh: { number: 15, kind: "message", schema: subRefreshResult },
});

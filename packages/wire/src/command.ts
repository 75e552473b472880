/**
 * What a client sends: commands, one request each. Field names are those of the wire. A field that is absent has its
 * zero value (`false`, `0`, `""`); fields of features that no side here speaks (shared polling, maps, filters,
 * compression dictionaries) are left out and ignored when they come.
 */

import type { Payload } from "./payload.ts";
import type { EmptyMessage } from "./schema.ts";
import { defineMessage, emptySchema } from "./schema.ts";

/** A command. An empty one is the answer to the server's ping. */
export interface Command {
  /** Echoed in the reply; 0 or absent for `send` and for pongs. */
  readonly id?: number;
  readonly connect?: ConnectRequest;
  readonly subscribe?: SubscribeRequest;
  readonly unsubscribe?: ChannelRequest;
  readonly publish?: PublishRequest;
  readonly presence?: ChannelRequest;
  readonly presence_stats?: ChannelRequest;
  readonly history?: HistoryRequest;
  readonly ping?: EmptyMessage;
  readonly send?: SendRequest;
  readonly rpc?: RpcRequest;
  readonly refresh?: RefreshRequest;
  readonly sub_refresh?: SubRefreshRequest;
}

/** The first command on a connection. */
export interface ConnectRequest {
  readonly token?: string;
  /** For the application's decision who may connect. */
  readonly data?: Payload;
  /** Positions of server-side subscriptions to recover, by channel. */
  readonly subs?: ReadonlyMap<string, SubscribeRequest>;
  /** The client's name for statistics, such as "js". */
  readonly name?: string;
  readonly version?: string;
  /** Headers a browser cannot set on a WebSocket. Untrusted, as all of the request. */
  readonly headers?: ReadonlyMap<string, string>;
  readonly flag?: number;
}

export interface SubscribeRequest {
  readonly channel?: string;
  readonly token?: string;
  /** Asks for what was missed since `offset` of `epoch`. */
  readonly recover?: boolean;
  readonly epoch?: string;
  readonly offset?: number;
  readonly data?: Payload;
  readonly positioned?: boolean;
  readonly recoverable?: boolean;
  /** Asks for join and leave pushes. */
  readonly join_leave?: boolean;
  /** The delta compression the client understands, "fossil" or none. */
  readonly delta?: string;
  readonly flag?: number;
  /** 0 for an ordinary subscription; other types are not spoken here. */
  readonly type?: number;
}

/** A request that names a channel and nothing else. */
export interface ChannelRequest {
  readonly channel?: string;
}

export interface PublishRequest {
  readonly channel?: string;
  readonly data?: Payload;
  /** 0 for an ordinary publication; other types are not spoken here. */
  readonly type?: number;
}

export interface HistoryRequest {
  readonly channel?: string;
  /** At most so many publications; 0 asks for the position only, negative for all. */
  readonly limit?: number;
  readonly since?: StreamPosition;
  readonly reverse?: boolean;
}

/** A place in a channel's log. */
export interface StreamPosition {
  readonly offset?: number;
  readonly epoch?: string;
}

export interface SendRequest {
  readonly data?: Payload;
}

export interface RpcRequest {
  readonly data?: Payload;
  readonly method?: string;
}

export interface RefreshRequest {
  readonly token?: string;
}

export interface SubRefreshRequest {
  readonly channel?: string;
  readonly token?: string;
}

/** A command's request, told apart by `method`. */
export type Request = {
  readonly [Method in RequestMethod]: {
    readonly method: Method;
    readonly request: NonNullable<Command[Method]>;
  };
}[RequestMethod];

/** The names of the requests. */
export type RequestMethod = Exclude<keyof Command, "id">;

/** In the order in which a server looks for them: the first that is present counts, others in the command do not. */
const requestMethods = [
  "connect",
  "ping",
  "subscribe",
  "unsubscribe",
  "publish",
  "presence",
  "presence_stats",
  "history",
  "rpc",
  "send",
  "refresh",
  "sub_refresh",
] as const satisfies readonly RequestMethod[];

/** The request of `command`, or `undefined` for a command without one. */
export function requestOf(command: Command): Request | undefined {
  for (const method of requestMethods) {
    const request = command[method];
    // The request has the type that the method names, which the compiler cannot follow through the loop.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (request !== undefined) return { method, request } as Request;
  }
  return undefined;
}

/** Whether `command` is the answer to a ping: no id, and not a `send`, which has none either. */
export function isPong(command: Command): boolean {
  return (command.id ?? 0) === 0 && command.send === undefined;
}

const text = { kind: "string" } as const;
const subscribeRequest = defineMessage<SubscribeRequest>({
  channel: { number: 1, kind: "string" },
  token: { number: 2, kind: "string" },
  recover: { number: 3, kind: "bool" },
  epoch: { number: 6, kind: "string" },
  offset: { number: 7, kind: "uint64" },
  data: { number: 8, kind: "payload" },
  positioned: { number: 9, kind: "bool" },
  recoverable: { number: 10, kind: "bool" },
  join_leave: { number: 11, kind: "bool" },
  delta: { number: 12, kind: "string" },
  flag: { number: 14, kind: "int64" },
  type: { number: 15, kind: "int32" },
});

const connectRequest = defineMessage<ConnectRequest>({
  token: { number: 1, kind: "string" },
  data: { number: 2, kind: "payload" },
  subs: { number: 3, kind: "map", element: { kind: "message", schema: subscribeRequest } },
  name: { number: 4, kind: "string" },
  version: { number: 5, kind: "string" },
  headers: { number: 6, kind: "map", element: text },
  flag: { number: 7, kind: "int64" },
});

const channelRequest = defineMessage<ChannelRequest>({ channel: { number: 1, kind: "string" } });

const publishRequest = defineMessage<PublishRequest>({
  channel: { number: 1, kind: "string" },
  data: { number: 2, kind: "payload" },
  type: { number: 3, kind: "int32" },
});

const streamPosition = defineMessage<StreamPosition>({
  offset: { number: 1, kind: "uint64" },
  epoch: { number: 2, kind: "string" },
});

const historyRequest = defineMessage<HistoryRequest>({
  channel: { number: 1, kind: "string" },
  limit: { number: 7, kind: "int32" },
  since: { number: 8, kind: "message", schema: streamPosition },
  reverse: { number: 9, kind: "bool" },
});

const sendRequest = defineMessage<SendRequest>({ data: { number: 1, kind: "payload" } });

const rpcRequest = defineMessage<RpcRequest>({
  data: { number: 1, kind: "payload" },
  method: { number: 2, kind: "string" },
});

const refreshRequest = defineMessage<RefreshRequest>({ token: { number: 1, kind: "string" } });

const subRefreshRequest = defineMessage<SubRefreshRequest>({
  channel: { number: 1, kind: "string" },
  token: { number: 2, kind: "string" },
});

/** The table of `Command`. */
export const commandSchema = defineMessage<Command>({
  id: { number: 1, kind: "uint32" },
  connect: { number: 4, kind: "message", schema: connectRequest },
  subscribe: { number: 5, kind: "message", schema: subscribeRequest },
  unsubscribe: { number: 6, kind: "message", schema: channelRequest },
  publish: { number: 7, kind: "message", schema: publishRequest },
  presence: { number: 8, kind: "message", schema: channelRequest },
  presence_stats: { number: 9, kind: "message", schema: channelRequest },
  history: { number: 10, kind: "message", schema: historyRequest },
  ping: { number: 11, kind: "message", schema: emptySchema },
  send: { number: 12, kind: "message", schema: sendRequest },
  rpc: { number: 13, kind: "message", schema: rpcRequest },
  refresh: { number: 14, kind: "message", schema: refreshRequest },
  sub_refresh: { number: 15, kind: "message", schema: subRefreshRequest },
});

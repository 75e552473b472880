/**
 * The messages of the Centrifuge client protocol, version 2, and the fields of each: number, name and type, as the public
 * schema (`client.proto` of centrifugal/protocol) numbers them. Facts to compare our tables with, those of features that
 * we do not speak included.
 */

const facts: Readonly<Record<string, string>> = {
  Command:
    "1 id uint32, 4 connect ConnectRequest, 5 subscribe SubscribeRequest, 6 unsubscribe UnsubscribeRequest, 7 publish PublishRequest, 8 presence PresenceRequest, 9 presence_stats PresenceStatsRequest, 10 history HistoryRequest, 11 ping PingRequest, 12 send SendRequest, 13 rpc RPCRequest, 14 refresh RefreshRequest, 15 sub_refresh SubRefreshRequest",
  ConnectRequest:
    "1 token string, 2 data bytes, 3 subs map:SubscribeRequest, 4 name string, 5 version string, 6 headers map:string, 7 flag int64, 8 dict string, 9 profile string",
  SubscribeRequest:
    "1 channel string, 2 token string, 3 recover bool, 6 epoch string, 7 offset uint64, 8 data bytes, 9 positioned bool, 10 recoverable bool, 11 join_leave bool, 12 delta string, 13 tf FilterNode, 14 flag int64, 15 type int32, 16 phase int32, 17 cursor string, 18 limit int32, 19 asc bool",
  UnsubscribeRequest: "1 channel string",
  PublishRequest: "1 channel string, 2 data bytes, 3 type int32, 4 key string, 5 removed bool",
  PresenceRequest: "1 channel string",
  PresenceStatsRequest: "1 channel string",
  HistoryRequest: "1 channel string, 7 limit int32, 8 since StreamPosition, 9 reverse bool",
  StreamPosition: "1 offset uint64, 2 epoch string",
  PingRequest: "",
  SendRequest: "1 data bytes",
  RPCRequest: "1 data bytes, 2 method string",
  RefreshRequest: "1 token string",
  SubRefreshRequest:
    "1 channel string, 2 token string, 3 type int32, 4 track list:TrackBatch, 5 untrack list:string",
  Reply:
    "1 id uint32, 2 error Error, 4 push Push, 5 connect ConnectResult, 6 subscribe SubscribeResult, 7 unsubscribe UnsubscribeResult, 8 publish PublishResult, 9 presence PresenceResult, 10 presence_stats PresenceStatsResult, 11 history HistoryResult, 12 ping PingResult, 13 rpc RPCResult, 14 refresh RefreshResult, 15 sub_refresh SubRefreshResult",
  Error: "1 code uint32, 2 message string, 3 temporary bool",
  ConnectResult:
    "1 client string, 2 version string, 3 expires bool, 4 ttl uint32, 5 data bytes, 6 subs map:SubscribeResult, 7 ping uint32, 8 pong bool, 9 session string, 10 node string, 11 time int64, 12 flag int64, 13 dict Dictionary",
  SubscribeResult:
    "1 expires bool, 2 ttl uint32, 3 recoverable bool, 6 epoch string, 7 publications list:Publication, 8 recovered bool, 9 offset uint64, 10 positioned bool, 11 data bytes, 12 was_recovering bool, 13 delta bool, 14 id int64, 15 type int32, 16 phase int32, 17 cursor string, 18 state list:Publication, 19 publish_debounce uint32",
  UnsubscribeResult: "",
  PublishResult: "",
  PresenceResult: "1 presence map:ClientInfo",
  PresenceStatsResult: "1 num_clients uint32, 2 num_users uint32",
  HistoryResult: "1 publications list:Publication, 2 epoch string, 3 offset uint64",
  PingResult: "",
  RPCResult: "1 data bytes",
  RefreshResult: "1 client string, 2 version string, 3 expires bool, 4 ttl uint32",
  SubRefreshResult: "1 expires bool, 2 ttl uint32, 3 items list:Publication",
  Push: "1 id int64, 2 channel string, 4 pub Publication, 5 join Join, 6 leave Leave, 7 unsubscribe Unsubscribe, 8 message Message, 9 subscribe Subscribe, 10 connect Connect, 11 disconnect Disconnect, 12 refresh Refresh",
  Publication:
    "4 data bytes, 5 info ClientInfo, 6 offset uint64, 7 tags map:string, 8 delta bool, 9 time int64, 10 channel string, 11 key string, 12 removed bool, 13 score sint64, 14 epoch string, 15 prev_data bytes, 16 version uint64",
  ClientInfo: "1 user string, 2 client string, 3 conn_info bytes, 4 chan_info bytes",
  Join: "1 info ClientInfo",
  Leave: "1 info ClientInfo",
  Unsubscribe: "2 code uint32, 3 reason string",
  Message: "1 data bytes",
  Subscribe: "1 recoverable bool, 4 epoch string, 5 offset uint64, 6 positioned bool, 7 data bytes",
  Connect:
    "1 client string, 2 version string, 3 data bytes, 4 subs map:SubscribeResult, 5 expires bool, 6 ttl uint32, 7 ping uint32, 8 pong bool, 9 session string, 10 node string, 11 time int64",
  Disconnect: "1 code uint32, 2 reason string, 3 reconnect bool",
  Refresh: "1 expires bool, 2 ttl uint32",
  EmulationRequest: "1 node string, 2 session string, 3 data bytes",
  Dictionary: "1 id string, 2 data bytes, 3 data_b64 string",
  KeyedItem: "1 key string, 2 version uint64",
  TrackBatch: "1 signature string, 2 items list:KeyedItem",
  FilterNode:
    "1 op string, 2 key string, 3 cmp string, 4 val string, 5 vals list:string, 6 nodes list:FilterNode",
};

export interface SchemaField {
  readonly number: number;
  readonly name: string;
  /** A scalar's or a message's name, with `list:` or `map:` in front where there are many. */
  readonly type: string;
}

/** The fields of every message, in their order. */
export const protocolSchema: ReadonlyMap<string, readonly SchemaField[]> = new Map(
  Object.entries(facts).map(([message, text]) => [
    message,
    text.split(", ").flatMap((line) => {
      const [number, name, type] = line.split(" ");
      return name === undefined || type === undefined
        ? []
        : [{ number: Number(number), name, type }];
    }),
  ]),
);

/** A connected client as code on the server sees it: who it is, and what can be done with it. */

import type { Disconnect, Format, UnsubscribeReason } from "@tautline/wire";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";

/** What the transport knows of a connection. All of it is optional and none of it is the client's word alone. */
export interface ConnectionInfo {
  readonly remoteAddress?: string | undefined;
  /** The headers of the request that opened the connection, names in lower case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The kind of transport, such as "websocket". */
  readonly transport?: string | undefined;
  /** The format of its messages. */
  readonly format?: Format | undefined;
}

export interface HubClient {
  /** The connection's id: unguessable, unique, new for each connection. Other members of a channel see it. */
  readonly id: string;
  /** The user's id, as the connect hook has granted it; "" for somebody unknown. */
  readonly user: string;
  /** What members of its channels see of it, as the connect hook has granted it. */
  readonly info: unknown;
  /** What only the server sees of it, as its token or the connect hook has it. */
  readonly meta: unknown;
  /** When its connection is over unless it is refreshed, in milliseconds since 1970; `undefined` when never. */
  readonly expiresAtMs: number | undefined;
  readonly connection: ConnectionInfo;
  /** When its connection was taken over, in milliseconds since 1970. */
  readonly connectedAtMs: number;
  /** Bytes that were sent to it and are not with the operating system yet: many for who does not keep up. */
  readonly bufferedBytes: number;
  /** The channels it is subscribed to. */
  readonly channels: readonly string[];
  /**
   * Sends a message to this client alone, outside of channels.
   *
   * @throws TypeError when `data` has no JSON form.
   */
  send(data: unknown): void;
  /**
   * Subscribes it to a channel, without asking any hook. Resolves with false when its connection has ended; what the
   * client knows of the channel then comes from the server alone, and it may not publish because of it.
   *
   * @throws RangeError when the channel's name is empty or too long; TypeError when `info` or `data` has no JSON form.
   *   Rejects with a `Refusal` when it is subscribed already, or to as many channels as it may be.
   */
  subscribe(subscription: ServerSubscription): Promise<boolean>;
  /** Ends its subscription to `channel`, if it has one; it does not come back unless `reason` says so. */
  unsubscribe(channel: string, reason?: UnsubscribeReason): void;
  /**
   * Gives the connection another time to live, other capabilities, or both, and tells the client of the time. A time that
   * is over already ends the connection with "connection expired".
   *
   * @throws TypeError when `info` has no JSON form.
   */
  refresh(grant: RefreshGrant): void;
  /**
   * Ends the connection; without a reason for good ("force disconnect").
   *
   * @throws RangeError when the code is not one from 3000 to 4999, or the reason is too long.
   */
  disconnect(disconnect?: Disconnect): void;
}

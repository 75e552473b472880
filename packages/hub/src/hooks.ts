/**
 * The application's decisions about clients: what hooks are asked, and what they may say. Who asks them, and what holds
 * where there is none, stands in `policy.ts`.
 */

import type { Capability, Operation } from "./access/capabilities.ts";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import type { ConnectionInfo, HubClient } from "./hub-client.ts";
import type { Refusal } from "./refusal.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";

/** What a hook says: a grant, nothing (granted, no more to say), or a refusal. It may also throw the refusal. */
export type Verdict<Grant> = Grant | Refusal | undefined | void;

/** A verdict now or later. */
export type Decision<Grant> = Verdict<Grant> | Promise<Verdict<Grant>>;

/** Somebody wants to connect. Besides `connection`, all is the client's word. */
export interface ConnectAttempt {
  readonly client: string;
  readonly token: string;
  /** What the client sent along; `undefined` when nothing. */
  readonly data: unknown;
  /** The client's software and its version. */
  readonly name: string;
  readonly version: string;
  readonly connection: ConnectionInfo;
}

export interface ConnectGrant {
  /** The user's id; "" for somebody unknown, which is the default. */
  readonly user?: string;
  /** What members of channels see of the client, as JSON. */
  readonly info?: unknown;
  /** An answer to the client, as JSON. */
  readonly data?: unknown;
  /** The channels to which the server subscribes the client, each at most once. */
  readonly subscriptions?: readonly ServerSubscription[] | undefined;
  /**
   * When the connection is over unless it is refreshed, in milliseconds since 1970. A client that came with a token is
   * told, and comes with another one in time; for others the refresh hook is asked then. Default: never.
   */
  readonly expiresAtMs?: number | undefined;
  /**
   * What the client may do without any hook being asked. With them, a hub that is open is not open to this client. Default:
   * nothing is said about it.
   */
  readonly capabilities?: readonly Capability[] | undefined;
  /** What only the server sees of the client, as `meta`. */
  readonly meta?: unknown;
}

/** A connection is about to be over: may it go on? */
export interface RefreshAttempt {
  /** The new token that the client has sent; "" when the server asks by itself. */
  readonly token: string;
}

/** A client wants to subscribe to a channel. */
export interface SubscribeAttempt {
  readonly channel: string;
  readonly token: string;
  readonly data: unknown;
}

export interface SubscribeGrant {
  /** What members of this channel see of the client besides its `info`, as JSON. */
  readonly info?: unknown;
  /** An answer to the client, as JSON. */
  readonly data?: unknown;
  /**
   * When the subscription is over unless it is refreshed, in milliseconds since 1970. A client that came with a token is
   * told, and comes with another one in time; for others the hook is asked then. Default: never.
   */
  readonly expiresAtMs?: number | undefined;
  /** What the client may do in the channel without any hook being asked, besides being subscribed. Default: nothing. */
  readonly allow?: readonly Operation[] | undefined;
}

/** A subscription is about to be over: may it go on? */
export interface SubRefreshAttempt {
  readonly channel: string;
  /** The new token that the client has sent; "" when the server asks by itself. */
  readonly token: string;
}

/** How a subscription goes on. */
export interface SubRefreshGrant {
  /** When it is over the next time, in milliseconds since 1970. Default: never. */
  readonly expiresAtMs?: number | undefined;
  /** Default: as it was. */
  readonly allow?: readonly Operation[] | undefined;
}

/** A client wants to publish to a channel. */
export interface PublishAttempt {
  readonly channel: string;
  readonly data: unknown;
}

/** How a publication goes out. */
export interface PublishGrant {
  /** What is published in place of what the client sent, as JSON or bytes. Default: what it sent. */
  readonly data?: unknown;
  /** Short texts by name, which travel beside the message. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Whether it stays out of the channel's log. Default: false. */
  readonly skipHistory?: boolean | undefined;
  /** Whether the connection that has published it gets it, too. Default: as the channel's option `echo` has it. */
  readonly echo?: boolean | undefined;
}

/** A client wants to see who is in a channel. */
export interface PresenceAttempt {
  readonly channel: string;
  /** Whether it is subscribed to the channel itself. */
  readonly subscribed: boolean;
}

/** A client wants to read a channel's log. */
export interface HistoryAttempt {
  readonly channel: string;
  /** Whether it is subscribed to the channel itself. */
  readonly subscribed: boolean;
}

/** Who looks needs nothing but permission. */
export type NoGrant = Readonly<Record<string, never>>;

export interface Hooks {
  /**
   * Who may connect, and who they are then. Where tokens are verified, only those who come without one: what a good token
   * says is the decision.
   */
  connect?: (attempt: ConnectAttempt) => Decision<ConnectGrant>;
  /** Whether a connection whose time is over goes on. Without this hook only a new token, verified, prolongs it. */
  refresh?: (attempt: RefreshAttempt, client: HubClient) => Decision<RefreshGrant>;
  /** Who may subscribe; not asked where a verified token or a capability has decided. */
  subscribe?: (attempt: SubscribeAttempt, client: HubClient) => Decision<SubscribeGrant>;
  /** Whether a subscription whose time is over goes on. Without this hook only a new token, verified, prolongs it. */
  subRefresh?: (attempt: SubRefreshAttempt, client: HubClient) => Decision<SubRefreshGrant>;
  publish?: (attempt: PublishAttempt, client: HubClient) => Decision<PublishGrant>;
  /** Without this hook a closed hub shows the members of a channel to its subscribers. */
  presence?: (attempt: PresenceAttempt, client: HubClient) => Decision<NoGrant>;
  /** Without this hook a closed hub shows the log of a channel to its subscribers. */
  history?: (attempt: HistoryAttempt, client: HubClient) => Decision<NoGrant>;
}

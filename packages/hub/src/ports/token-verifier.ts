/**
 * Tokens, as the hub needs them. Whoever stands behind this port knows algorithms and keys, the hub knows neither. Claims
 * pass through it only after the signature, the times, the issuer and the audience were found good.
 */

import type { Capability, Operation } from "../access/capabilities.ts";
import type { ServerSubscription } from "../subscriptions/server-subscription.ts";

/** What a connection token says. */
export interface ConnectionClaims {
  /** The user's id; "" for somebody unknown. */
  readonly user: string;
  /** When the connection is over unless it is refreshed, in milliseconds since 1970; absent when never. */
  readonly expiresAtMs?: number | undefined;
  /** What members of channels see of the client, as JSON. */
  readonly info?: unknown;
  /** What only the server sees, as JSON. */
  readonly meta?: unknown;
  /** The channels to which the server subscribes the client. */
  readonly subscriptions?: readonly ServerSubscription[] | undefined;
  /** What the client may do where no hook decides; absent when the token says nothing about it. */
  readonly capabilities?: readonly Capability[] | undefined;
}

/** What a subscription token says. */
export interface SubscriptionClaims {
  readonly user: string;
  readonly channel: string;
  /** The only connection that may use the token; absent when any of the user's may. */
  readonly client?: string | undefined;
  /** When the subscription is over unless it is refreshed, in milliseconds since 1970; absent when never. */
  readonly expiresAtMs?: number | undefined;
  /** What members of this channel see of the client besides its `info`, as JSON. */
  readonly info?: unknown;
  /** A word to the client, as JSON. */
  readonly data?: unknown;
  /** What the client may do in the channel besides being subscribed. */
  readonly allow?: readonly Operation[] | undefined;
}

/** Why a token is refused. */
export type TokenFault =
  /** It was good once, or will be: another one may help. */
  | "expired"
  /** It is none, or not for this server, or not signed by whom it should be. */
  | "invalid";

export type TokenVerdict<Claims> =
  | { readonly claims: Claims }
  | {
      readonly fault: TokenFault;
      /** For logs: why, without the token. */
      readonly detail: string;
    };

/** Verifies tokens. Rejects when it cannot say anything, because keys cannot be had for example. */
export interface TokenVerifier {
  connection(token: string): Promise<TokenVerdict<ConnectionClaims>>;
  subscription(token: string): Promise<TokenVerdict<SubscriptionClaims>>;
}

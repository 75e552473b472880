/**
 * A client as its own commands see it: what code on the server may do with it, and what only the protocol may do.
 */

import type { Payload, Reply } from "@tautline/wire";
import type { ClientAccess } from "./access/client-access.ts";
import type { HubContext } from "./context.ts";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import type { Subject } from "./policy.ts";
import type { SubscriptionOwner, Subscriptions } from "./subscriptions/subscriptions.ts";

/** Who a client is, once it is known. */
export interface Identity {
  readonly user: string;
  /** What members of its channels see of it. */
  readonly info: Payload | undefined;
}

/** By which further requests find a connection that itself carries messages of the server alone. */
export interface EmulationAddress {
  /** A secret that only this client is told. */
  readonly session: string;
  /** The node that has the connection. */
  readonly node: string;
}

export interface Session extends Subject, SubscriptionOwner {
  readonly subscriptions: Subscriptions;
  readonly emulation: EmulationAddress | undefined;
  /** Whether it can say nothing more after connecting. */
  readonly unidirectional: boolean;
  readonly access: ClientAccess;
  /**
   * Says who it is: its subscriptions may begin, and nothing is sent yet. False when the user has as many connections as may
   * be.
   */
  identify(identity: Identity): boolean;
  /** Takes another grant for the connection; the client is not told. */
  renew(grant: RefreshGrant): void;
  /** Makes it a connected client; false when its connection has ended meanwhile. */
  admit(): boolean;
}

/** What a command is answered with: one member of a reply. */
export type CommandResult = Omit<Reply, "id" | "error" | "push">;

/** A command under way. It fails by throwing: a refusal, or anything else for an internal error. */
export interface Call {
  readonly session: Session;
  readonly context: HubContext;
  /** Sends the answer, at once. */
  readonly respond: (result: CommandResult) => void;
}

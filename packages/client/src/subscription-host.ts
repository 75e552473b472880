/** What a subscription is given by its client: the ways to the server, and what to send there. */

import type { Payload } from "@tautline/wire";
import type { Calls, Line } from "./calls.ts";
import type { Environment } from "./environment.ts";
import type { Position } from "./history.ts";
import type { ClientSettings, Token } from "./options.ts";
import type { Reason } from "./reasons.ts";
import type { WireFormat } from "./wire-format.ts";

/** What a subscription needs from its client. */
export interface SubscriptionHost {
  readonly environment: Environment;
  readonly format: WireFormat;
  readonly settings: ClientSettings;
  readonly calls: Calls;
  readonly line: Line;
  /** Whether a connection with this id is, or was, this client's. */
  isOwn(client: string): boolean;
  /** Gives up the connection, when what the server thinks of a subscription is not known. */
  restart(reason: Reason): void;
  /** The subscription is over: its channel is free. */
  release(channel: string): void;
}

/** What is sent with subscribe commands. */
export interface SubscribeTerms {
  readonly token: Token | undefined;
  /** Where the first one begins. */
  readonly since: Position | undefined;
  readonly data: Payload | undefined;
  readonly joinLeave: boolean;
  readonly echo: boolean;
  readonly delta: boolean;
}

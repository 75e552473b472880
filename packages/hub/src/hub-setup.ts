/** What a hub is made of, and what it is told of each connection. */

import type { Codec } from "@tautline/wire";
import type { OwnChannels } from "./channels/namespaces.ts";
import type { AnyContract } from "./contracts.ts";
import type { ConnectionInfo } from "./hub-client.ts";
import type { NodeFacts } from "./nodes/node-info.ts";
import type { HubOptions } from "./options.ts";
import type { Broker } from "./ports/broker.ts";
import type { Prepare } from "./ports/client-connection.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";
import type { Meter } from "./ports/meter.ts";
import type { TokenVerifier } from "./ports/token-verifier.ts";
import type { Tracer } from "./ports/tracer.ts";
import type { EmulationAddress } from "./session.ts";

/** What a hub is made of. */
export interface HubSetup {
  readonly clock: Clock;
  /** Makes an id that nobody can guess, such as a random UUID. */
  readonly randomId: () => string;
  readonly prepare: Prepare;
  /** Silent by default. */
  readonly logger?: Logger;
  /** Keeps counts; nobody by default. */
  readonly meter?: Meter;
  /** Makes spans of what clients ask for; nobody by default. */
  readonly tracer?: Tracer | undefined;
  /**
   * Verifies tokens of connections and subscriptions. With one, who comes with a good token is who it says, and who comes
   * without has to be let in by a connect hook. None by default: then hooks see tokens as they are.
   */
  readonly tokens?: TokenVerifier;
  /** In memory by default: one hub, nothing is kept when the process ends. */
  readonly broker?: Broker;
  /** A number in [0, 1) for spreading pings in time; `Math.random` by default. */
  readonly random?: () => number;
  /** What other hubs are told of the process that this one is in; nothing by default. */
  readonly facts?: () => NodeFacts;
  readonly options?: Partial<HubOptions>;
  /**
   * Channels whose contracts have schemas: what clients publish there is held to them, before any hook sees it, and what
   * the schema made of it is what subscribers get. A publication that does not fit is refused with the field named.
   */
  readonly contracts?: readonly AnyContract[];
  /**
   * What channels do that whoever makes the hub needs for itself: by namespace, or by the whole name of a channel where there is
   * a ":" in it. They are known beside the namespaces of `options`, which win over those of the same name, and are no
   * reason to take names with other namespaces for unknown. Default: none.
   */
  readonly ownChannels?: OwnChannels | undefined;
}

/** What is known of a connection when it is handed over. */
export interface AcceptInfo extends ConnectionInfo {
  /** The format that was agreed on; JSON by default. */
  readonly codec?: Codec | undefined;
  /** Where the client sends its commands when they cannot come over the connection itself; it is told on connecting. */
  readonly emulation?: EmulationAddress | undefined;
  /**
   * Whether the client can say nothing after the connect command: no pongs are waited for, and the connection ends when
   * it may not connect. Default: false.
   */
  readonly unidirectional?: boolean | undefined;
}

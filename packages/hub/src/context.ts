/**
 * What the clients of one hub have in common: its settings, its ports and its registries. The hub makes it, clients and
 * commands use it, and nobody changes it.
 */

import type { TokenGate } from "./access/token-gate.ts";
import type { Broadcast } from "./channels/broadcast.ts";
import type { Channels } from "./channels/channels.ts";
import type { FossilForms } from "./channels/fossil-forms.ts";
import type { Namespaces } from "./channels/namespaces.ts";
import type { PositionWatch } from "./channels/position-watch.ts";
import type { Contracts } from "./contracts.ts";
import type { Handlers } from "./handlers.ts";
import type { HubOptions } from "./options.ts";
import type { Tally } from "./limits/tally.ts";
import type { Policy } from "./policy.ts";
import type { Broker } from "./ports/broker.ts";
import type { Prepare } from "./ports/client-connection.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";
import type { Meter } from "./ports/meter.ts";
import type { Tracer } from "./ports/tracer.ts";
import type { Attendance } from "./subscriptions/attendance.ts";

export interface HubContext {
  readonly options: HubOptions;
  readonly namespaces: Namespaces;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Absent when nobody wants traces. */
  readonly tracer: Tracer | undefined;
  readonly broker: Broker;
  readonly prepare: Prepare;
  /** A number in [0, 1) for spreading pings in time. */
  readonly random: () => number;
  readonly policy: Policy;
  readonly tokens: TokenGate;
  /** How many connections each user has, and those to be. */
  readonly users: Tally;
  readonly channels: Channels;
  readonly forms: FossilForms;
  readonly positions: PositionWatch;
  readonly attendance: Attendance;
  readonly handlers: Handlers;
  readonly contracts: Contracts;
  /** The ping, the same for all clients. */
  readonly ping: Broadcast;
}

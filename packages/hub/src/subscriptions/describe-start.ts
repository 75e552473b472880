/** What a client is told about its new subscription, in the protocol's words. */

import type { SubscribeResult } from "@tautline/wire";
import type { Lifetime } from "../access/term.ts";
import type { ChannelOptions } from "../channels/channel-options.ts";
import { isPositioned } from "../channels/channel-options.ts";
import type { FormatForms } from "../channels/fossil-forms.ts";
import type { Position } from "../ports/broker.ts";
import type { Start } from "./catch-up.ts";
import type { SubscriptionTerms } from "./subscription-plan.ts";

/** The start in a channel whose subscribers have no place in a log. */
export const startWithoutPosition: Start = Object.freeze({
  position: Object.freeze({ offset: 0, epoch: "" }),
  wasRecovering: false,
  recovered: false,
  publications: Object.freeze([]),
});

export interface StartFacts {
  readonly options: ChannelOptions;
  readonly terms: SubscriptionTerms;
  readonly lifetime: Lifetime;
  readonly start: Start;
  /** What the client asked to go on from. */
  readonly since: Position | undefined;
  readonly deltas: boolean;
  readonly forms: FormatForms;
}

export function describeStart(facts: StartFacts): SubscribeResult {
  const { options, terms, lifetime, start, since, deltas, forms } = facts;
  const { position, wasRecovering, recovered, publications } = start;
  return {
    ...lifetime,
    ...(terms.data !== undefined && { data: terms.data }),
    ...(deltas && { delta: true }),
    ...(isPositioned(options) && {
      positioned: true,
      recoverable: options.recovery !== "none",
      epoch: position.epoch,
      // Where the client goes on from: with what was missed it comes to the newest place by itself.
      offset: recovered ? (since?.offset ?? 0) : position.offset,
      was_recovering: wasRecovering,
      recovered,
    }),
    ...(publications.length > 0 && {
      publications: deltas ? forms.run(publications) : publications,
    }),
  };
}

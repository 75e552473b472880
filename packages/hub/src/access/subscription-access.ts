/** What a subscription was granted besides itself: more operations, a limited time, or both. Most have neither, and none of these. */

import type { SubscriptionTerms } from "../subscriptions/subscription-plan.ts";
import type { Operation } from "./capabilities.ts";
import type { TermSetup } from "./term.ts";
import { Term } from "./term.ts";

export class SubscriptionAccess {
  readonly term: Term;
  /** Whether the subscription stands on a capability of the connection alone. */
  readonly byCapability: boolean;
  #allow: readonly Operation[];

  /** `over` is called when the subscription's time is over. */
  constructor(setup: TermSetup, terms: SubscriptionTerms, over: () => void) {
    const { expiresAtMs, renewal, allow = [], byCapability = false } = terms;
    this.term = new Term(setup, over);
    this.term.set(expiresAtMs, renewal);
    this.byCapability = byCapability;
    this.#allow = allow;
  }

  /** Whether there is anything to keep of `terms`. */
  static isIn({ expiresAtMs, renewal, allow = [], byCapability }: SubscriptionTerms): boolean {
    const lasting = expiresAtMs === undefined && renewal !== "client";
    return !lasting || allow.length > 0 || byCapability === true;
  }

  permits(operation: Operation): boolean {
    return this.#allow.includes(operation);
  }

  /** Takes another grant. What may be done stays when nothing is said about it. */
  renew({
    expiresAtMs,
    allow = this.#allow,
  }: Pick<SubscriptionTerms, "expiresAtMs" | "allow">): void {
    this.#allow = allow;
    this.term.set(expiresAtMs);
  }
}

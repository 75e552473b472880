/** Which cases a broker has to keep, given what its engine lacks. */

import type { BrokerCase, BrokerFeature } from "./broker-world.ts";
import { deliveryCases } from "./delivery-cases.ts";
import { logCases } from "./log-cases.ts";
import { memberCases } from "./member-cases.ts";
import { nodeCases } from "./node-cases.ts";
import { outageCases } from "./outage-cases.ts";

/** All cases. */
export const brokerCases: readonly BrokerCase[] = Object.freeze([
  ...deliveryCases,
  ...memberCases,
  ...logCases,
  ...nodeCases,
  ...outageCases,
]);

/** What an engine lacks, with the reason for each. */
export type Lacking = Partial<Record<BrokerFeature, string>>;

/** A case for a certain broker. */
export interface PlannedCase {
  readonly title: string;
  /** Why the broker does not keep it. It must fail then: a reason that holds no more is a mistake. */
  readonly reason: string | undefined;
  readonly play: BrokerCase["play"];
}

/**
 * All cases, for a broker whose engine lacks some features.
 *
 * @throws RangeError when a feature is named that no case needs
 */
export function planCases(lacking: Lacking = {}): readonly PlannedCase[] {
  const needed = new Set<string>(brokerCases.flatMap(({ needs }) => needs));
  for (const feature of Object.keys(lacking)) {
    if (!needed.has(feature)) throw new RangeError(`No case needs ${feature}`);
  }
  return brokerCases.map(({ name, needs, play }) => {
    const reason = needs.map((need) => lacking[need]).find((why) => why !== undefined);
    return { title: reason === undefined ? name : `${name} (does not: ${reason})`, reason, play };
  });
}

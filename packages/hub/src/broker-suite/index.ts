/**
 * The door of `@tautline/hub/broker-suite`: what every broker has to keep, as cases for any test runner. A broker's tests
 * play each case in a world of their own and name the features that their engine lacks.
 */

export type { BrokerCase, BrokerEngine, BrokerFeature, BrokerWorld } from "./broker-world.ts";
export { ManualClock } from "./manual-clock.ts";
export type { Lacking, PlannedCase } from "./plan.ts";
export { brokerCases, planCases } from "./plan.ts";

/**
 * The door of `@tautline/hub/broker-suite`: what every broker has to keep, as cases for any test runner. A broker's tests
 * play each case in a world of their own and name the features that their engine lacks.
 */

export type { BrokerCase, BrokerFeature, BrokerWorld } from "./broker-world.ts";
import type { BrokerCase } from "./broker-world.ts";
import { deliveryCases } from "./delivery-cases.ts";
import { logCases } from "./log-cases.ts";
import { memberCases } from "./member-cases.ts";

/** All cases. */
export const brokerCases: readonly BrokerCase[] = Object.freeze([
  ...deliveryCases,
  ...memberCases,
  ...logCases,
]);

/** The hub's broker over NATS: many hubs act as one. */

export type { MissingFeatureCode } from "./missing-feature.ts";
export { MissingFeature } from "./missing-feature.ts";
export type { NatsBrokerSetup } from "./nats-broker.ts";
export { NatsBroker } from "./nats-broker.ts";
export type { NatsOptions } from "./nats-options.ts";
export { natsAddress } from "./nats-options.ts";

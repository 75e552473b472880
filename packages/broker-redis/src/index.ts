/** The hub's broker over Redis: many hubs act as one. */

export type { RedisBrokerSetup } from "./redis-broker.ts";
export { RedisBroker } from "./redis-broker.ts";
export { redisAddress } from "./place.ts";
export type {
  ClusterOptions,
  HostPort,
  NodeOptions,
  RedisOptions,
  RedisPlace,
  SentinelOptions,
} from "./place.ts";

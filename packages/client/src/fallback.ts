/**
 * The door of `@tautline/client/fallback`: transports for networks in which WebSocket cannot pass, apart from the client so
 * that pages which do not need them do not load them.
 */

export type { EventSourceConstructor, EventSourceLike } from "./fallback/event-stream.ts";
export type { FallbackOptions, HttpEndpoint } from "./fallback/fallback.ts";
export { fallback, fallbackDefaults } from "./fallback/fallback.ts";
export type { Fetch } from "./fallback/http-port.ts";
export type { TransportMemory, TransportName } from "./fallback/ladder.ts";

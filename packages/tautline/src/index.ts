/** What `import … from "tautline"` gives: the server, and what both sides of a channel share. */

export { refuse, Refusal } from "@tautline/hub";
export type {
  ConnectAttempt,
  ConnectGrant,
  Hooks,
  HubChannel,
  HubClient,
  HubOptions,
  Logger,
  Member,
  PublishAttempt,
  SubscribeAttempt,
  SubscribeGrant,
} from "@tautline/hub";
export type { Capability, RefreshGrant, TokenVerifier, Tracer } from "@tautline/hub";
export type { AllowedOrigins, Connection, ConnectionOptions } from "@tautline/node";
export { connect, WebSocket, WebSocketServer } from "@tautline/node";
export type { ChannelContract, ChannelPattern, Procedure, StandardSchema } from "@tautline/wire";
export { channel, channels, disconnects, procedure, replyErrors } from "@tautline/wire";
export type { HttpTransportsSetup } from "./http/http-transports.ts";
export { HttpTransports } from "./http/http-transports.ts";
export { MemoryRelay } from "./http/memory-relay.ts";
export type { HttpTransportOptions } from "./http/options.ts";
export { httpTransportDefaults } from "./http/options.ts";
export { acceptUnidirectional } from "./http/unidirectional-websocket.ts";
export { openApiDescription } from "./api/openapi.ts";
export type { ApiOptions } from "./api/options.ts";
export { apiDefaults } from "./api/options.ts";
export type { BackendPorts } from "./hooks/backend-hooks.ts";
export { backendHooks } from "./hooks/backend-hooks.ts";
export type { HookEnd, HookMeter } from "./hooks/meter.ts";
export type { BackendOptions, HookName } from "./hooks/options.ts";
export { backendDefaults } from "./hooks/options.ts";
export type { SignatureTerms, SignedRequest } from "./hooks/signature.ts";
export { verifyHookSignature } from "./hooks/signature.ts";
export type { MetricSpec } from "./metrics/metric-table.ts";
export { metricTable } from "./metrics/metric-table.ts";
export type { ServeHooks } from "./serve/serve-hooks.ts";
export type { ServeOptions } from "./serve/options.ts";
export { serve } from "./serve/serve.ts";
export type { TautlineServer } from "./serve/server.ts";
export { jwtVerifier } from "./tokens/jwt-verifier.ts";
export type { TokenOptions } from "./tokens/token-options.ts";
export { tokenDefaults } from "./tokens/token-options.ts";

/** The door of `@tautline/protocol`: everything that may be imported from it. */
export { BlockPool } from "./block-pool.ts";
export { CloseCode, isSendableCloseCode, maxCloseReasonBytes } from "./close-codes.ts";
export { Engine } from "./engine.ts";
export type { ConnectionEnd, EngineEvents, EngineOptions, TransportAction } from "./engine.ts";
export {
  ConnectionFailed,
  LimitExceeded,
  ProtocolViolation,
  TautlineError,
  UsageError,
  errorTable,
} from "./errors.ts";
export type {
  ConnectionFailedCode,
  ErrorCode,
  LimitExceededCode,
  ProtocolViolationCode,
  UsageErrorCode,
} from "./errors.ts";
export { maxControlBytes, Opcode } from "./opcodes.ts";
export { engineDefaults, resolveEngineSettings } from "./options.ts";
export type { EngineLimits, EngineSettings, EngineTimes, Role } from "./options.ts";
export type { Platform } from "./platform.ts";
export { PreparedMessage, prepareMessage } from "./prepared-message.ts";
export { engineStates } from "./states.ts";
export type { EngineEvent, EngineState } from "./states.ts";

/** The door of `@tautline/protocol`: everything that may be imported from it. */
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
export type { Platform } from "./platform.ts";

/** The settings of the transports over plain HTTP: one interface, one frozen set of defaults, one function that joins the two. */
import type { AllowedOrigins } from "@tautline/node";

export interface HttpTransportOptions {
  /**
   * Which pages may use the transports, by their origin. Pages of other hosts in a list are told by CORS that they may read
   * the answers, with the user's cookies. Default: `same-host`.
   */
  readonly allowedOrigins: AllowedOrigins;
  /** What stands before every path, such as `/realtime`. Default: nothing. */
  readonly prefix: string;
  /** Bytes of one request's body, and of the connect command in a query. Default: 64 KiB. */
  readonly maxBodyBytes: number;
  /** Milliseconds a body may take to arrive. Default: 10,000. */
  readonly bodyTimeoutMs: number;
  /** Requests whose body is being read or whose commands wait to be taken, over all clients; more get 503. Default: 1,024. */
  readonly maxPendingRequests: number;
  /**
   * Requests of one client whose commands wait to be taken; with more it is disconnected with "too many requests".
   * Default: 64.
   */
  readonly maxWaitingFrames: number;
  /** Streams and polling clients at once; more get 503. Default: 100,000. */
  readonly maxConnections: number;
  /** Milliseconds a poll is held when there is nothing to say. Default: 20,000, below the time limits of common proxies. */
  readonly pollTimeoutMs: number;
  /** Milliseconds without a poll after which a polling client is gone. Default: 10,000. */
  readonly pollGraceMs: number;
  /** Bytes of messages in one answer to a poll; a single message may be longer. Default: 256 KiB. */
  readonly maxPollBytes: number;
  /** Milliseconds that another node may take to accept commands. Default: 10,000. */
  readonly relayTimeoutMs: number;
  /** Milliseconds that a stream which has ended may take to be read, before it is cut off. Default: 5,000. */
  readonly closeTimeoutMs: number;
}

/** What holds when nothing is said. */
export const httpTransportDefaults: HttpTransportOptions = Object.freeze({
  allowedOrigins: "same-host",
  prefix: "",
  maxBodyBytes: 65_536,
  bodyTimeoutMs: 10_000,
  maxPendingRequests: 1024,
  maxWaitingFrames: 64,
  maxConnections: 100_000,
  pollTimeoutMs: 20_000,
  pollGraceMs: 10_000,
  maxPollBytes: 262_144,
  relayTimeoutMs: 10_000,
  closeTimeoutMs: 5_000,
});

/** @throws RangeError for a number below 1, or a prefix that is no path. */
export function resolveTransportOptions(
  given: Partial<HttpTransportOptions> = {},
): HttpTransportOptions {
  const resolved = { ...httpTransportDefaults, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    // Written so that NaN fails too.
    if (typeof value === "number" && !(value >= 1)) {
      throw new RangeError(`${name} must be at least 1`);
    }
  }
  if (!/^(\/[^/?#]+)*$/u.test(resolved.prefix)) {
    throw new RangeError("prefix must be empty, or begin with a slash and not end with one");
  }
  return Object.freeze(resolved);
}

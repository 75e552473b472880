/** The settings of the HTTP API: one interface, one frozen set of defaults, one function that joins the two. */

export interface ApiOptions {
  /**
   * The keys, any of which opens the API, each of at least 16 visible characters of ASCII. Without any the API is closed, and
   * its paths are as if they were not there. Default: none.
   */
  readonly keys: readonly string[];
  /** What stands before the names of its methods. Default: `/api`. */
  readonly prefix: string;
  /** Bytes of one request's body. Default: 1 MiB. */
  readonly maxBodyBytes: number;
  /** Milliseconds a body may take to arrive. Default: 10,000. */
  readonly bodyTimeoutMs: number;
  /**
   * Milliseconds a method may take; after that it is answered with error 100, and whether it was carried out is unknown.
   * Default: 10,000.
   */
  readonly methodTimeoutMs: number;
  /** Requests whose body is being read or which are being carried out; more get 503. Default: 1,024. */
  readonly maxPendingRequests: number;
}

/** What holds when nothing is said. */
export const apiDefaults: ApiOptions = Object.freeze({
  keys: Object.freeze([]),
  prefix: "/api",
  maxBodyBytes: 1_048_576,
  bodyTimeoutMs: 10_000,
  methodTimeoutMs: 10_000,
  maxPendingRequests: 1024,
});

/** @throws RangeError for a number below 1, or a prefix that is no path. */
export function resolveApiOptions(given: Partial<ApiOptions> = {}): ApiOptions {
  const resolved = { ...apiDefaults, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    // Written so that NaN fails too.
    if (typeof value === "number" && !(value >= 1)) {
      throw new RangeError(`${name} must be at least 1`);
    }
  }
  if (!/^(\/[^/?#]+)+$/u.test(resolved.prefix)) {
    throw new RangeError("The prefix of the API begins with a slash and does not end with one");
  }
  return Object.freeze(resolved);
}

/** The settings of hooks to a backend: one interface, one frozen set of defaults, one function that joins the two. */

/** What a backend can be asked, or told. */
export const hookNames = [
  "connect",
  "refresh",
  "subscribe",
  "subRefresh",
  "publish",
  "rpc",
  "disconnect",
] as const;

export type HookName = (typeof hookNames)[number];

export interface BackendOptions {
  /**
   * Where the backend is asked, by hook: `connect`, `refresh`, `subscribe`, `subRefresh`, `publish`, `rpc`, `disconnect`. What
   * has no address is not asked. Default: none.
   */
  readonly urls: Readonly<Partial<Record<HookName, string>>>;
  /**
   * Secrets with which requests are signed, each with all of them, so that one can be replaced without a pause; each of at least
   * 16 characters. Default: none, nothing is signed.
   */
  readonly secrets: readonly string[];
  /** Milliseconds one attempt may take, answer included. Default: 3,000. */
  readonly timeoutMs: number;
  /**
   * How often what failed is tried again, where twice does no harm: never for `publish` and `rpc`. A client has 10 seconds to
   * be let in, so all attempts together should take less. Default: 2.
   */
  readonly retries: number;
  /** Milliseconds before the first new attempt, doubled with each, less up to half at random. Default: 100. */
  readonly retryDelayMs: number;
  /** Requests under way at once. Default: 256. */
  readonly maxConcurrent: number;
  /** Requests that wait for their turn; further ones fail at once. Default: 1,024. */
  readonly maxWaiting: number;
  /** Bytes of an answer. Default: 1 MiB. */
  readonly maxAnswerBytes: number;
  /**
   * Headers of the request that opened the client's connection which are sent along, such as `cookie` and `authorization`.
   * Default: none.
   */
  readonly forwardHeaders: readonly string[];
  /** Headers of the server's own that are sent along. Default: none. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What holds when nothing is said. */
export const backendDefaults: BackendOptions = Object.freeze({
  urls: Object.freeze({}),
  secrets: Object.freeze([]),
  timeoutMs: 3_000,
  retries: 2,
  retryDelayMs: 100,
  maxConcurrent: 256,
  maxWaiting: 1024,
  maxAnswerBytes: 1_048_576,
  forwardHeaders: Object.freeze([]),
  headers: Object.freeze({}),
});

/** What would make another request of it than the one that is meant. */
const ownHeaders = new Set([
  "host",
  "connection",
  "content-type",
  "content-length",
  "transfer-encoding",
  "upgrade",
]);

/** @throws RangeError for an address that is none, a header that cannot be forwarded, a short secret or a number below 1 */
export function resolveBackendOptions(given: Partial<BackendOptions> = {}): BackendOptions {
  const resolved = { ...backendDefaults, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    const least = name === "retries" || name === "maxWaiting" ? 0 : 1;
    // Written so that NaN fails too.
    if (typeof value === "number" && !(value >= least)) {
      throw new RangeError(`${name} must be at least ${least}`);
    }
  }
  for (const name of hookNames) requireUrl(name, resolved.urls[name]);
  if (resolved.secrets.some(({ length }) => length < 16)) {
    throw new RangeError("A secret of hooks has at least 16 characters");
  }
  const forwardHeaders = resolved.forwardHeaders.map((name) => name.toLowerCase());
  const own = forwardHeaders.find((name) => ownHeaders.has(name));
  if (own !== undefined) throw new RangeError(`The header ${own} cannot be forwarded`);
  return Object.freeze({ ...resolved, forwardHeaders });
}

function requireUrl(name: HookName, text: string | undefined): void {
  if (text === undefined) return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  // `fetch` takes no address with a password in it; a header can carry one.
  if (!isHttp || url.username !== "" || url.password !== "") {
    throw new RangeError(`The address of the ${name} hook is no http or https address`);
  }
}

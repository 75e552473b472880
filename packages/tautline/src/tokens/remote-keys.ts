/**
 * The keys that an authority publishes, kept for a while. However many tokens come, good or not, the authority is asked
 * seldom: not again before a time has passed since the last answer, nor since the last failure.
 */
import { createRemoteJWKSet, customFetch } from "jose";
import type { FetchImplementation, RemoteJWKSet } from "jose";

/** Keys are fetched anew when they are older, in milliseconds. */
const cacheMaxAgeMs = 600_000;
/** And for a key that is not among them, but not before so many milliseconds after the last time. */
const coolDownMs = 30_000;
/** An authority that failed is left alone for so many milliseconds. */
const failureCoolDownMs = 5_000;
/** How long it may take, in milliseconds. */
const timeoutMs = 5_000;
/** How long its answer may be, in bytes. */
const maxAnswerBytes = 262_144;

/** What published keys may be used with: signatures alone, for a secret that is published is none. */
export const remoteAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** The keys cannot be had: nothing can be said about a token. */
class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** @throws RangeError when the address is none, or not a safe one */
export function remoteKeys(address: string | URL, overHttp: boolean): RemoteJWKSet {
  const text = String(address);
  if (!URL.canParse(text)) throw new RangeError("jwksUrl is no address");
  const url = new URL(text);
  const { protocol } = url;
  if (protocol !== "https:" && !(protocol === "http:" && (overHttp || isLoopback(url.hostname)))) {
    throw new RangeError(
      "jwksUrl begins with https: keys that come over http could be anybody's (dangerouslyFetchKeysOverHttp)",
    );
  }
  return createRemoteJWKSet(url, {
    cacheMaxAge: cacheMaxAgeMs,
    cooldownDuration: coolDownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: carefulFetch(),
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

/** Fetches with a limit on the answer's length, and not again soon after a failure. */
function carefulFetch(): FetchImplementation {
  let failed: { readonly until: number; readonly error: KeysUnavailable } | undefined;
  return async (url, options) => {
    if (failed !== undefined && Date.now() < failed.until) throw failed.error;
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`The answer has the status ${response.status}`);
      const body = await bodyOf(response);
      if (!isKeySet(JSON.parse(body))) throw new Error("The answer is no set of keys");
      failed = undefined;
      return new Response(body);
    } catch (cause) {
      const error = new KeysUnavailable("The keys of tokens cannot be had", { cause });
      failed = { until: Date.now() + failureCoolDownMs, error };
      throw error;
    }
  };
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > maxAnswerBytes)
      throw new Error(`The answer has more than ${maxAnswerBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** RFC 7517 §5: an object with a list of objects. */
function isKeySet(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("keys" in value)) return false;
  const { keys } = value;
  return Array.isArray(keys) && keys.every((key) => typeof key === "object" && key !== null);
}

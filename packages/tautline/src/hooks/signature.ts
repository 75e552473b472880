/**
 * Signatures of requests to a backend: an HMAC over the time and the body, so that the backend knows who has sent them, that
 * nobody has changed them, and that they are not old ones once more.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The header that carries it. */
export const signatureHeader = "X-Tautline-Signature";

/** As in `t=1767225600,v1=5257a8…`, with one `v1` for each secret: `t` in seconds, `v1` HMAC-SHA-256 of `t.body` in hex. */
export function signatureOf(body: string, secrets: readonly string[], nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const signatures = secrets.map((secret) => `v1=${digest(secret, seconds, body).toString("hex")}`);
  return [`t=${seconds}`, ...signatures].join(",");
}

export interface SignedRequest {
  /** The value of `X-Tautline-Signature`. */
  readonly signature: string | undefined;
  /** The body, as it arrived. */
  readonly body: string;
}

export interface SignatureTerms {
  /** Any of which the request may be signed with. */
  readonly secrets: readonly string[];
  /** Milliseconds by which the two clocks may differ, and a request may be old. Default: 300,000, five minutes. */
  readonly toleranceMs?: number | undefined;
  /** Milliseconds since 1970. Default: now. */
  readonly nowMs?: number | undefined;
}

/** For backends on Node.js: whether the request was signed with one of the secrets, and not long ago. */
export function verifyHookSignature(
  { signature = "", body }: SignedRequest,
  { secrets, toleranceMs = 300_000, nowMs = Date.now() }: SignatureTerms,
): boolean {
  const parts = signature.split(",").map((part) => part.trim().split("=", 2));
  const seconds = Number(parts.find(([name]) => name === "t")?.[1] ?? Number.NaN);
  // Written so that NaN fails too.
  if (!(Math.abs(nowMs - seconds * 1000) <= toleranceMs)) return false;
  const given = parts
    .filter(([name]) => name === "v1")
    .map(([, hex = ""]) => Buffer.from(hex, "hex"));
  return secrets.some((secret) => {
    const expected = digest(secret, seconds, body);
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

function digest(secret: string, seconds: number, body: string): Buffer {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest();
}

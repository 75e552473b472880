/** Signs tokens as an application's backend does, with nothing but a hash. */

import { createHmac } from "node:crypto";

export const secret = "a secret of more than thirty-two bytes, for tests alone";

export function sign(claims: object, key = secret): string {
  const parts = [{ alg: "HS256", typ: "JWT" }, claims];
  const signed = parts
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

/** The time in so many seconds, as tokens want it. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

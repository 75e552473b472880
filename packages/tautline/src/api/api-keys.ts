/**
 * Who may use the API: whoever has one of its keys. Keys are compared by digests of the same length and all of them each
 * time, so that the time it takes tells nothing of any.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Characters of a key at least: what is shorter can be guessed. */
const shortestKey = 16;

const keyGrammar = /^[\x21-\x7e]+$/u;
const authorization = /^apikey +(\S+)$/iu;

export class ApiKeys {
  readonly #secret = randomBytes(32);
  readonly #digests: readonly Buffer[];

  /** @throws RangeError for a key that is too short, or has characters that no header can carry */
  constructor(keys: readonly string[]) {
    for (const key of keys) {
      // The key itself must not end in a log.
      if (key.length < shortestKey) {
        throw new RangeError(`A key of the API has at least ${shortestKey} characters`);
      }
      if (!keyGrammar.test(key)) {
        throw new RangeError("A key of the API has visible characters of ASCII alone");
      }
    }
    this.#digests = keys.map((key) => this.#digest(key));
  }

  /** Whether there is any. */
  get any(): boolean {
    return this.#digests.length > 0;
  }

  /** Whether a request carries one of the keys: as `X-API-Key`, or as `Authorization: apikey …`. */
  admit(headers: IncomingHttpHeaders): boolean {
    const own = headers["x-api-key"];
    const given =
      typeof own === "string" ? own : authorization.exec(headers.authorization ?? "")?.[1];
    if (given === undefined) return false;
    const digest = this.#digest(given);
    let admitted = false;
    for (const known of this.#digests) {
      // No way out of the loop when it is found.
      if (timingSafeEqual(known, digest)) admitted = true;
    }
    return admitted;
  }

  #digest(key: string): Buffer {
    return createHmac("sha256", this.#secret).update(key).digest();
  }
}

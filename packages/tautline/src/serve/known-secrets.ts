/**
 * Secrets that open something to whoever has one. They are compared by digests of the same length, and all of them each time, so
 * that the time it takes tells nothing of any.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Characters of a secret at least: what is shorter can be guessed. */
const shortest = 16;

const grammar = /^[\x21-\x7e]+$/u;

export class KnownSecrets {
  readonly #key = randomBytes(32);
  readonly #digests: readonly Buffer[];

  /**
   * `what` names one of them in errors, as in "A key of the API".
   *
   * @throws RangeError for a secret that is too short, or has characters that no header can carry
   */
  constructor(what: string, secrets: readonly string[]) {
    for (const secret of secrets) {
      // The secret itself must not end in a log.
      if (secret.length < shortest) {
        throw new RangeError(`${what} has at least ${shortest} characters`);
      }
      if (!grammar.test(secret)) {
        throw new RangeError(`${what} has visible characters of ASCII alone`);
      }
    }
    this.#digests = secrets.map((secret) => this.#digest(secret));
  }

  /** Whether there is any. */
  get any(): boolean {
    return this.#digests.length > 0;
  }

  /** Whether this is one of them. */
  has(given: string): boolean {
    const digest = this.#digest(given);
    let known = false;
    for (const one of this.#digests) {
      // No way out of the loop when it is found.
      if (timingSafeEqual(one, digest)) known = true;
    }
    return known;
  }

  #digest(secret: string): Buffer {
    return createHmac("sha256", this.#key).update(secret).digest();
  }
}

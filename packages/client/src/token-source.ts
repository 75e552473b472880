/**
 * Holds the connection token and asks for another one when the server no longer takes it. It does not read tokens: only
 * the server knows whether one is good.
 */

import type { Token } from "./options.ts";

export class TokenSource {
  readonly #token: Token | undefined;
  #held: string | undefined;

  constructor(token: Token | undefined) {
    this.#token = token;
  }

  /** The token for the next attempt, "" when there is none. Throws or rejects as the application's function does. */
  current(): string | Promise<string> {
    if (this.#token === undefined) return "";
    if (typeof this.#token === "string") return this.#token;
    if (this.#held !== undefined) return this.#held;
    return this.#renewed(this.#token);
  }

  /** The held token has expired: the next attempt asks for another one. */
  expire(): void {
    this.#held = undefined;
  }

  async #renewed(source: () => string | Promise<string>): Promise<string> {
    const token = await source();
    this.#held = token;
    return token;
  }
}

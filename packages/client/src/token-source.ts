/**
 * Holds a token and asks for another one when the server no longer takes it. It does not read tokens: only the server knows
 * whether one is good.
 */

import { CallFailed } from "./errors.ts";
import type { Token } from "./options.ts";

export class TokenSource {
  readonly #token: Token;
  #held: string | undefined;

  constructor(token: Token = "") {
    this.#token = token;
    if (typeof token === "string") this.#held = token;
  }

  /**
   * The token for the next attempt, "" when there is none. Rejects as the application's function does, and with
   * `unauthorized` when that has none to give.
   */
  current(): string | Promise<string> {
    return this.#held ?? this.renew();
  }

  /** The held token has expired. False when there will be no other. */
  expire(): boolean {
    if (typeof this.#token === "string") return false;
    this.#held = undefined;
    return true;
  }

  /** Another token than the held one, which is held from then on. */
  async renew(): Promise<string> {
    const token = typeof this.#token === "string" ? undefined : await this.#token();
    if (typeof token !== "string") throw new CallFailed("unauthorized");
    this.#held = token;
    return token;
  }
}

/**
 * Brings another token when what the last one granted is about to be over, and tries again when that fails for now. The
 * same for connections and for subscriptions; what a refusal means is theirs to say.
 */

import type { Calls, Request } from "./calls.ts";
import type { Cancel, Environment } from "./environment.ts";
import { CallRefused, isUnauthorized } from "./errors.ts";
import type { Reason } from "./reasons.ts";
import { reasons } from "./reasons.ts";
import type { TokenSource } from "./token-source.ts";

/** What the server tells of the time that is left: `ttl` seconds, if it ends at all. */
export interface Lifetime {
  readonly expires?: boolean;
  readonly ttl?: number;
}

export interface RefresherSetup {
  readonly environment: Environment;
  readonly calls: Calls;
  readonly tokens: TokenSource;
  /** The command that carries the token. */
  readonly request: (token: string) => Request;
  /** The server does not take the new token, or there is none. */
  readonly refused: (reason: Reason) => void;
}

/** The first attempt after one that failed comes after this and a random part of it, in milliseconds. */
const retryDelayMs = 5000;

export class Refresher {
  readonly #setup: RefresherSetup;
  #cancel: Cancel | undefined;
  /** Counts lifetimes: what began in an earlier one is out of date. */
  #turn = 0;

  constructor(setup: RefresherSetup) {
    this.#setup = setup;
  }

  /** Waits for the end of `lifetime`, in place of any other. */
  watch({ expires, ttl = 0 }: Lifetime): void {
    this.stop();
    if (expires === true) this.#schedule(ttl * 1000);
  }

  stop(): void {
    this.#turn += 1;
    this.#cancel?.();
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#setup.environment.schedule(() => void this.#refresh(), delayMs);
  }

  async #refresh(): Promise<void> {
    const { environment, calls, tokens, request, refused } = this.#setup;
    const turn = this.#turn;
    try {
      const token = await tokens.renew();
      if (turn !== this.#turn) return;
      const { refresh, sub_refresh: subRefresh } = await calls.call(request(token));
      if (turn === this.#turn) this.watch(refresh ?? subRefresh ?? {});
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof CallRefused && !error.temporary) {
        refused({ code: error.serverCode, reason: error.serverMessage });
      } else if (isUnauthorized(error)) refused(reasons.unauthorized);
      else this.#schedule(retryDelayMs * (1 + environment.random()));
    }
  }
}

/**
 * Asks a handshake hook about one request, and watches over the peer until it has answered.
 *
 * What arrives meanwhile is kept up to a bound, and waits in the system behind it. Whether the peer is still there is known as far as
 * the exchange tells.
 */
import { ConnectionFailed, refuseHandshake } from "@tautline/protocol";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";
import type { Exchange } from "./exchange.ts";
import { acceptanceOf, isResponse, refusalOf } from "./handshake-hook.ts";
import type { HandshakeHook, HookAcceptance, HookRefusal } from "./handshake-hook.ts";

/** What came of it. */
export type HookOutcome<Data> =
  | ({ readonly kind: "accepted" } & HookAcceptance<Data>)
  | ({ readonly kind: "refused" } & HookRefusal)
  /** The hook has a bug. */
  | { readonly kind: "threw"; readonly error: unknown };

export class HookRun<Data> {
  readonly #hook: HandshakeHook<Data>;
  readonly #exchange: Exchange;
  #abort: ((reason: ConnectionFailed) => void) | undefined;

  constructor(hook: HandshakeHook<Data>, exchange: Exchange) {
    this.#hook = hook;
    this.#exchange = exchange;
  }

  /**
   * Resolves with what the hook answers, or with why that does not matter any more. Never rejects. What the hook does
   * after it was aborted is dropped, a rejection included: a peer must not make bugs of an application out of its own
   * disappearance.
   */
  async outcome(timeoutMs: number): Promise<HookOutcome<Data>> {
    const deadline = sharedDeadlines.open({
      wake: () => this.abort(new ConnectionFailed("CONNECTION_HANDSHAKE_TIMEOUT")),
    });
    deadline.move(monotonicClock.now() + timeoutMs);
    const aborted = new Promise<HookOutcome<Data>>((resolve) => {
      this.#abort = (reason) => {
        this.#abort = undefined;
        resolve({ kind: "refused", error: reason, response: refuseHandshake({ status: 503 }) });
        this.#exchange.request.abort(reason);
      };
    });
    const unwatch = this.#exchange.watch((cause) => {
      this.abort(new ConnectionFailed("CONNECTION_LOST", cause?.message, { cause }));
    });
    try {
      return await Promise.race([aborted, this.#ask()]);
    } finally {
      this.#abort = undefined;
      deadline.move(Infinity);
      // Whoever waits for the outcome listens for errors before the next one can come.
      unwatch();
    }
  }

  /** Does without the hook's answer. The request's signal is aborted with `reason`. */
  abort(reason: ConnectionFailed): void {
    this.#abort?.(reason);
  }

  async #ask(): Promise<HookOutcome<Data>> {
    try {
      const answer = await this.#hook(this.#exchange.request);
      if (typeof answer === "object" && isResponse(answer)) {
        return { kind: "refused", ...(await refusalOf(answer, this.#exchange.request.signal)) };
      }
      return { kind: "accepted", ...acceptanceOf(answer) };
    } catch (error) {
      return { kind: "threw", error };
    }
  }
}

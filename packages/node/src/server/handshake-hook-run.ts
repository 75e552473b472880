/**
 * Asks a handshake hook about one request, and watches over the socket until it has answered.
 *
 * The socket is not read meanwhile: what arrives waits in its buffer, which the stream bounds, and behind that in the
 * system. Whether the peer is still there is known as far as the transport tells without being read.
 */
import type { Duplex } from "node:stream";
import { ConnectionFailed, refuseHandshake } from "@tautline/protocol";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";
import { acceptanceOf, isResponse, refusalOf } from "./handshake-hook.ts";
import type { HandshakeHook, HookAcceptance, HookRefusal } from "./handshake-hook.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** What came of it. */
export type HookOutcome<Data> =
  | ({ readonly kind: "accepted" } & HookAcceptance<Data>)
  | ({ readonly kind: "refused" } & HookRefusal)
  /** The hook has a bug. */
  | { readonly kind: "threw"; readonly error: unknown };

export class HookRun<Data> {
  readonly #hook: HandshakeHook<Data>;
  readonly #request: UpgradeRequest;
  readonly #socket: Duplex;
  #abort: ((reason: ConnectionFailed) => void) | undefined;

  constructor(hook: HandshakeHook<Data>, request: UpgradeRequest, socket: Duplex) {
    this.#hook = hook;
    this.#request = request;
    this.#socket = socket;
  }

  /**
   * Resolves with what the hook answers, or with why that does not matter any more. Never rejects. What the hook does
   * after it was aborted is dropped, a rejection included: a peer must not make bugs of an application out of its own
   * disappearance.
   */
  async outcome(timeoutMs: number): Promise<HookOutcome<Data>> {
    const socket = this.#socket;
    const deadline = sharedDeadlines.open({
      wake: () => this.abort(new ConnectionFailed("CONNECTION_HANDSHAKE_TIMEOUT")),
    });
    deadline.move(monotonicClock.now() + timeoutMs);
    const aborted = new Promise<HookOutcome<Data>>((resolve) => {
      this.#abort = (reason) => {
        this.#abort = undefined;
        resolve({ kind: "refused", error: reason, response: refuseHandshake({ status: 503 }) });
        this.#request.abort(reason);
      };
    });
    socket.on("error", this.#onLost);
    socket.on("end", this.#onLost);
    socket.on("close", this.#onLost);
    // Without reading anything out, so that the end of the peer is noticed where nothing came before it.
    socket.read(0);
    try {
      return await Promise.race([aborted, this.#ask()]);
    } finally {
      this.#abort = undefined;
      deadline.move(Infinity);
      // Whoever waits for the outcome listens for errors before the next one can come.
      socket.off("end", this.#onLost);
      socket.off("close", this.#onLost);
      socket.off("error", this.#onLost);
    }
  }

  /** Does without the hook's answer. The request's signal is aborted with `reason`. */
  abort(reason: ConnectionFailed): void {
    this.#abort?.(reason);
  }

  readonly #onLost = (error?: Error | boolean): void => {
    const cause = error instanceof Error ? error : undefined;
    this.abort(new ConnectionFailed("CONNECTION_LOST", cause?.message, { cause }));
  };

  async #ask(): Promise<HookOutcome<Data>> {
    try {
      const answer = await this.#hook(this.#request);
      if (typeof answer === "object" && isResponse(answer)) {
        return { kind: "refused", ...(await refusalOf(answer, this.#request.signal)) };
      }
      return { kind: "accepted", ...acceptanceOf(answer) };
    } catch (error) {
      return { kind: "threw", error };
    }
  }
}

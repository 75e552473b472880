/**
 * The backend, as hooks ask it: a POST with JSON, signed, answered in time and not at any length, tried again where that does no
 * harm, and never by more requests at once than it should have. What is asked and what answers mean is decided elsewhere.
 */
import { randomUUID } from "node:crypto";

import type { Clock } from "@tautline/hub";

import type { BackendOptions, HookName } from "./options.ts";
import { signatureHeader, signatureOf } from "./signature.ts";
import { Turnstile } from "./turnstile.ts";

/** The backend did not answer as it should. */
class BackendFailure extends Error {
  override readonly name = "BackendFailure";
  /** Whether it may be otherwise in a moment. */
  readonly passing: boolean;

  constructor(reason: string, passing: boolean, cause?: unknown) {
    super(reason, { cause });
    this.passing = passing;
  }
}

export interface BackendSetup {
  readonly options: BackendOptions;
  readonly clock: Clock;
  /** A number in [0, 1) for spreading attempts in time. */
  readonly random: () => number;
}

export interface Question {
  readonly hook: HookName;
  readonly body: object;
  /** Headers to send along. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it does no harm to ask twice. */
  readonly repeatable: boolean;
}

export class Backend {
  readonly #setup: BackendSetup;
  readonly #turnstile: Turnstile;

  constructor(setup: BackendSetup) {
    const { maxConcurrent, maxWaiting } = setup.options;
    this.#setup = setup;
    this.#turnstile = new Turnstile(maxConcurrent, maxWaiting);
  }

  /** Resolves with the answer, as text. @throws BackendFailure */
  async ask(question: Question): Promise<string> {
    const turn = this.#turnstile.enter();
    if (turn === undefined) throw new BackendFailure("too many requests wait for it", true);
    const leave = await turn;
    const { retries } = this.#setup.options;
    try {
      const attempts = question.repeatable ? retries + 1 : 1;
      // The same for all attempts: by it the backend knows what it has seen already.
      return await this.#try(question, randomUUID(), attempts);
    } finally {
      leave();
    }
  }

  async #try(question: Question, id: string, attempts: number): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(question, id);
      } catch (error) {
        const passing = error instanceof BackendFailure && error.passing;
        if (!passing || attempt >= attempts) throw error;
      }
      await this.#pause(attempt);
    }
  }

  #pause(attempt: number): Promise<void> {
    const { clock, random, options } = this.#setup;
    const longest = options.retryDelayMs * 2 ** (attempt - 1);
    return new Promise((resolve) => {
      clock.schedule(resolve, longest * (1 - random() / 2));
    });
  }

  async #send({ hook, body, headers }: Question, id: string): Promise<string> {
    const { clock, options } = this.#setup;
    const { urls, secrets, timeoutMs } = options;
    const text = JSON.stringify(body);
    const abort = new AbortController();
    const cancel = clock.schedule(() => abort.abort(), timeoutMs);
    try {
      const response = await fetch(urls[hook] ?? "", {
        method: "POST",
        headers: {
          ...options.headers,
          ...headers,
          "Content-Type": "application/json",
          "X-Tautline-Hook": hook,
          "X-Tautline-Hook-Id": id,
          ...(secrets.length > 0 && { [signatureHeader]: signatureOf(text, secrets, clock.now()) }),
        },
        body: text,
        redirect: "error",
        signal: abort.signal,
      });
      return await this.#read(response);
    } catch (error) {
      if (error instanceof BackendFailure) throw error;
      const reason = abort.signal.aborted ? "it took too long" : "it could not be reached";
      throw new BackendFailure(reason, true, error);
    } finally {
      cancel();
    }
  }

  /** The body of a good answer, as text. */
  async #read({ status, body }: Response): Promise<string> {
    if (status < 200 || status > 299) {
      await body?.cancel();
      throw new BackendFailure(
        `it answered with status ${status}`,
        status >= 500 || status === 429,
      );
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body ?? []) {
      length += chunk.length;
      // Leaving the loop ends the answer.
      if (length > this.#setup.options.maxAnswerBytes) {
        throw new BackendFailure("its answer is too long", false);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }
}

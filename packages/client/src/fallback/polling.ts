/**
 * Asks again and again what there is. Each answer says how far it goes, and each question how far the client is: an answer
 * that is lost on the way is asked for again, and given again.
 */

import type { Cancel, Environment } from "../environment.ts";
import type { Listening, ListeningEvents } from "./emulated-link.ts";
import type { Fetch } from "./http-port.ts";
import { postJson } from "./http-port.ts";
import { fieldOf, parsed } from "./session-address.ts";

/** How long to wait before a question is asked again; the server waits longer for it than all of them together. */
const retryDelaysMs: readonly number[] = [100, 500, 1000, 2000];

/** Who asks, and how far it is. */
interface Place {
  readonly session: string;
  readonly node: string;
  readonly cursor: number;
}

/** The server's answer was another than the protocol has: asking again does not help. */
class Refused extends Error {}

export class Polling implements Listening {
  readonly #fetch: Fetch;
  readonly #url: string;
  readonly #environment: Environment;
  readonly #events: ListeningEvents;
  readonly #aborter = new AbortController();
  #place: Place | undefined;
  #cancelPause: Cancel | undefined;

  constructor(
    platform: { readonly fetch: Fetch; readonly environment: Environment },
    url: string,
    events: ListeningEvents,
  ) {
    this.#fetch = platform.fetch;
    this.#environment = platform.environment;
    this.#url = url;
    this.#events = events;
  }

  start(first: string): void {
    this.#run(first).then(
      () => this.#events.ended("the connection has ended"),
      (error: unknown) => this.#events.ended(String(error)),
    );
  }

  stop(): void {
    if (this.#aborter.signal.aborted) return;
    this.#aborter.abort();
    this.#cancelPause?.();
    if (this.#place === undefined) return;
    // So that others see at once that this client has gone, even when its page goes as well.
    const leaving = { ...this.#place, leave: true };
    postJson(this.#fetch, this.#url, leaving, { keepalive: true }).catch(() => undefined);
  }

  async #run(first: string): Promise<void> {
    let over = this.#take(await this.#ask({ data: first }));
    while (!over) over = this.#take(await this.#askUntilAnswered());
  }

  async #askUntilAnswered(): Promise<string> {
    for (const delayMs of retryDelaysMs) {
      try {
        return await this.#ask({ ...this.#place });
      } catch (error) {
        if (error instanceof Refused || this.#aborter.signal.aborted) throw error;
        await this.#pause(delayMs);
      }
    }
    return this.#ask({ ...this.#place });
  }

  async #ask(question: object): Promise<string> {
    const { signal } = this.#aborter;
    const response = await postJson(this.#fetch, this.#url, question, { signal });
    if (response.ok) return response.text();
    // What stands between may fail for a moment; what the server says holds.
    if (response.status >= 500 && this.#place !== undefined) throw new Error("no answer");
    throw new Refused(`HTTP ${response.status}`);
  }

  /** Hands on what came, and says whether that was the last. */
  #take(answer: string): boolean {
    const end = answer.indexOf("\n");
    const head = parsed(end < 0 ? answer : answer.slice(0, end));
    const session = fieldOf(head, "session");
    const node = fieldOf(head, "node");
    const cursor = fieldOf(head, "cursor");
    if (typeof session !== "string" || typeof node !== "string" || typeof cursor !== "number") {
      throw new Refused("no answer of the protocol");
    }
    this.#place = { session, node, cursor };
    if (end >= 0) this.#events.received(answer.slice(end + 1));
    return fieldOf(head, "over") === true;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#cancelPause = this.#environment.schedule(resolve, delayMs);
    });
  }
}

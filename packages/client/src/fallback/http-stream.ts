/** Listens to a response without end, line by line. */

import type { Listening, ListeningEvents } from "./emulated-link.ts";
import type { Fetch } from "./http-port.ts";

/** A line may be as long as what a client takes from its server in one frame. */
const maxLineLength = 16_777_216;

export class HttpStream implements Listening {
  readonly #fetch: Fetch;
  readonly #url: string;
  readonly #events: ListeningEvents;
  readonly #aborter = new AbortController();

  constructor(fetch: Fetch, url: string, events: ListeningEvents) {
    this.#fetch = fetch;
    this.#url = url;
    this.#events = events;
  }

  start(first: string): void {
    this.#read(first).then(
      () => this.#events.ended("the stream has ended"),
      (error: unknown) => this.#events.ended(String(error)),
    );
  }

  stop(): void {
    this.#aborter.abort();
  }

  async #read(body: string): Promise<void> {
    const response = await this.#fetch(this.#url, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body,
      credentials: "same-origin",
      cache: "no-store",
      signal: this.#aborter.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const end = text.lastIndexOf("\n");
      // The lines that are whole are one frame.
      if (end > 0) this.#events.received(text.slice(0, end));
      text = text.slice(end + 1);
      if (text.length > maxLineLength) throw new Error("a line without an end");
    }
  }
}

/** Listens to Server-Sent Events. Coming back is the client's business, so the browser's own reconnecting is never used. */

import type { Listening, ListeningEvents } from "./emulated-link.ts";

/** The part of the WHATWG EventSource that is used here. */
export interface EventSourceLike {
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  close(): void;
}

/** A constructor of that shape: the global one of browsers, or that of a package in Node.js. */
export type EventSourceConstructor = new (url: string) => EventSourceLike;

export class EventStream implements Listening {
  readonly #eventSource: EventSourceConstructor;
  readonly #url: string;
  readonly #events: ListeningEvents;
  #source: EventSourceLike | undefined;

  constructor(eventSource: EventSourceConstructor, url: string, events: ListeningEvents) {
    this.#eventSource = eventSource;
    this.#url = url;
    this.#events = events;
  }

  // Handler properties, for their types are alike in every class of this shape.
  /* oxlint-disable unicorn/prefer-add-event-listener */
  start(first: string): void {
    const url = new URL(this.#url);
    url.searchParams.set("cf_connect", first);
    const source = new this.#eventSource(url.href);
    this.#source = source;
    source.onmessage = ({ data }: { readonly data: unknown }) =>
      this.#events.received(String(data));
    source.onerror = () => this.#events.ended("the events have ended");
  }

  stop(): void {
    this.#source?.close();
  }
}

/**
 * What links have in common whose connection carries the server's messages alone: the first frame opens the connection, later
 * ones go by requests of their own, and the end comes once. How the server's frames arrive is told by a listener.
 */

import type { Link, LinkEvents } from "../transport.ts";
import { CommandPost } from "./command-post.ts";
import type { Fetch } from "./http-port.ts";
import type { SessionAddress } from "./session-address.ts";
import { sessionAddress } from "./session-address.ts";

/** One way in which the server's frames arrive. */
export interface Listening {
  /** Opens the connection with its first frame. May throw: then it is over. */
  start(first: string): void;
  /** Ends it, without a word. */
  stop(): void;
}

/** What a way of listening tells. */
export interface ListeningEvents {
  received(frame: string): void;
  /** It is over, by itself. */
  ended(reason: string): void;
}

export interface EmulatedLinkSetup {
  readonly fetch: Fetch;
  /** Where commands go. */
  readonly emulationUrl: string;
  readonly listen: (events: ListeningEvents) => Listening;
}

/** RFC 6455 §7.1.5: what a WebSocket says of an end without a Close frame, and of one that it asked for. */
const lost = 1006;
const asked = 1005;

/** Opens a link; its `opened` comes at once, for the first frame is part of opening the connection. */
export function openEmulatedLink(setup: EmulatedLinkSetup, events: LinkEvents): Link {
  const link = new EmulatedLink(setup, events);
  queueMicrotask(() => link.open());
  return link;
}

class EmulatedLink implements Link {
  readonly #events: LinkEvents;
  readonly #post: CommandPost;
  readonly #listening: Listening;
  #address: SessionAddress | undefined;
  #state: "new" | "started" | "over" = "new";

  constructor({ fetch, emulationUrl, listen }: EmulatedLinkSetup, events: LinkEvents) {
    this.#events = events;
    this.#post = new CommandPost({
      fetch,
      url: emulationUrl,
      failed: (reason) => this.#end(lost, reason),
    });
    this.#listening = listen({
      received: (frame) => this.#receive(frame),
      ended: (reason) => this.#end(lost, reason),
    });
  }

  open(): void {
    if (this.#state === "new") this.#events.opened();
  }

  get bufferedBytes(): number {
    return this.#post.bufferedBytes;
  }

  send(frame: string): void {
    if (this.#state === "started") this.#post.send(frame);
    if (this.#state !== "new") return;
    this.#state = "started";
    this.#listening.start(frame);
  }

  close(): void {
    // Later, as a WebSocket does: whoever closes is not told within the call.
    queueMicrotask(() => this.#end(asked, ""));
  }

  #receive(frame: string): void {
    if (this.#state === "over") return;
    if (this.#address === undefined) {
      this.#address = sessionAddress(frame);
      if (this.#address !== undefined) this.#post.open(this.#address);
    }
    this.#events.received(frame);
  }

  #end(code: number, reason: string): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#post.stop();
    this.#listening.stop();
    this.#events.closed(code, reason);
  }
}

/**
 * The subscriptions of a client, by channel. It finds the one that a push is for and tells all of them when connections
 * come and go. A push for a channel without one is dropped: it was under way when the application unsubscribed.
 */

import type { Push } from "@tautline/wire";
import type { Reason } from "./reasons.ts";

/** A subscription as this file needs it, whatever its messages are. */
export interface ChannelEnd {
  readonly channel: string;
  connected(): void;
  lost(reason: Reason): void;
  push(push: Push): void;
}

export class Subscriptions<End extends ChannelEnd> {
  readonly #byChannel = new Map<string, End>();

  find(channel: string): End | undefined {
    return this.#byChannel.get(channel);
  }

  add(end: End): void {
    this.#byChannel.set(end.channel, end);
  }

  remove(channel: string): void {
    this.#byChannel.delete(channel);
  }

  connected(): void {
    for (const end of this.#byChannel.values()) end.connected();
  }

  lost(reason: Reason): void {
    for (const end of this.#byChannel.values()) end.lost(reason);
  }

  push(push: Push): void {
    this.#byChannel.get(push.channel ?? "")?.push(push);
  }
}

/** The subscriptions of a client, by channel. It finds the one that is asked for and tells all of them when connections come and go. */

import type { Reason } from "./reasons.ts";

/** A subscription as this file needs it, whatever its messages are. */
export interface ChannelEnd {
  readonly channel: string;
  connected(): void;
  lost(reason: Reason): void;
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
}

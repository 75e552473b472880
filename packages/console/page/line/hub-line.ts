/**
 * The page's line to the hub: one client for all pages, made anew when the person takes another name. It turns what the
 * client says about its connection into what the page shows; reconnecting is the client's own work.
 */
import { Client } from "@tautline/client";
import type { StateChange } from "@tautline/client";

import { Observable } from "../shell/observable.ts";
import { rememberedName } from "./person.ts";
import type { LineState, Outage } from "./line-state.ts";

export class HubLine {
  readonly state = new Observable<LineState>({ kind: "idle" });
  /** The last break of the line; undefined until there was one. */
  readonly outage = new Observable<Outage | undefined>(undefined);
  /** Undefined until somebody has a name. */
  readonly client = new Observable<Client | undefined>(undefined);
  readonly #address: string;
  /** Undefined until somebody opened it; empty for a guest. */
  #name: string | undefined;
  /** Whether the line has stood before, so that what follows is a break and not the beginning. */
  #stood = false;

  constructor(address: string) {
    this.#address = address;
  }

  /** Connects as whoever the person is already, or as a guest without a name: for pages where nobody needs one. */
  openAsGuest(): void {
    this.open(this.#name ?? rememberedName());
  }

  /** Connects under a name, or stays connected under it; empty for none. */
  open(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    const former = this.client.value;
    this.#stood = false;
    const client = new Client(this.#address, {
      data: name === "" ? {} : { name },
      name: "console",
    });
    client.onStateChange((change) => {
      if (this.client.value === client) this.#follow(change);
    });
    // From here on nobody follows the former one: that it goes is no break of the line.
    this.client.set(client);
    void former?.disconnect();
    void client.connect();
  }

  /** Makes the next attempt at once instead of waiting for its time. */
  retryNow(): void {
    void this.client.value?.connect();
  }

  #follow(change: StateChange): void {
    const { state, nextAttemptAt } = change;
    if (state === "connected") this.#stands();
    else if (this.#stood) this.#broke();
    if (state === "disconnected") this.state.set({ kind: "refused", reason: change.reason });
    else if (state === "connecting") {
      this.state.set(
        this.#stood || nextAttemptAt !== undefined
          ? { kind: "reconnecting", retryAt: nextAttemptAt }
          : { kind: "connecting" },
      );
    }
  }

  #stands(): void {
    this.#stood = true;
    this.state.set({ kind: "connected" });
    const outage = this.outage.value;
    if (outage !== undefined && outage.until === undefined) {
      this.outage.set({ ...outage, until: Date.now() });
    }
  }

  #broke(): void {
    const outage = this.outage.value;
    if (outage === undefined || outage.until !== undefined) {
      this.outage.set({ from: Date.now(), until: undefined });
    }
  }
}

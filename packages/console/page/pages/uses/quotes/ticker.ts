/**
 * The market over the hub. The channel sends pictures as differences to the one before, which the client puts together; the call says that
 * somebody watches, and brings what was before. Both are made anew after a break.
 */
import type { Client } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { readTape, withPicture } from "./tape.ts";
import type { Tape } from "./tape.ts";

export class Ticker {
  readonly tape = new Observable<Tape | undefined>(undefined);
  readonly problem = new Observable<string | undefined>(undefined);

  /** Begins to watch; the returned function ends it. */
  open(line: HubLine): () => void {
    return attend(line, (client) => {
      const market = client.subscribe("uses-quotes:market", { delta: "fossil" });
      let there = true;
      market.onPublication(({ data }) => {
        const tape = this.tape.value;
        if (tape !== undefined) this.tape.set(withPicture(tape, data));
      });
      market.onStateChange(({ state, reason }) => {
        if (!there) return;
        this.problem.set(state === "unsubscribed" ? reason : undefined);
        if (state === "subscribed") void this.#watch(client);
      });
      return () => {
        there = false;
        void market.unsubscribe();
      };
    });
  }

  async #watch(client: Client): Promise<void> {
    try {
      const tape = readTape(await client.rpc("uses.quotes.watch"));
      if (tape !== undefined) this.tape.set(tape);
    } catch (error) {
      if (client.state === "connected") this.problem.set(String(error));
    }
  }
}

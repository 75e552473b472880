/**
 * The server's figures over the hub: the last two minutes from the channel's log, and each second's as it comes. The call says that somebody
 * watches; the server measures and publishes for as long as that is so.
 */
import type { Client, Subscription } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { fieldsOf, textOf } from "../fields.ts";
import { readVitals, withVitals } from "./vitals.ts";
import type { Vitals } from "./vitals.ts";

export class VitalsLine {
  readonly rows = new Observable<readonly Vitals[]>([]);
  /** The server that this line goes to. */
  readonly node = new Observable<string | undefined>(undefined);
  readonly problem = new Observable<string | undefined>(undefined);

  /** Begins to watch; the returned function ends it. */
  open(line: HubLine): () => void {
    return attend(line, (client) => {
      const server = client.subscribe("uses-monitor:server");
      let there = true;
      server.onPublication(({ data }) => this.#hear(data));
      server.onStateChange(({ state, recovered, reason }) => {
        if (!there) return;
        this.problem.set(state === "unsubscribed" ? reason : undefined);
        if (state === "subscribed") void this.#watch(client, server, !recovered);
      });
      return () => {
        there = false;
        void server.unsubscribe();
      };
    });
  }

  async #watch(client: Client, server: Subscription<unknown>, anew: boolean): Promise<void> {
    try {
      const answer = fieldsOf(await client.rpc("uses.monitor.watch"));
      this.node.set(textOf(answer?.["node"]));
      if (!anew) return;
      const page = await server.history({ limit: 120, reverse: true });
      for (const { data } of page.publications) this.#hear(data);
    } catch (error) {
      if (client.state === "connected") this.problem.set(String(error));
    }
  }

  #hear(data: unknown): void {
    const vitals = readVitals(data);
    if (vitals !== undefined) this.rows.set(withVitals(this.rows.value, vitals));
  }
}

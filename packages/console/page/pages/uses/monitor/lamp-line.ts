/**
 * Both ends of the remote control over the hub. The operator's end gives commands by a call and hears the lamp's reports; a lamp is there while the
 * client that reported last is a member of the reports' channel. The device's end hears commands, obeys, and reports with the command's id.
 */
import { memberList } from "@tautline/client";
import type { Client, Member } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { later, newLamp, obey, readCommand, readReport } from "./lamp.ts";
import type { LampReport, LampSettings } from "./lamp.ts";

const reports = "uses-device:state";
const commands = "uses-device:wanted";
const warmEveryMs = 2_000;

/** What was asked for last, and when it was done. */
export interface Order {
  readonly id: string;
  readonly wanted: LampSettings;
  readonly sentAt: number;
  /** Milliseconds until the lamp reported that it obeyed; undefined while it has not. */
  readonly obeyedAfterMs: number | undefined;
}

export class LampControl {
  /** What the lamp reported last; undefined when nothing is known of any. */
  readonly report = new Observable<LampReport | undefined>(undefined);
  readonly present = new Observable(false);
  readonly order = new Observable<Order | undefined>(undefined);
  readonly problem = new Observable<string | undefined>(undefined);
  #client: Client | undefined;
  #reporter: string | undefined;
  #members: readonly Member[] = [];

  /** Begins to listen; the returned function ends it. */
  open(line: HubLine): () => void {
    return attend(line, (client) => {
      this.#client = client;
      const channel = client.subscribe(reports, { joinLeave: true });
      channel.onPublication(({ data, publisher }) => this.#hear(data, publisher?.client));
      channel.onStateChange(({ state, reason }) => {
        if (this.#client === client) {
          this.problem.set(state === "unsubscribed" ? reason : undefined);
        }
      });
      const list = memberList(channel);
      list.onChange(({ current }) => {
        this.#members = current;
        this.#look();
      });
      return () => {
        list.stop();
        this.#client = undefined;
        void channel.unsubscribe();
      };
    });
  }

  /** Tells the lamp what to be. It hears of it when it is there. */
  async command(wanted: LampSettings): Promise<void> {
    const id = crypto.randomUUID();
    this.order.set({ id, wanted, sentAt: performance.now(), obeyedAfterMs: undefined });
    try {
      await this.#client?.rpc("uses.device.command", { id, ...wanted });
      this.problem.set(undefined);
    } catch (error) {
      this.problem.set(error instanceof Error ? error.message : String(error));
    }
  }

  #hear(data: unknown, publisher: string | undefined): void {
    const report = readReport(data);
    if (report === undefined) return;
    this.report.set(report);
    this.#reporter = publisher;
    this.#look();
    const order = this.order.value;
    if (order?.id !== report.command || order.obeyedAfterMs !== undefined) return;
    this.order.set({ ...order, obeyedAfterMs: performance.now() - order.sentAt });
  }

  #look(): void {
    this.present.set(this.#members.some(({ client }) => client === this.#reporter));
  }
}

export class LampDevice {
  readonly lamp = new Observable<LampReport>(newLamp);
  /** Who gave the last command. */
  readonly master = new Observable("");
  #client: Client | undefined;

  /** Begins to be the lamp; the returned function ends it. */
  open(line: HubLine): () => void {
    const warm = setInterval(() => {
      this.#become(later(this.lamp.value, warmEveryMs / 1_000));
    }, warmEveryMs);
    const leave = attend(line, (client) => this.#enter(client));
    return () => {
      clearInterval(warm);
      leave();
    };
  }

  #enter(client: Client): () => void {
    this.#client = client;
    const wanted = client.subscribe(commands);
    const own = client.subscribe(reports, { joinLeave: true, echo: false });
    wanted.onPublication(({ data }) => {
      const command = readCommand(data);
      // After a break the channel says again what was wanted last.
      if (command === undefined || command.id === this.lamp.value.command) return;
      this.master.set(command.by);
      this.#become(obey(this.lamp.value, command));
    });
    own.onStateChange(({ state }) => {
      if (state === "subscribed") this.#report();
    });
    return () => {
      this.#client = undefined;
      void wanted.unsubscribe();
      void own.unsubscribe();
    };
  }

  #become(lamp: LampReport): void {
    const before = this.lamp.value;
    const same = before.command === lamp.command && before.warmth === lamp.warmth;
    if (same) return;
    this.lamp.set(lamp);
    this.#report();
  }

  #report(): void {
    const client = this.#client;
    // Without a line nothing is said; the next one begins with a report.
    if (client?.state !== "connected") return;
    client.publish(reports, this.lamp.value).catch(() => undefined);
  }
}

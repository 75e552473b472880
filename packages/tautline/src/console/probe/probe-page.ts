/**
 * One page that looks at traffic: its orders come in, what is seen goes out. It has one connection to look at, dialled or watched; a
 * new one takes the old one's place.
 */
import type { Logger } from "@tautline/hub";
import type { Connection } from "@tautline/node";

import type { AllowedHosts, Endpoint } from "./allowed-hosts.ts";
import type { ConnectionRegister } from "./connection-register.ts";
import { Dial } from "./dial.ts";
import type { Order } from "./orders.ts";
import { WrongOrder, readOrder } from "./orders.ts";
import type { ProbeEvent } from "./probe-events.ts";
import { wallClock } from "./probe-events.ts";
import { probeLimits } from "./probe-limits.ts";
import { Watch } from "./watch.ts";

/** What a page needs of its connection. */
type PageLine = Pick<Connection, "bufferedBytes" | "send" | "onMessage" | "onDrain" | "onClose">;

export interface ProbePageSetup {
  readonly line: PageLine;
  readonly hosts: AllowedHosts;
  readonly register: ConnectionRegister;
  /** Where the page has found this server. */
  readonly here: Endpoint | undefined;
  readonly logger: Logger;
}

export class ProbePage {
  readonly #setup: ProbePageSetup;
  #subject: Dial | Watch | undefined;
  /** Events that found no room since the last one that did. */
  #dropped = 0;

  constructor(setup: ProbePageSetup) {
    this.#setup = setup;
    const { line, hosts, here } = setup;
    this.#tell({ kind: "ready", here: addressOf(here), hosts: hosts.named });
    line.onMessage((data) => this.#take(data));
    line.onDrain(() => this.#tellDropped());
    line.onClose(() => this.end());
  }

  /** Looks at nothing any more. */
  end(): void {
    this.#subject?.hangUp("closing");
  }

  #take(data: string | Uint8Array): void {
    try {
      if (typeof data !== "string") throw new WrongOrder("orders are text");
      this.#obey(readOrder(data));
    } catch (error) {
      const isMistake = error instanceof WrongOrder;
      if (!isMistake) this.#setup.logger.error({ err: error }, "the probe failed");
      this.#tell({ kind: "wrong", text: isMistake ? error.message : "the probe failed" });
    }
  }

  #obey(order: Order): void {
    const subject = this.#subject;
    switch (order.do) {
      case "dial":
        return this.#dial(order);
      case "watch":
        return this.#watch(order.connection);
      case "list":
        return this.#tell({ kind: "connections", connections: this.#setup.register.list() });
      case "hang-up":
        return subject?.hangUp();
      case "frames":
        return dialled(subject).send(order.frames);
      case "message":
        return dialled(subject).sendMessage(order);
      case "pause":
        return dialled(subject).pause();
      case "resume":
      default:
        return dialled(subject).resume();
    }
  }

  #dial(order: Extract<Order, { do: "dial" }>): void {
    this.#subject?.hangUp();
    const { hosts, here } = this.#setup;
    const dial: Dial = new Dial({
      order,
      hosts,
      here,
      tell: (event) => this.#tell(event),
      over: () => this.#leave(dial),
    });
    this.#subject = dial;
  }

  #watch(id: number): void {
    this.#subject?.hangUp();
    const { register } = this.#setup;
    const entry = register.find(id);
    if (entry === undefined) return this.#tell({ kind: "end", at: wallClock(), reason: "gone" });
    const watch: Watch = new Watch({
      entry,
      listing: register.list().find((listing) => listing.id === id),
      tell: (event) => this.#tell(event),
      over: () => this.#leave(watch),
    });
    this.#subject = watch;
    return undefined;
  }

  #leave(subject: Dial | Watch): void {
    if (this.#subject === subject) this.#subject = undefined;
  }

  #tell(event: ProbeEvent | object): void {
    const { line } = this.#setup;
    if (line.bufferedBytes > probeLimits.queuedBytes) {
      this.#dropped += 1;
      return;
    }
    this.#tellDropped();
    line.send(JSON.stringify(event));
  }

  #tellDropped(): void {
    const count = this.#dropped;
    if (count === 0) return;
    this.#dropped = 0;
    this.#setup.line.send(JSON.stringify({ kind: "dropped", count } satisfies ProbeEvent));
  }
}

function dialled(subject: Dial | Watch | undefined): Dial {
  if (subject instanceof Dial) return subject;
  throw new WrongOrder("dial first");
}

/** As `ws://localhost:8080`. */
function addressOf(here: Endpoint | undefined): string {
  if (here === undefined) return "";
  const { address, port } = here;
  const isLocal = address === "127.0.0.1" || address === "::1";
  return `ws://${isLocal ? "localhost" : address.includes(":") ? `[${address}]` : address}:${port}`;
}

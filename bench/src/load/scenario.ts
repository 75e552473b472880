/** What each mode does: who sends how many messages and when, and what an answer counts for. */
import { LoadConnection } from "./connection.ts";
import type { ConnectionEvents } from "./connection.ts";
import { Latency } from "./latency.ts";
import { Payloads } from "./payloads.ts";
import type { Settings } from "./settings.ts";

/** Messages that may wait at a fixed rate, per connection. */
const mostWaiting = 4096;

export class Scenario implements ConnectionEvents {
  readonly latency = new Latency();
  readonly connections: LoadConnection[] = [];
  readonly seen = { extension: "", bytes: 0 };
  readonly failures: string[] = [];
  sending = false;
  measuring = false;
  messages = 0;
  cycles = 0;
  behind = 0;
  checked = 0;
  openCount = 0;
  readonly #settings: Settings;
  readonly #payloads: Payloads;
  /** Published and not yet with everybody: when, and how many have it. */
  readonly #fan: { time: number; count: number }[] = [];
  #fanFirst = 0;
  #published = 0;
  #turn = 0;
  #nextDue = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#payloads = new Payloads(settings);
  }

  get connectionCount(): number {
    return this.#settings.connections + (this.#settings.mode === "fanout" ? 1 : 0);
  }

  openNext(index: number = this.connections.length): void {
    this.connections[index] = new LoadConnection(index, this.#settings, this.#payloads, this);
  }

  startSending(): void {
    this.sending = true;
    this.#nextDue = performance.now();
    if (this.#settings.mode === "connect") return;
    for (const connection of this.connections) this.#kick(connection);
  }

  /** Messages without their answer. */
  get unanswered(): number {
    if (this.#settings.mode === "fanout") return this.#published - this.#fanFirst;
    if (this.#settings.mode === "connect") return this.openCount;
    return this.connections.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** At a fixed rate: sends what is due by now, in turn. Latency counts from when a message was due. */
  sendDue(): void {
    const { mode, rate, active } = this.#settings;
    const now = performance.now();
    for (; this.#nextDue <= now; this.#nextDue += 1000 / rate) {
      const fan = mode === "fanout";
      const connection = this.connections[fan ? 0 : this.#turn++ % active];
      if (connection?.open !== true) continue;
      const waiting = fan ? this.unanswered : connection.inFlight;
      if (waiting >= mostWaiting) this.behind += 1;
      else this.#send(connection, 1, this.#nextDue);
    }
  }

  opened(connection: LoadConnection): void {
    const { mode, touch } = this.#settings;
    this.openCount += 1;
    if (mode === "connect" && this.measuring) {
      this.latency.add((performance.now() - connection.started) * 1000);
    }
    if (mode !== "connect" && mode !== "idle") return;
    if (touch === 1) connection.send(1, 0);
    else if (mode === "connect") connection.close();
  }

  message(connection: LoadConnection, whole: boolean): void {
    const { mode } = this.#settings;
    if (whole) this.checked += 1;
    if (mode === "fanout") {
      this.#countDelivery(connection);
      return;
    }
    const sent = connection.takeAnswered();
    if (sent === undefined) {
      this.failed(connection, "a message came that nobody had asked for");
      return;
    }
    if (mode === "connect") connection.close();
    if (mode !== "echo") return;
    this.#count(sent);
    this.#kick(connection);
  }

  closed(connection: LoadConnection): void {
    this.openCount -= 1;
    this.cycles += 1;
    if (this.sending) this.openNext(connection.index);
  }

  failed(connection: LoadConnection, why: string): void {
    connection.destroy();
    const { index, received } = connection;
    this.failures.push(`connection ${index}, after ${received} messages: ${why}`);
  }

  #kick(connection: LoadConnection): void {
    const { mode, rate, depth, active } = this.#settings;
    if (!this.sending || rate > 0) return;
    if (mode === "echo" && connection.index < active && connection.inFlight < depth) {
      this.#send(connection, depth - connection.inFlight, performance.now());
    }
    const publisher = this.connections[0];
    if (mode === "fanout" && publisher !== undefined && this.unanswered < depth) {
      this.#send(publisher, depth - this.unanswered, performance.now());
    }
  }

  #send(connection: LoadConnection, count: number, time: number): void {
    connection.send(count, time);
    if (this.#settings.mode !== "fanout") return;
    for (let index = 0; index < count; index += 1) {
      this.#fan[(this.#published + index) % mostWaiting] = { time, count: 0 };
    }
    this.#published += count;
  }

  #count(sent: number): void {
    if (!this.measuring) return;
    this.messages += 1;
    this.latency.add((performance.now() - sent) * 1000);
  }

  #countDelivery(connection: LoadConnection): void {
    const publication = this.#fan[(connection.received - 1) % mostWaiting];
    if (connection.received > this.#published || publication === undefined) {
      this.failed(connection, "a message came that was not published");
      return;
    }
    this.#count(publication.time);
    publication.count += 1;
    const receivers = this.connectionCount - (this.#settings.publisherPath === undefined ? 0 : 1);
    if (publication.count < receivers) return;
    this.#fanFirst += 1;
    this.#kick(connection);
  }
}

/** Brokers of hubs that meet in one NATS server, each over a line of its own, with one clock for all. */

import { randomUUID } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished } from "vitest";
import type { NatsBrokerSetup } from "@tautline/broker-nats";
import { NatsBroker, natsAddress } from "@tautline/broker-nats";
import type { Broker, BrokerEvents } from "@tautline/hub";
import type { BrokerWorld } from "@tautline/hub/broker-suite";
import { ManualClock } from "@tautline/hub/broker-suite";
import { Line } from "./line.ts";
import type { NatsServer } from "./nats-server.ts";

/** Hears nothing. */
export const silent: BrokerEvents = {
  publication: () => undefined,
  join: () => undefined,
  leave: () => undefined,
};

/** Settles when it holds; what is waited for comes over sockets, in its own time. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 15_000, interval: 5 }).toBe(true);
}

/** In so many steps time passes, so that those who renew something come to do it. */
const stepMs = 10_000;

export class Hubs {
  readonly clock = new ManualClock();
  readonly #server: NatsServer;
  readonly #prefix = randomUUID();
  readonly #lines = new Map<unknown, Line>();

  constructor(server: NatsServer) {
    this.#server = server;
  }

  async make(setup: Partial<NatsBrokerSetup> = {}): Promise<NatsBroker> {
    const line = new Line(() => this.#server.port);
    await line.open();
    const broker = new NatsBroker({
      clock: this.clock,
      randomId: randomUUID,
      nats: natsAddress(line.address),
      prefix: this.#prefix,
      timeoutMs: 2000,
      ...setup,
    });
    this.#lines.set(broker, line);
    onTestFinished(async () => {
      line.close();
      await broker.stop();
    });
    return broker;
  }

  /** The way of a broker to the server. */
  lineOf(broker: Broker): Line {
    const line = this.#lines.get(broker);
    if (line === undefined) throw new Error("The broker is none of these, or has crashed");
    return line;
  }

  /** Its line is cut for good, and nothing that it does reaches anybody. */
  async crash(broker: Broker): Promise<void> {
    this.lineOf(broker).close();
    this.#lines.delete(broker);
    await broker.stop();
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await new Promise(setImmediate);
    }
  }

  /** Bytes that the stream of the logs holds. */
  async stored(): Promise<number> {
    return (await this.#logState()).bytes;
  }

  /** Messages that the stream of the logs holds. */
  async messages(): Promise<number> {
    return (await this.#logState()).messages;
  }

  world(equal: BrokerWorld["equal"]): BrokerWorld {
    const each = (act: (line: Line) => void) => async (): Promise<void> => {
      for (const line of this.#lines.values()) act(line);
    };
    return {
      make: () => this.make(),
      crash: (broker) => this.crash(broker),
      pass: (ms) => this.pass(ms),
      memberTtlMs: 60_000,
      engine: {
        keepsLogs: true,
        stop: () => this.#server.kill(),
        start: () => this.#server.start(),
        stall: each((line) => line.stall()),
        flow: each((line) => line.flow()),
      },
      until,
      equal,
    };
  }

  async #logState() {
    const connection = await connect({ servers: this.#server.address });
    try {
      const manager = await jetstreamManager(connection);
      return (await manager.streams.info(`${this.#prefix}-log`)).state;
    } finally {
      await connection.close();
    }
  }
}

/** A hub with ports that a test can drive and look into. */

import type { Broker, HubOptions, HubSetup, LimitName, Logger, TokenFault } from "@tautline/hub";
import { Hub, noMeter } from "@tautline/hub";
import type { Codec, Command, Reply } from "@tautline/wire";
import { FakeClock } from "./fake-clock.ts";
import { FakeConnection, FakePrepared, settle } from "./fake-connection.ts";

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

export class TestHub {
  readonly clock = new FakeClock();
  readonly log: LogLine[] = [];
  /** What the meter was told. */
  readonly counted: (LimitName | `${"connection" | "subscription"} ${TokenFault}`)[] = [];
  readonly hub: Hub;
  /** The first is the hub's own. */
  #ids = -1;

  constructor(
    options: Partial<HubOptions> = { open: true },
    broker?: Broker,
    parts: Partial<
      Pick<HubSetup, "tokens" | "contracts" | "randomId" | "facts" | "ownChannels">
    > = {},
  ) {
    const write = (level: string) => (fields: object, message: string) => {
      this.log.push({ level, fields, message });
    };
    const logger: Logger = {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
    };
    this.hub = new Hub({
      clock: this.clock,
      randomId: () => `client-${(this.#ids += 1)}`,
      prepare: (data) => new FakePrepared(data),
      random: () => 0,
      logger,
      options,
      meter: {
        ...noMeter,
        limitReached: (limit) => this.counted.push(limit),
        tokenRefused: (kind, fault) => this.counted.push(`${kind} ${fault}`),
      },
      ...parts,
      ...(broker !== undefined && { broker }),
    });
  }

  /** The messages logged at `level`. */
  logged(level: string): string[] {
    return this.log.filter((line) => line.level === level).map(({ message }) => message);
  }

  /** A connection that has said nothing yet. */
  dial(codec?: Codec): FakeConnection {
    const connection = new FakeConnection(codec);
    this.hub.accept(connection, { remoteAddress: "192.0.2.1", codec });
    return connection;
  }

  /** The same, connected, in a format and with more in its commands. */
  async meet(codec: Codec, ...commands: Command[]): Promise<FakeConnection> {
    const connection = this.dial(codec);
    await tell(connection, { id: 1, connect: {} }, ...commands);
    return connection;
  }

  /** A connected client, subscribed to `channels`, whose replies so far are taken. */
  async connect(...channels: string[]): Promise<FakeConnection> {
    const connection = this.dial();
    connection.receive(
      { id: 1, connect: {} },
      ...channels.map((channel, index) => ({ id: index + 2, subscribe: { channel } })),
    );
    await settle();
    connection.take();
    return connection;
  }
}

/** Sends `command` and gives what comes of it. */
export async function ask(
  connection: FakeConnection,
  ...commands: (object | string)[]
): Promise<Reply[]> {
  connection.receive(...commands);
  await settle();
  return connection.take();
}

/** The same for commands of any format. */
export async function tell(connection: FakeConnection, ...commands: Command[]): Promise<Reply[]> {
  connection.say(...commands);
  await settle();
  return connection.take();
}

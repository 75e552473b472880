/**
 * The way to NATS: one connection that comes back by itself, with its subscriptions. While NATS is away everything that is
 * asked for fails at once, and what is under way when it goes fails then: nothing is sent late. A line that has gone silent
 * is one that is away.
 */

import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type {
  NatsConnection,
  NodeConnectionOptions,
  Status,
  Subscription,
} from "@nats-io/transport-node";
import { connect } from "@nats-io/transport-node";
import { apiErrors, isApiError } from "./api-errors.ts";
import type { NatsOptions } from "./nats-options.ts";
import { connectionOptions } from "./nats-options.ts";

/** What a link tells by itself. */
export interface LinkEvents {
  /** The connection failed, or the server complains; a lost connection is tried again. */
  failed(reason: unknown): void;
  /** The connection is back after it was lost, and subscriptions with it: what was published meanwhile was missed. */
  resumed(): void;
}

/** The engine behind a connection whose server has one. */
export interface JetStream {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** Longest pause between two attempts to connect, in milliseconds. */
const longestPauseMs = 2000;

/** What a message may hold besides the batch that is put into it: its headers and its first line. */
const headBytes = 8192;

/** Beyond this, larger messages cost more than they save. */
const largestBatchBytes = 262_144;

export interface LinkSetup {
  readonly options: NatsOptions;
  /** Milliseconds until an answer counts as missing. */
  readonly timeoutMs: number;
  readonly events: LinkEvents;
}

export class NatsLink {
  readonly #setup: LinkSetup;
  /** What fails when the connection is lost. */
  readonly #underWay = new Set<(reason: Error) => void>();
  #connection: NatsConnection | undefined;
  #jetStream: JetStream | undefined;
  #attempts = 0;
  #away = true;
  #flush: Promise<void> | undefined;

  constructor(setup: LinkSetup) {
    this.#setup = setup;
  }

  /** Rejects when NATS cannot be reached now, or lets us not in. */
  async open(): Promise<void> {
    const { options, timeoutMs } = this.#setup;
    const connection = await reached({
      name: "tautline",
      ...connectionOptions(options),
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => this.#pause(),
      ignoreAuthErrorAbort: true,
      pingInterval: timeoutMs,
      maxPingOut: 1,
      noAsyncTraces: true,
    });
    this.#connection = connection;
    this.#away = false;
    void this.#watch(connection);
    try {
      this.#jetStream = await this.#findJetStream(connection);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The engine, if the server has one and the account may use it. */
  get jetStream(): JetStream | undefined {
    return this.#jetStream;
  }

  get isAway(): boolean {
    return this.#away;
  }

  /** Bytes that a message's batch has at most, unless a single part is longer. */
  get maxBatchBytes(): number {
    const maxPayload = this.#connection?.info?.max_payload ?? largestBatchBytes;
    return Math.max(1, Math.min(largestBatchBytes, maxPayload - headBytes));
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#lose();
    await connection?.close();
  }

  /** Asks for something, and rejects when it is not there in time or the connection is lost. */
  ask<Reply>(request: (connection: NatsConnection) => Promise<Reply>): Promise<Reply> {
    const connection = this.#connection;
    if (connection === undefined || this.#away) return Promise.reject(new Error("NATS is away"));
    return new Promise<Reply>((resolve, reject) => {
      const { inMsgs } = connection.stats();
      const timer = setTimeout(() => {
        end();
        reject(new Error("NATS does not answer"));
        if (connection.stats().inMsgs === inMsgs) this.#giveUp(connection);
      }, this.#setup.timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        this.#underWay.delete(reject);
      };
      this.#underWay.add(reject);
      begin(request, connection).then(resolve, reject).finally(end);
    });
  }

  /** The same, of the engine. */
  askJetStream<Reply>(request: (jetStream: JetStream) => Promise<Reply>): Promise<Reply> {
    const jetStream = this.#jetStream;
    if (jetStream === undefined) return Promise.reject(new Error("NATS has no JetStream"));
    return this.ask(() => request(jetStream));
  }

  /** Resolves when the server has what was sent so far. What is sent in one turn is asked for once. */
  flush(): Promise<void> {
    this.#flush ??= Promise.resolve().then(() => {
      this.#flush = undefined;
      return this.ask((connection) => connection.flush());
    });
    return this.#flush;
  }

  /** Publishes, to whoever listens now. */
  async publish(subject: string, text: string): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#away) throw new Error("NATS is away");
    connection.publish(subject, text);
    await this.flush();
  }

  /** Resolves when the server knows of it. It lasts until it is ended, over lost connections. */
  async subscribe(subject: string, listener: (text: string) => void): Promise<Subscription> {
    const subscription = await this.ask(async (connection) =>
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error !== null) this.#setup.events.failed(error);
          else listener(message.string());
        },
      }),
    );
    try {
      await this.flush();
    } catch (error) {
      subscription.unsubscribe();
      throw error;
    }
    return subscription;
  }

  async #findJetStream(connection: NatsConnection): Promise<JetStream | undefined> {
    const timeout = this.#setup.timeoutMs;
    try {
      const manager = await jetstreamManager(connection, { timeout });
      return { manager, client: jetstream(connection, { timeout }) };
    } catch (error) {
      if (isWithoutJetStream(error)) return undefined;
      throw error;
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    void connection.closed().then((reason) => {
      if (this.#connection !== connection) return;
      this.#lose();
      this.#setup.events.failed(reason ?? new Error("The connection to NATS was closed"));
    });
    for await (const status of connection.status()) {
      if (this.#connection === connection) this.#take(status);
    }
  }

  #take(status: Status): void {
    if (status.type === "disconnect") {
      this.#lose();
      this.#setup.events.failed(new Error(`The connection to ${status.server} was lost`));
    } else if (status.type === "reconnect") {
      this.#away = false;
      this.#attempts = 0;
      this.#setup.events.resumed();
    } else if (status.type === "error") this.#setup.events.failed(status.error);
  }

  /** The line is silent: another one, then. */
  #giveUp(connection: NatsConnection): void {
    if (this.#connection !== connection || this.#away) return;
    this.#lose();
    void connection.reconnect();
  }

  #lose(): void {
    this.#away = true;
    const underWay = [...this.#underWay];
    this.#underWay.clear();
    for (const reject of underWay) reject(new Error("The connection to NATS was lost"));
  }

  /** The time before the next attempt: longer each time, and different for each hub. */
  #pause(): number {
    const most = Math.min(longestPauseMs, 50 * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    return most / 2 + (Math.random() * most) / 2;
  }
}

/** Whoever starts a server is told what it is that cannot be reached. */
async function reached(options: NodeConnectionOptions): Promise<NatsConnection> {
  try {
    return await connect(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`NATS cannot be reached: ${reason}`, { cause });
  }
}

/** What is thrown at once is a rejection as well. */
async function begin<Reply>(
  request: (connection: NatsConnection) => Promise<Reply>,
  connection: NatsConnection,
): Promise<Reply> {
  return request(connection);
}

/** The server has none, or none for this account. */
function isWithoutJetStream(error: unknown): boolean {
  if (isApiError(error, apiErrors.notForAccount)) return true;
  return error instanceof Error && error.constructor.name === "JetStreamNotEnabled";
}

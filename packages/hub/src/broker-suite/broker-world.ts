/**
 * What a broker's own tests provide so that the cases can be played: brokers that meet in one engine, time, and a way to
 * compare. The cases know no test runner, so that any will do.
 */

import type { Broker } from "../ports/broker.ts";

/** One engine and what a case needs of the world around it. A case gets one to itself. */
export interface BrokerWorld {
  /** Makes a broker that was not started: each stands for one hub, and all of a world meet in the same engine. */
  make(): Promise<Broker>;
  /** Ends a broker as a crash of its process does: it tells nobody, and does nothing any more. */
  crash(broker: Broker): Promise<void>;
  /** Lets `ms` pass, for the engine's clock and for those of the brokers that have not crashed. */
  pass(ms: number): Promise<void>;
  /** The engine as something that can be away; absent when it is in the process. */
  readonly engine?: BrokerEngine | undefined;
  /** Milliseconds after a crash within which the members of a hub are gone. */
  readonly memberTtlMs: number;
  /** Resolves when `holds` does, which may take as long as the engine delivers; rejects when it never does. */
  until(holds: () => boolean): Promise<void>;
  /** Throws when the two differ in depth: the test runner's own comparison. */
  equal(actual: unknown, expected: unknown): void;
}

/** The server that brokers meet in, with the way to it. */
export interface BrokerEngine {
  /** Whether logs are there again, with all that was acknowledged, when it comes back. */
  readonly keepsLogs: boolean;
  /** Ends it, as a crash does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Lets nothing through to it and nothing back, and closes no connection: a network that has gone silent. */
  stall(): Promise<void>;
  /** Lets everything through again, what has waited included. */
  flow(): Promise<void>;
}

/**
 * What not every engine has. A broker's tests name what is missing, and why. "one order" is that of what several hubs publish
 * to a channel without a log: without it the case may hold by chance.
 */
export type BrokerFeature =
  "many hubs" | "one order" | "logs" | "idempotency" | "members" | "restarts" | "silences";

/** One thing that every broker keeps. */
export interface BrokerCase {
  readonly name: string;
  /** The features without which the case makes no sense. */
  readonly needs: readonly BrokerFeature[];
  readonly play: (world: BrokerWorld) => Promise<void>;
}

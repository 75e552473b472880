/**
 * What a broker's own tests provide so that the cases can be played: brokers that meet in one engine, time, and a way to
 * compare. The cases know no test runner, so that any will do.
 */

import type { Broker } from "../ports/broker.ts";

/** One engine and what a case needs of the world around it. A case gets one to itself. */
export interface BrokerWorld {
  /** Makes a broker that was not started: each stands for one hub, and all of a world meet in the same engine. */
  make(): Promise<Broker>;
  /** Lets `ms` pass, for the engine's clock. */
  pass(ms: number): Promise<void>;
  /** Resolves when `holds` does, which may take as long as the engine delivers; rejects when it never does. */
  until(holds: () => boolean): Promise<void>;
  /** Throws when the two differ in depth: the test runner's own comparison. */
  equal(actual: unknown, expected: unknown): void;
}

/** What not every engine has. A broker's tests name what is missing, and why. */
export type BrokerFeature = "many hubs" | "logs" | "idempotency";

/** One thing that every broker keeps. */
export interface BrokerCase {
  readonly name: string;
  /** The features without which the case makes no sense. */
  readonly needs: readonly BrokerFeature[];
  readonly play: (world: BrokerWorld) => Promise<void>;
}

/** What every broker keeps when its engine is away for a while, and when it is back. */

import type { Broker, LogPolicy, Position } from "../ports/broker.ts";
import type { BrokerCase, BrokerEngine, BrokerWorld } from "./broker-world.ts";
import type { Started } from "./ear.ts";
import { dataOf, publication, startPair } from "./ear.ts";

const log: LogPolicy = { size: 1000, ttlMs: 600_000, metaTtlMs: 1_200_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: log.metaTtlMs };

/** Publications in a wave: from each of two hubs so many. */
const wave = 25;

/** Publishes without waiting for one before the next; gives the values that were acknowledged. */
async function publishWave(brokers: readonly Broker[], name: string): Promise<readonly string[]> {
  const values = brokers.flatMap((broker, index) =>
    Array.from({ length: wave }, (_, n) => ({ broker, value: `${name} ${index} ${n}` })),
  );
  const outcomes = await Promise.allSettled(
    values.map(({ broker, value }) => broker.publish("a", publication(value), { log })),
  );
  return values
    .filter((_, index) => outcomes[index]?.status === "fulfilled")
    .map(({ value }) => JSON.stringify(value));
}

function engineOf({ engine }: BrokerWorld): BrokerEngine {
  if (engine === undefined) throw new Error("The engine cannot be away");
  return engine;
}

/** Whether it was published when the engine was back. */
const isLate = (value: string): boolean => value.startsWith('"after');

async function rejects(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}

interface Outage {
  readonly world: BrokerWorld;
  readonly hubs: readonly Started[];
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Publishes before, at the beginning of and after an outage. Gives what was acknowledged, and the place before it. */
async function publishAcross(outage: Outage): Promise<{ accepted: string[]; before: Position }> {
  const { world, hubs, begin, end } = outage;
  const brokers = hubs.map(({ broker }) => broker);
  const [first] = brokers;
  if (first === undefined) throw new RangeError("An outage wants hubs");
  const accepted = [...(await publishWave(brokers, "before"))];
  world.equal(accepted.length, brokers.length * wave);
  const { position } = await first.history("a", all);
  const during = publishWave(brokers, "during");
  await begin();
  accepted.push(...(await during));
  for (const broker of brokers) {
    world.equal(await rejects(broker.publish("a", publication("away"), { log })), true);
    world.equal(await rejects(broker.history("a", all)), true);
  }
  await end();
  await world.until(() => hubs.every(({ ear }) => ear.resumptions > 0));
  const after = await publishWave(brokers, "after");
  world.equal(after.length, brokers.length * wave);
  return { accepted: [...accepted, ...after], before: position };
}

/** Whatever was acknowledged is in the log, once; and all hubs hear what comes after, in the log's order. */
async function nothingIsLost(
  world: BrokerWorld,
  hubs: readonly Started[],
  accepted: readonly string[],
): Promise<void> {
  for (const { broker, ear } of hubs) {
    const { publications } = await broker.history("a", all);
    const kept = dataOf(publications);
    world.equal(new Set(kept).size, kept.length);
    world.equal(
      accepted.filter((value) => !kept.includes(value)),
      [],
    );
    const late = kept.filter(isLate);
    await world.until(() => ear.heard.filter(isLate).length >= late.length);
    world.equal(ear.heard.filter(isLate), late);
    world.equal(new Set(ear.heard).size, ear.heard.length);
  }
}

export const outageCases: readonly BrokerCase[] = [
  {
    name: "goes on when the engine was stopped and started under load, and loses nothing that it has acknowledged",
    needs: ["many hubs", "logs", "restarts"],
    async play(world) {
      const engine = engineOf(world);
      const hubs = await startPair(world);
      for (const { broker } of hubs) await broker.subscribe("a");
      const { accepted, before } = await publishAcross({
        world,
        hubs,
        begin: () => engine.stop(),
        end: () => engine.start(),
      });
      const { position } = await hubs[0].broker.history("a", all);
      world.equal(position.epoch === before.epoch, engine.keepsLogs);
      if (engine.keepsLogs) await nothingIsLost(world, hubs, accepted);
      for (const { broker } of hubs) await broker.stop();
    },
  },
  {
    name: "goes on after a silence of the network that is longer than its patience, and doubles nothing",
    needs: ["many hubs", "logs", "silences"],
    async play(world) {
      const engine = engineOf(world);
      const hubs = await startPair(world);
      for (const { broker } of hubs) await broker.subscribe("a");
      const { accepted } = await publishAcross({
        world,
        hubs,
        begin: () => engine.stall(),
        end: () => engine.flow(),
      });
      await nothingIsLost(world, hubs, accepted);
      for (const { broker } of hubs) await broker.stop();
    },
  },
];

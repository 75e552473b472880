/** What every broker keeps about the logs of channels: places, limits, reading in both directions, and loss. */

import { payloadBytes } from "@tautline/wire";
import type { Broker, LogPolicy, LogQuery, PublishTerms } from "../ports/broker.ts";
import type { BrokerCase, BrokerWorld } from "./broker-world.ts";
import { dataOf, publication, startBroker } from "./ear.ts";

const policy: LogPolicy = { size: 5, ttlMs: 10_000, metaTtlMs: 60_000 };
const terms: PublishTerms = { log: policy };
const all: LogQuery = { limit: Number.POSITIVE_INFINITY, metaTtlMs: policy.metaTtlMs };

async function publish(broker: Broker, ...values: readonly unknown[]): Promise<string> {
  let epoch = "";
  for (const value of values) {
    const { position } = await broker.publish("a", publication(value), terms);
    epoch = position?.epoch ?? "";
  }
  return epoch;
}

/** Reads and compares: the data, in order, and the offsets that go with it. */
async function reads(
  world: BrokerWorld,
  broker: Broker,
  query: Partial<LogQuery>,
  data: readonly string[],
): Promise<void> {
  const { publications } = await broker.history("a", { ...all, ...query });
  world.equal(dataOf(publications), data);
}

export const logCases: readonly BrokerCase[] = [
  {
    name: "counts publications from 1 and delivers them with their place",
    needs: ["logs"],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      const first = await broker.publish("a", publication("x"), terms);
      const second = await broker.publish("a", publication("y"), terms);
      const epoch = first.position?.epoch ?? "";
      world.equal(epoch === "", false);
      world.equal(first, { position: { offset: 1, epoch }, duplicate: false });
      world.equal(second, { position: { offset: 2, epoch }, duplicate: false });
      await world.until(() => ear.events.length >= 2);
      world.equal(ear.positions, [first.position, second.position]);
      world.equal(ear.offsets, [1, 2]);
      const page = await broker.history("a", all);
      world.equal(page.position, second.position);
      world.equal(dataOf(page.publications), ['"x"', '"y"']);
      await broker.stop();
    },
  },
  {
    name: "delivers and keeps bytes as they are",
    needs: ["logs"],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      // No UTF-8, and no JSON; and JSON that would not be the same if it were read and written.
      const bytes = [Uint8Array.of(0, 10, 255, 254), Uint8Array.of(91, 49, 46, 48, 10, 93)];
      await publish(broker, ...bytes);
      await world.until(() => ear.events.length >= 2);
      const { publications } = await broker.history("a", all);
      const kept = publications.map(({ data }) => (data === undefined ? [] : payloadBytes(data)));
      world.equal(
        kept.map((one) => [...one]),
        bytes.map((one) => [...one]),
      );
      world.equal(ear.heard, ["", "[1.0\n]"]);
      await broker.stop();
    },
  },
  {
    name: "gives an unlogged publication no place, and does not keep it",
    needs: ["logs"],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      const result = await broker.publish("a", publication(1));
      world.equal(result, { position: undefined, duplicate: false });
      await world.until(() => ear.events.length >= 1);
      world.equal(ear.positions, [undefined]);
      await reads(world, broker, {}, []);
      await broker.stop();
    },
  },
  {
    name: "keeps and delivers tags, publishers and exceptions of what it logs",
    needs: ["logs"],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      const tags = new Map([["kind", "news"]]);
      const info = { user: "ann", client: "1" };
      const sent = { ...publication(1), tags, info, except: ["1", "2"] };
      await broker.publish("a", sent, terms);
      const { publications } = await broker.history("a", all);
      world.equal(publications, [{ ...sent, offset: 1 }]);
      await world.until(() => ear.events.length >= 1);
      world.equal(ear.exceptions, [["1", "2"]]);
      await broker.stop();
    },
  },
  {
    name: "holds so many publications and no more, and counts on",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      await publish(broker, 1, 2, 3, 4, 5, 6, 7, 8);
      const { publications, position } = await broker.history("a", all);
      world.equal(dataOf(publications), ["4", "5", "6", "7", "8"]);
      world.equal(
        publications.map(({ offset }) => offset),
        [4, 5, 6, 7, 8],
      );
      world.equal(position.offset, 8);
      await broker.stop();
    },
  },
  {
    name: "reads forwards and backwards, from a place, so many at a time",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const epoch = await publish(broker, 1, 2, 3, 4, 5);
      const at = (offset: number) => ({ offset, epoch });
      await reads(world, broker, { limit: 0 }, []);
      await reads(world, broker, { limit: 2 }, ["1", "2"]);
      await reads(world, broker, { limit: 2, since: at(2) }, ["3", "4"]);
      await reads(world, broker, { limit: 2, since: at(4) }, ["5"]);
      await reads(world, broker, { since: at(5) }, []);
      await reads(world, broker, { since: at(99) }, []);
      await reads(world, broker, { limit: 2, reverse: true }, ["5", "4"]);
      await reads(world, broker, { limit: 2, since: at(4), reverse: true }, ["3", "2"]);
      await reads(world, broker, { since: at(2), reverse: true }, ["1"]);
      await reads(world, broker, { since: at(1), reverse: true }, []);
      await reads(world, broker, { since: at(0), reverse: true }, []);
      await reads(world, broker, { since: at(99), reverse: true }, ["5", "4", "3", "2", "1"]);
      await broker.stop();
    },
  },
  {
    name: "has an empty log with an epoch where nothing was published, and keeps to it",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const before = await broker.history("a", all);
      world.equal(before.publications, []);
      world.equal(before.position.offset, 0);
      world.equal(before.position.epoch === "", false);
      world.equal((await broker.history("a", all)).position, before.position);
      world.equal(await publish(broker, 1), before.position.epoch);
      await broker.stop();
    },
  },
  {
    name: "gives two channels different epochs",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const [a, b] = [await broker.history("a", all), await broker.history("b", all)];
      world.equal(a.position.epoch === b.position.epoch, false);
      await broker.stop();
    },
  },
  {
    name: "empties the log on request; the position stays",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const epoch = await publish(broker, 1, 2, 3);
      await broker.removeHistory("a");
      const page = await broker.history("a", all);
      world.equal(page, { publications: [], position: { offset: 3, epoch } });
      await publish(broker, 4);
      await reads(world, broker, {}, ["4"]);
      await broker.removeHistory("nowhere");
      await broker.stop();
    },
  },
  {
    name: "empties the log in its time after the last publication; the position stays",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const epoch = await publish(broker, 1);
      await world.pass(policy.ttlMs - 2000);
      await publish(broker, 2);
      await world.pass(policy.ttlMs - 2000);
      await reads(world, broker, {}, ["1", "2"]);
      await world.pass(4000);
      const page = await broker.history("a", all);
      world.equal(page, { publications: [], position: { offset: 2, epoch } });
      await broker.stop();
    },
  },
  {
    name: "forgets a log that nobody uses, and begins another with another epoch",
    needs: ["logs"],
    async play(world) {
      const { broker } = await startBroker(world);
      const epoch = await publish(broker, 1);
      await world.pass(policy.metaTtlMs - 2000);
      world.equal((await broker.history("a", all)).position, { offset: 1, epoch });
      // Reading has put the end off.
      await world.pass(policy.metaTtlMs - 2000);
      world.equal((await broker.history("a", all)).position, { offset: 1, epoch });
      await world.pass(policy.metaTtlMs + 2000);
      const { position } = await broker.history("a", all);
      world.equal(position.offset, 0);
      world.equal(position.epoch === epoch, false);
      await broker.stop();
    },
  },
  {
    name: "takes a publication once for each idempotency key, channel and time",
    needs: ["logs", "idempotency"],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      await broker.subscribe("b");
      const once: PublishTerms = { log: policy, idempotency: { key: "k", ttlMs: 5000 } };
      const first = await broker.publish("a", publication(1), once);
      const again = await broker.publish("a", publication(2), once);
      world.equal(again, { position: first.position, duplicate: true });
      const elsewhere = await broker.publish("b", publication(3), once);
      world.equal(elsewhere.duplicate, false);
      await world.pass(7000);
      const later = await broker.publish("a", publication(4), once);
      world.equal(later.duplicate, false);
      await world.until(() => ear.events.length >= 3);
      world.equal(ear.heard, ["1", "3", "4"]);
      await broker.stop();
    },
  },
  {
    name: "has one log and one order for two hubs",
    needs: ["logs", "many hubs"],
    async play(world) {
      const [one, two] = [await startBroker(world), await startBroker(world)];
      await two.broker.subscribe("a");
      const roomy: PublishTerms = { log: { ...policy, size: 100 } };
      const calls: Promise<unknown>[] = [];
      for (let n = 0; n < 20; n += 1) {
        calls.push(one.broker.publish("a", publication(n), roomy));
        calls.push(two.broker.publish("a", publication(n + 100), roomy));
      }
      await Promise.all(calls);
      await world.until(() => two.ear.events.length >= 40);
      const { publications } = await one.broker.history("a", all);
      world.equal(dataOf(publications), two.ear.heard);
      world.equal(
        two.ear.offsets,
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      await one.broker.stop();
      await two.broker.stop();
    },
  },
];

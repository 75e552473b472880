/** What every broker that joins hubs does for them as nodes: messages between them, reading on elsewhere, and death. */

import type { LogPolicy } from "../ports/broker.ts";
import { maxToldBytes } from "../ports/broker.ts";
import type { BrokerCase } from "./broker-world.ts";
import type { Started } from "./ear.ts";
import { dataOf, member, publication, startBroker, startPair, tell } from "./ear.ts";

const log: LogPolicy = { size: 100, ttlMs: 60_000, metaTtlMs: 120_000 };

const hasEnd = ({ ear }: Started): boolean => ear.messages.includes("the end");

export const nodeCases: readonly BrokerCase[] = [
  {
    name: "carries messages to all hubs, to one, or to nobody",
    needs: ["many hubs"],
    async play(world) {
      const [one, two] = await startPair(world);
      const three = await startBroker(world);
      await tell(one, "to all");
      await tell(one, "to two", two.node);
      await tell(one, "to nobody", "nobody");
      await tell(three, "the end");
      await world.until(() => [one, two].every(hasEnd));
      await world.until(() => three.ear.messages.includes("to all"));
      // Messages of two hubs have no order between them, and one's own may come back.
      world.equal([...two.ear.messages].sort(), ["the end", "to all", "to two"]);
      world.equal(one.ear.messages.includes("to two"), false);
      world.equal(three.ear.messages.includes("to two"), false);
      for (const { broker } of [one, two, three]) await broker.stop();
    },
  },
  {
    name: "carries long messages as they are",
    needs: ["many hubs"],
    async play(world) {
      const [one, two] = await startPair(world);
      const long = 'ü"\n'.repeat(Math.floor(maxToldBytes / 4));
      await tell(one, long, two.node);
      await world.until(() => two.ear.messages.length > 0);
      world.equal(two.ear.messages[0] === long, true);
      await one.broker.stop();
      await two.broker.stop();
    },
  },
  {
    name: "lets who has read at one hub read on at another",
    needs: ["many hubs", "logs"],
    async play(world) {
      const [one, two] = await startPair(world);
      for (const n of [1, 2, 3]) await one.broker.publish("a", publication(n), { log });
      const query = { limit: Number.POSITIVE_INFINITY, metaTtlMs: log.metaTtlMs };
      const { position } = await one.broker.history("a", query);
      await one.broker.stop();
      for (const n of [4, 5]) await two.broker.publish("a", publication(n), { log });
      const page = await two.broker.history("a", { ...query, since: position });
      world.equal(dataOf(page.publications), ["4", "5"]);
      world.equal(page.position, { offset: 5, epoch: position.epoch });
      await two.broker.stop();
    },
  },
  {
    name: "forgets the members of a hub that has died, and of no other",
    needs: ["many hubs", "members"],
    async play(world) {
      const [one, two] = await startPair(world);
      await one.broker.addMember("a", member("1"));
      await two.broker.addMember("a", member("2"));
      await world.crash(two.broker);
      // They do not know it yet.
      world.equal([...(await one.broker.members("a")).keys()].sort(), ["1", "2"]);
      await world.pass(world.memberTtlMs);
      world.equal([...(await one.broker.members("a")).keys()], ["1"]);
      world.equal(await one.broker.memberStats("a"), { clients: 1, users: 1 });
      await one.broker.stop();
    },
  },
];

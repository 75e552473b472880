/** What every broker knows about the members of channels. */

import { encodePayload } from "@tautline/wire";
import type { BrokerCase } from "./broker-world.ts";
import { member, startBroker } from "./ear.ts";

export const memberCases: readonly BrokerCase[] = [
  {
    name: "knows the members of channels, connections and users apart",
    needs: ["members"],
    async play(world) {
      const { broker } = await startBroker(world);
      await broker.addMember("a", member("1", "ann"));
      await broker.addMember("a", member("2", "ann"));
      await broker.addMember("a", { ...member("3", "ben"), chan_info: encodePayload("x") });
      await broker.addMember("b", member("1", "ann"));
      world.equal([...(await broker.members("a")).keys()].sort(), ["1", "2", "3"]);
      world.equal((await broker.members("a")).get("3"), {
        user: "ben",
        client: "3",
        chan_info: '"x"',
      });
      world.equal(await broker.memberStats("a"), { clients: 3, users: 2 });
      await broker.removeMember("a", "2");
      await broker.removeMember("a", "nobody");
      await broker.removeMember("nowhere", "1");
      world.equal(await broker.memberStats("a"), { clients: 2, users: 2 });
      world.equal(await broker.memberStats("b"), { clients: 1, users: 1 });
      world.equal(await broker.memberStats("nowhere"), { clients: 0, users: 0 });
      await broker.stop();
    },
  },
  {
    name: "keeps a user who has another connection in the channel",
    needs: ["members"],
    async play(world) {
      const { broker } = await startBroker(world);
      await broker.addMember("a", member("1", "ann"));
      await broker.addMember("a", member("2", "ann"));
      await broker.removeMember("a", "1");
      world.equal(await broker.memberStats("a"), { clients: 1, users: 1 });
      // Who comes twice under one id is there once.
      await broker.addMember("a", member("2", "ann"));
      world.equal(await broker.memberStats("a"), { clients: 1, users: 1 });
      await broker.stop();
    },
  },
  {
    name: "gives the members as they are, not as they will be",
    needs: ["members"],
    async play(world) {
      const { broker } = await startBroker(world);
      await broker.addMember("a", member("1"));
      const before = await broker.members("a");
      await broker.removeMember("a", "1");
      world.equal(before.size, 1);
      await broker.stop();
    },
  },
  {
    name: "joins the members of two hubs",
    needs: ["many hubs", "members"],
    async play(world) {
      const [one, two] = [await startBroker(world), await startBroker(world)];
      await one.broker.addMember("a", member("1", "ann"));
      await two.broker.addMember("a", member("2", "ben"));
      world.equal([...(await one.broker.members("a")).keys()].sort(), ["1", "2"]);
      world.equal(await two.broker.memberStats("a"), { clients: 2, users: 2 });
      await one.broker.stop();
      await two.broker.stop();
    },
  },
];

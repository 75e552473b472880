/** What every broker keeps about events: which arrive, in which order, and where. */

import type { BrokerCase } from "./broker-world.ts";
import { Ear, member, publication, startBroker, textOf } from "./ear.ts";

export const deliveryCases: readonly BrokerCase[] = [
  {
    name: "delivers the events of subscribed channels, in order, and no others",
    needs: [],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      await broker.publish("a", publication(1));
      await broker.publish("b", publication(2));
      await broker.announceJoin("a", member("ann"));
      await broker.publish("a", publication(3));
      await broker.announceLeave("a", member("ann"));
      await broker.announceJoin("b", member("ben"));
      await world.until(() => ear.events.length >= 4);
      world.equal(ear.events, [
        ["pub", "a", "1"],
        ["join", "a", "ann"],
        ["pub", "a", "3"],
        ["leave", "a", "ann"],
      ]);
      await broker.stop();
    },
  },
  {
    name: "delivers in the order of the calls, without waiting for one before the next",
    needs: [],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      await Promise.all([
        broker.publish("a", publication(1)),
        broker.announceJoin("a", member("ann")),
        broker.publish("a", publication(2)),
      ]);
      await world.until(() => ear.events.length >= 3);
      world.equal(ear.heard, ["1", "ann", "2"]);
      await broker.stop();
    },
  },
  {
    name: "delivers nothing after unsubscribe or stop",
    needs: [],
    async play(world) {
      const { broker, ear } = await startBroker(world);
      await broker.subscribe("a");
      await broker.unsubscribe("a");
      await broker.publish("a", publication(1));
      await broker.subscribe("a");
      await broker.stop();
      world.equal(ear.events, []);
    },
  },
  {
    name: "has an event that another causes follow it for all",
    needs: [],
    async play(world) {
      const broker = await world.make();
      const order: string[] = [];
      let within: Promise<unknown> | undefined;
      const ear = new Ear();
      await broker.start(
        {
          publication: (channel, heard) => {
            const data = textOf(heard);
            order.push(`begin ${data}`);
            if (data === "1") within = broker.publish(channel, publication(2));
            order.push(`end ${data}`);
          },
          join: (channel, info) => ear.join(channel, info),
          leave: (channel, info) => ear.leave(channel, info),
        },
        "node",
      );
      await broker.subscribe("a");
      await broker.publish("a", publication(1));
      await world.until(() => order.length >= 4);
      world.equal(order, ["begin 1", "end 1", "begin 2", "end 2"]);
      // What was heard need not have been answered yet, and a broker that stops answers nobody.
      await within;
      await broker.stop();
    },
  },
  {
    name: "shows two hubs each other's events, both in the same order",
    needs: ["many hubs", "one order"],
    async play(world) {
      const [one, two] = [await startBroker(world), await startBroker(world)];
      await one.broker.subscribe("a");
      await two.broker.subscribe("a");
      const calls: Promise<unknown>[] = [];
      for (let n = 0; n < 50; n += 1) {
        calls.push(one.broker.publish("a", publication(n)));
        calls.push(two.broker.publish("a", publication(n + 100)));
      }
      await Promise.all(calls);
      await world.until(() => one.ear.events.length >= 100 && two.ear.events.length >= 100);
      world.equal(one.ear.events, two.ear.events);
      await one.broker.stop();
      await two.broker.stop();
    },
  },
];

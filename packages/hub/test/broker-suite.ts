/** What every broker has to keep. An implementation calls this with a way to make one; a hub is played by hand. */

import { describe, expect, it } from "vitest";
import type { Broker } from "@tautline/hub";
import type { ClientInfo, Publication } from "@tautline/wire";
import { encodePayload } from "@tautline/wire";

/** What a broker told a hub, in order. */
type Event = readonly [kind: "pub" | "join" | "leave", channel: string, what: string];

class Ear {
  readonly events: Event[] = [];

  publication(channel: string, { data }: Publication): void {
    this.events.push(["pub", channel, data ?? ""]);
  }

  join(channel: string, { client }: ClientInfo): void {
    this.events.push(["join", channel, client]);
  }

  leave(channel: string, { client }: ClientInfo): void {
    this.events.push(["leave", channel, client]);
  }
}

const publication = (value: unknown): Publication => ({ data: encodePayload(value) });
const member = (client: string, user = ""): ClientInfo => ({ user, client });

async function startWith(broker: Broker): Promise<{ broker: Broker; ear: Ear }> {
  const ear = new Ear();
  await broker.start(ear);
  return { broker, ear };
}

export function describeBroker(name: string, make: () => Promise<Broker>): void {
  describe(`the ${name} broker`, () => {
    it("delivers the events of subscribed channels, in order, and no others", async () => {
      const { broker, ear } = await startWith(await make());
      await broker.subscribe("a");
      await broker.publish("a", publication(1));
      await broker.publish("b", publication(2));
      await broker.announceJoin("a", member("ann"));
      await broker.publish("a", publication(3));
      await broker.announceLeave("a", member("ann"));
      await broker.announceJoin("b", member("ben"));
      expect(ear.events).toEqual([
        ["pub", "a", "1"],
        ["join", "a", "ann"],
        ["pub", "a", "3"],
        ["leave", "a", "ann"],
      ]);
      await broker.stop();
    });

    it("delivers in the order of the calls, without waiting for one before the next", async () => {
      const { broker, ear } = await startWith(await make());
      await broker.subscribe("a");
      await Promise.all([
        broker.publish("a", publication(1)),
        broker.announceJoin("a", member("ann")),
        broker.publish("a", publication(2)),
      ]);
      expect(ear.events.map(([, , what]) => what)).toEqual(["1", "ann", "2"]);
      await broker.stop();
    });

    it("delivers nothing after unsubscribe or stop", async () => {
      const { broker, ear } = await startWith(await make());
      await broker.subscribe("a");
      await broker.unsubscribe("a");
      await broker.publish("a", publication(1));
      await broker.subscribe("a");
      await broker.stop();
      expect(ear.events).toEqual([]);
    });

    it("has an event that another causes follow it for all", async () => {
      const broker = await make();
      const order: string[] = [];
      const ear = new Ear();
      await broker.start({
        publication: (channel, { data }) => {
          order.push(`begin ${data}`);
          if (data === "1") void broker.publish(channel, publication(2));
          order.push(`end ${data}`);
        },
        join: (channel, info) => ear.join(channel, info),
        leave: (channel, info) => ear.leave(channel, info),
      });
      await broker.subscribe("a");
      await broker.publish("a", publication(1));
      expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
      await broker.stop();
    });

    it("knows the members of channels, connections and users apart", async () => {
      const { broker } = await startWith(await make());
      await broker.addMember("a", member("1", "ann"));
      await broker.addMember("a", member("2", "ann"));
      await broker.addMember("a", { ...member("3", "ben"), chan_info: encodePayload("x") });
      await broker.addMember("b", member("1", "ann"));
      expect([...(await broker.members("a")).keys()].toSorted()).toEqual(["1", "2", "3"]);
      expect((await broker.members("a")).get("3")).toEqual({
        user: "ben",
        client: "3",
        chan_info: '"x"',
      });
      expect(await broker.memberStats("a")).toEqual({ clients: 3, users: 2 });
      await broker.removeMember("a", "2");
      await broker.removeMember("a", "nobody");
      await broker.removeMember("nowhere", "1");
      expect(await broker.memberStats("a")).toEqual({ clients: 2, users: 2 });
      expect(await broker.memberStats("b")).toEqual({ clients: 1, users: 1 });
      expect(await broker.memberStats("nowhere")).toEqual({ clients: 0, users: 0 });
      await broker.stop();
    });

    it("gives the members as they are, not as they will be", async () => {
      const { broker } = await startWith(await make());
      await broker.addMember("a", member("1"));
      const before = await broker.members("a");
      await broker.removeMember("a", "1");
      expect(before.size).toBe(1);
      await broker.stop();
    });
  });
}

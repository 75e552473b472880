/** Which options a channel has by its name, and what the options allow. */

import { describe, expect, it } from "vitest";
import type { BrokerEvents, BrokerNeeds, HubOptions } from "@tautline/hub";
import { channelDefaults, MemoryBroker } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { FakeClock } from "./fake-clock.ts";
import { TestHub, ask } from "./test-hub.ts";

const subscribeTo = (channel: string, id = 2) => ({ id, subscribe: { channel } });
const publish = (id: number, channel: string) => ({ id, publish: { channel, data: 1 } });

const options: Partial<HubOptions> = {
  open: true,
  namespaces: { news: { clientPublish: false, presence: false }, chat: {} },
};

describe("a namespace", () => {
  it("that is unknown makes the channel unknown, for every command", async () => {
    const test = new TestHub(options);
    const ann = await test.connect();
    const commands = [
      subscribeTo("secret:a", 2),
      { id: 3, publish: { channel: "secret:a", data: 1 } },
      { id: 4, presence: { channel: ":a" } },
      { id: 5, presence_stats: { channel: "secret:a" } },
      { id: 6, history: { channel: "newsletter:a" } },
    ];
    const replies = await ask(ann, ...commands);
    expect(replies.map(({ error }) => error)).toEqual(
      commands.map(() => replyErrors.unknownChannel),
    );
    expect(() => test.hub.channel("secret:a")).toThrow(RangeError);
  });

  it("decides what its channels do, and nothing about others", async () => {
    const test = new TestHub(options);
    const ann = await test.connect("news:a", "chat:a", "plain");
    expect(await ask(ann, publish(5, "news:a"))).toEqual([
      { id: 5, error: replyErrors.permissionDenied },
    ]);
    expect((await ask(ann, publish(6, "chat:a"))).at(-1)).toEqual({ id: 6, publish: {} });
    expect((await ask(ann, publish(7, "plain"))).at(-1)).toEqual({ id: 7, publish: {} });
    expect(await ask(ann, { id: 8, presence: { channel: "news:a" } })).toEqual([
      { id: 8, error: replyErrors.notAvailable },
    ]);
    expect((await test.hub.channel("news:a").presence()).size).toBe(0);
    expect((await test.hub.channel("chat:a").presence()).size).toBe(1);
  });

  it("means nothing where a hub has none", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    expect(await ask(ann, subscribeTo("any:thing"))).toEqual([{ id: 2, subscribe: {} }]);
  });

  it("is no property of an object: __proto__ is as unknown as others", async () => {
    const test = new TestHub(options);
    const ann = await test.connect();
    expect(await ask(ann, subscribeTo("__proto__:a"))).toEqual([
      { id: 2, error: replyErrors.unknownChannel },
    ]);
  });
});

describe("a channel for certain users", () => {
  it("lets them in and nobody else, whatever is asked", async () => {
    const test = new TestHub();
    test.hub.onConnect(({ data }) => ({ user: String(data) }));
    const connect = async (user: string) => {
      const connection = test.dial();
      await ask(connection, { id: 1, connect: { data: user } });
      return connection;
    };
    const [ann, ben, nobody] = [await connect("ann"), await connect("ben"), await connect("")];
    expect(await ask(ann, subscribeTo("dialog#ann,eve"))).toEqual([{ id: 2, subscribe: {} }]);
    const commands = [
      subscribeTo("dialog#ann,eve", 2),
      { id: 3, publish: { channel: "dialog#ann,eve", data: 1 } },
      { id: 4, presence: { channel: "dialog#ann,eve" } },
      { id: 5, history: { channel: "dialog#ann,eve" } },
      subscribeTo("dialog#be", 6),
      subscribeTo("dialog#", 7),
    ];
    for (const stranger of [ben, nobody]) {
      const replies = await ask(stranger, ...commands);
      expect(replies.map(({ error }) => error)).toEqual(
        commands.map(() => replyErrors.permissionDenied),
      );
    }
    expect(await ask(ben, subscribeTo("dialog#ben", 8))).toEqual([{ id: 8, subscribe: {} }]);
  });
});

describe("joins and leaves", () => {
  it("are told nobody where the channel does not tell", async () => {
    const test = new TestHub({ open: true, channels: { joinLeave: false } });
    const ann = await test.connect();
    await ask(ann, { id: 2, subscribe: { channel: "a", join_leave: true } });
    const ben = await test.connect("a");
    ben.drop();
    expect(ann.take()).toEqual([]);
  });
});

describe("channels of the hub's maker", () => {
  const ownChannels = {
    house: { clientPublish: false },
    "house:door": { presence: false },
    chat: { clientPublish: false },
  };

  it("do what they are for, and make no other name unknown", async () => {
    const test = new TestHub({ open: true }, undefined, { ownChannels });
    const ann = await test.connect("any:thing");
    expect(await ask(ann, publish(3, "house:roof"))).toEqual([
      { id: 3, error: replyErrors.permissionDenied },
    ]);
    expect((await ask(ann, publish(4, "house:door"))).at(-1)).toEqual({ id: 4, publish: {} });
    expect((await ask(ann, publish(5, "any:thing"))).at(-1)).toEqual({ id: 5, publish: {} });
    expect((await ask(ann, publish(6, "house"))).at(-1)).toEqual({ id: 6, publish: {} });
  });

  it("stand beside namespaces, and behind those of the same name", async () => {
    const test = new TestHub(options, undefined, { ownChannels });
    const ann = await test.connect("chat:a", "house:roof");
    expect((await ask(ann, publish(4, "chat:a"))).at(-1)).toEqual({ id: 4, publish: {} });
    expect(await ask(ann, publish(5, "house:roof"), subscribeTo("secret:a", 6))).toEqual([
      { id: 5, error: replyErrors.permissionDenied },
      { id: 6, error: replyErrors.unknownChannel },
    ]);
  });

  it("are no reason for a hub not to start over a broker that keeps nothing", async () => {
    const broker = new AskedBroker(brokerSetup(new FakeClock()));
    const own = { house: { historySize: 5 } };
    const test = new TestHub({ channels: { presence: false } }, broker, { ownChannels: own });
    await test.hub.ready;
    expect(broker.needs).toEqual({ logs: false, members: false });
  });
});

describe("options of channels", () => {
  it("keep nothing and forget nobody by default", () => {
    expect(channelDefaults).toMatchObject({ historySize: 0, recovery: "none", presence: true });
    expect(Object.isFrozen(channelDefaults)).toBe(true);
  });

  const rows: { name: string; options: Partial<HubOptions> }[] = [
    { name: "a log of part of a publication", options: { channels: { historySize: 1.5 } } },
    { name: "a log of less than nothing", options: { channels: { historySize: -1 } } },
    { name: "recovery without a log", options: { channels: { recovery: "stream" } } },
    { name: "positions without a log", options: { channels: { positioning: true } } },
    { name: "a log for no time", options: { channels: { historySize: 1, historyTtlMs: 0 } } },
    {
      name: "a position forgotten before the log",
      options: { channels: { historySize: 1, historyTtlMs: 10, historyMetaTtlMs: 5 } },
    },
    {
      name: "an unknown recovery",
      options: { namespaces: { a: { historySize: 1, recovery: "all" as "stream" } } },
    },
    { name: "an unknown delta", options: { channels: { deltas: ["xdelta" as "fossil"] } } },
    { name: "a namespace without a name", options: { namespaces: { "": {} } } },
    { name: "a namespace with a colon", options: { namespaces: { "a:b": {} } } },
  ];
  it.each(rows)("that make no sense: $name", ({ options }) => {
    expect(() => new TestHub(options)).toThrow(RangeError);
  });
});

/** A broker that writes down what a hub wants of it. */
class AskedBroker extends MemoryBroker {
  needs: BrokerNeeds | undefined;

  override async start(events: BrokerEvents, _node?: string, needs?: BrokerNeeds): Promise<void> {
    this.needs = needs;
    await super.start(events);
  }
}

describe("a broker is told what channels want", () => {
  it.each<{ options: Partial<HubOptions>; needs: BrokerNeeds }>([
    { options: {}, needs: { logs: false, members: true } },
    { options: { channels: { presence: false } }, needs: { logs: false, members: false } },
    {
      options: { channels: { presence: false }, namespaces: { a: { historySize: 1 } } },
      needs: { logs: true, members: true },
    },
  ])("$options", async ({ options, needs }) => {
    const broker = new AskedBroker(brokerSetup(new FakeClock()));
    await new TestHub(options, broker).hub.ready;
    expect(broker.needs).toEqual(needs);
  });
});

/** Members of channels: who sees them, what is seen, and who hears of their coming and going. */

import { describe, expect, it } from "vitest";
import { refuse } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const watch = (channel: string, id = 2) => ({ id, subscribe: { channel, join_leave: true } });

/** A hub whose clients say who they are. */
function namedHub(): TestHub {
  const test = new TestHub();
  test.hub.onConnect(({ data }) => ({ user: String(data), info: { name: data } }));
  return test;
}

async function connectAs(test: TestHub, user: string) {
  const connection = test.dial();
  await ask(connection, { id: 1, connect: { data: user } });
  return connection;
}

describe("the presence commands", () => {
  it("give the members with what was granted to be seen", async () => {
    const test = namedHub();
    test.hub.onSubscribe(() => ({ info: "member" }));
    const ann = await connectAs(test, "ann");
    await ask(ann, { id: 2, subscribe: { channel: "a" } });
    const [reply] = await ask(ann, { id: 3, presence: { channel: "a" } });
    expect(reply?.presence?.presence).toEqual(
      new Map([
        [
          "client-1",
          { user: "ann", client: "client-1", conn_info: '{"name":"ann"}', chan_info: '"member"' },
        ],
      ]),
    );
  });

  it("count connections and users apart", async () => {
    const test = namedHub();
    for (const user of ["ann", "ann", "ben"]) {
      await ask(await connectAs(test, user), { id: 2, subscribe: { channel: "a" } });
    }
    const eve = await connectAs(test, "eve");
    expect(await ask(eve, { id: 2, presence_stats: { channel: "a" } })).toEqual([
      { id: 2, presence_stats: { num_clients: 3, num_users: 2 } },
    ]);
    expect(await test.hub.channel("a").presenceStats()).toEqual({ clients: 3, users: 2 });
    expect(await ask(eve, { id: 3, presence_stats: { channel: "empty" } })).toEqual([
      { id: 3, presence_stats: { num_clients: 0, num_users: 0 } },
    ]);
  });

  it("are for subscribers in a closed hub, or for whom the hook lets", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => undefined);
    test.hub.onSubscribe(() => undefined);
    const ann = await test.connect("a");
    const status = async (channel: string) => {
      const [reply] = await ask(ann, { id: 8, presence: { channel } });
      return reply?.error?.code ?? 0;
    };
    const statuses = async () => [await status("a"), await status("b")];
    expect(await statuses()).toEqual([0, 103]);
    test.hub.onPresence(({ channel, subscribed }) =>
      channel === "b" && !subscribed ? undefined : refuse(replyErrors.permissionDenied),
    );
    expect(await statuses()).toEqual([103, 0]);
  });
});

describe("join and leave", () => {
  it("reach those who asked, in order, and the newcomer itself", async () => {
    const test = new TestHub();
    const watcher = await test.connect();
    const info = { user: "", client: "client-1" };
    expect(await ask(watcher, watch("a"))).toEqual([
      { id: 2, subscribe: {} },
      { push: { channel: "a", join: { info } } },
    ]);
    const silent = await test.connect("a");
    const other = { user: "", client: "client-2" };
    expect(watcher.take()).toEqual([{ push: { channel: "a", join: { info: other } } }]);
    silent.drop();
    await settle();
    expect(watcher.take()).toEqual([{ push: { channel: "a", leave: { info: other } } }]);
    expect(silent.take()).toEqual([]);
  });

  it("come before and after the publications of a short visit", async () => {
    const test = new TestHub();
    const watcher = await test.connect();
    await ask(watcher, watch("a"));
    watcher.take();
    const visitor = await test.connect();
    await ask(
      visitor,
      { id: 2, subscribe: { channel: "a" } },
      { id: 3, publish: { channel: "a", data: 1 } },
      { id: 4, unsubscribe: { channel: "a" } },
    );
    const kinds = watcher.take().map(({ push }) => Object.keys(push ?? {})[1]);
    expect(kinds).toEqual(["join", "pub", "leave"]);
  });
});

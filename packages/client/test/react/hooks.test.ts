// @vitest-environment happy-dom
/** The hooks in real React: what is shown, what is subscribed to, and what is left behind. */

import type { Client, Publication } from "@tautline/client";
import { channel } from "@tautline/client";
import type { ChannelView } from "@tautline/client/react";
import { ClientProvider, useChannel, useConnection, usePresence } from "@tautline/client/react";
import type { FunctionComponent, ReactNode } from "react";
import { StrictMode, act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { World } from "../world.ts";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const chat = channel<{ text: string }>("chat");

let world: World;
let client: Client;

beforeEach(async () => {
  world = new World();
  client = await world.connected();
});

const show = (node: ReactNode): ReactNode =>
  createElement(StrictMode, null, createElement(ClientProvider, { client }, node));

/** A page that shows `node`, and what was rendered of it. */
async function page(node: ReactNode) {
  const element = document.createElement("div");
  const root = createRoot(element);
  const render = (next: ReactNode): Promise<void> =>
    act(async () => {
      root.render(show(next));
      await Promise.resolve();
    });
  onTestFinished(() => act(() => root.unmount()));
  await render(node);
  return { render, text: () => element.textContent };
}

const advance = (ms: number): Promise<void> => act(() => world.environment.advance(ms));

/** The members of a channel that the server was asked to watch, by the newest subscribe command. */
const subscribes = () => world.server.requests("subscribe").map(({ subscribe }) => subscribe);
const unsubscribes = () => world.server.requests("unsubscribe");

const Connection: FunctionComponent = () => useConnection().state;

test("useConnection shows the state as it changes", async () => {
  const { text } = await page(createElement(Connection));
  expect(text()).toBe("connected");
  await act(async () => {
    world.server.socket.end(1006);
    await Promise.resolve();
  });
  expect(text()).toBe("connecting");
  await advance(2000);
  expect(text()).toBe("connected");
});

test("hooks say what is missing when no client is given", () => {
  expect(() => renderToString(createElement(Connection))).toThrow(/needs a ClientProvider/);
});

test("a server renders what is known without a connection", () => {
  const cold = world.client();
  const node = createElement(
    ClientProvider,
    { client: cold },
    createElement(Connection),
    createElement(Room, {}),
  );
  expect(renderToString(node)).toContain("disconnected");
  expect(subscribes()).toEqual([]);
});

interface RoomProps {
  readonly heard?: (publication: Publication<{ text: string }>) => void;
  readonly seen?: (view: ChannelView<{ text: string }>) => void;
  readonly enabled?: boolean;
}

function Room({ heard, seen, enabled }: RoomProps): ReactNode {
  const view = useChannel(chat, { onPublication: heard, enabled, data: { from: "room" } });
  seen?.(view);
  return view.state;
}

function People(): ReactNode {
  const { members, error } = usePresence(chat);
  return error === undefined ? members.map(({ user }) => user).join(",") : "no list";
}

describe("useChannel", () => {
  test("subscribes once in strict mode, hears publications, and unsubscribes", async () => {
    const texts: string[] = [];
    const heard = ({ data }: Publication<{ text: string }>) => texts.push(data.text);
    const { render, text } = await page(createElement(Room, { heard }));
    expect(text()).toBe("subscribing");
    await advance(10);
    expect(text()).toBe("subscribed");
    expect(subscribes()).toHaveLength(1);
    expect(subscribes()[0]).toMatchObject({ channel: "chat", data: '{"from":"room"}' });
    world.server.publish("chat", { text: "hello" });
    expect(texts).toEqual(["hello"]);
    await render(null);
    await advance(10);
    expect(unsubscribes()).toHaveLength(1);
    world.server.publish("chat", { text: "to nobody" });
    expect(texts).toEqual(["hello"]);
    expect(client.subscription(chat)).toBeUndefined();
  });

  test("calls the function of the newest rendering", async () => {
    const texts: string[] = [];
    const { render } = await page(createElement(Room, { heard: () => texts.push("old") }));
    await advance(10);
    await render(createElement(Room, { heard: () => texts.push("new") }));
    world.server.publish("chat", { text: "hello" });
    expect(texts).toEqual(["new"]);
    expect(subscribes()).toHaveLength(1);
  });

  test("shares one subscription among components, and ends it with the last", async () => {
    const counts = [0, 0];
    const rooms = counts.map((_, index) =>
      createElement(Room, { key: index, heard: () => (counts[index]! += 1) }),
    );
    const { render } = await page(rooms);
    await advance(10);
    world.server.publish("chat", { text: "hello" });
    expect(counts).toEqual([1, 1]);
    await render(rooms.slice(1));
    await advance(10);
    world.server.publish("chat", { text: "hello" });
    expect(counts).toEqual([1, 2]);
    expect([subscribes().length, unsubscribes().length]).toEqual([1, 0]);
  });

  test("waits until it is enabled", async () => {
    const { render, text } = await page(createElement(Room, { enabled: false }));
    await advance(10);
    expect(text()).toBe("unsubscribed");
    await render(createElement(Room, { enabled: true }));
    await advance(10);
    expect(text()).toBe("subscribed");
    await render(createElement(Room, { enabled: false }));
    expect(text()).toBe("unsubscribed");
  });

  test("publishes, by a function that stays the same", async () => {
    const views: ChannelView<{ text: string }>[] = [];
    await page(createElement(Room, { seen: (view) => views.push(view) }));
    await advance(10);
    const published = views.at(-1)!.publish({ text: "hello" });
    await advance(10);
    await published;
    expect(world.server.requests("publish")[0]?.publish?.channel).toBe("chat");
    expect(new Set(views.map(({ publish }) => publish)).size).toBeLessThanOrEqual(2);
  });

  test("tells why it has ended", async () => {
    world.server.refusals.set("chat", { code: 103, message: "permission denied" });
    const views: ChannelView<{ text: string }>[] = [];
    await page(createElement(Room, { seen: (view) => views.push(view) }));
    await advance(10);
    expect(views.at(-1)).toMatchObject({
      state: "unsubscribed",
      reason: { code: 103, reason: "permission denied" },
      missed: false,
    });
  });

  test("uses a subscription that is there already, and leaves it", async () => {
    const own = client.subscribe(chat);
    await advance(10);
    const { render, text } = await page(createElement(Room));
    expect(text()).toBe("subscribed");
    await render(null);
    await advance(10);
    expect(own.state).toBe("subscribed");
  });
});

describe("usePresence", () => {
  test("shows who is there", async () => {
    world.server.members = new Map([["a", { client: "a", user: "ann" }]]);
    const { text } = await page(createElement(People));
    await advance(20);
    expect(text()).toBe("ann");
    expect(subscribes()[0]).toMatchObject({ join_leave: true });
    await act(async () => {
      const info = { client: "b", user: "ben" };
      world.server.socket.reply({ push: { channel: "chat", join: { info } } });
      await Promise.resolve();
    });
    expect(text()).toBe("ann,ben");
  });

  test("shares the subscription of a channel that is looked at, asking for members anew", async () => {
    world.server.members = new Map([["a", { client: "a", user: "ann" }]]);
    const { render, text } = await page(createElement(Room, { key: "room" }));
    await advance(10);
    await render([createElement(Room, { key: "room" }), createElement(People, { key: "people" })]);
    await advance(20);
    expect(text()).toBe("subscribedann");
    expect(subscribes().map((request) => request?.join_leave ?? false)).toEqual([false, true]);
    await render([createElement(People, { key: "people" })]);
    await advance(20);
    expect(text()).toBe("ann");
    expect(subscribes()).toHaveLength(2);
  });

  test("says when there is no list", async () => {
    world.server.refusals.set("presence", { code: 103, message: "permission denied" });
    const { text } = await page(createElement(People));
    await advance(20);
    expect(text()).toBe("no list");
  });
});

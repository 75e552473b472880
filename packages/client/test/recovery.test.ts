/** Coming back to a channel with a log: from where, with what, and what happens when something is missing. */

import type { Client, Publication, Subscription, SubscriptionChange } from "@tautline/client";
import type { Publication as WirePublication, SubscribeResult } from "@tautline/wire";
import { createDelta, encodePayload } from "@tautline/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
let client: Client;

beforeEach(async () => {
  world = new World();
  // The tests answer for the server.
  world.server.ignored.add("chat");
  client = await world.connected();
});

interface Heard {
  readonly data: unknown[];
  readonly changes: SubscriptionChange[];
}

function hear(subscription: Subscription<unknown>): Heard {
  const heard: Heard = { data: [], changes: [] };
  subscription.onPublication(({ data }) => heard.data.push(data));
  subscription.onStateChange((change) => heard.changes.push(change));
  return heard;
}

const pub = (value: unknown, offset?: number): WirePublication => ({
  data: encodePayload(value),
  ...(offset !== undefined && { offset }),
});

const push = (value: unknown, offset?: number): void =>
  world.server.socket.reply({ push: { channel: "chat", pub: pub(value, offset) } });

const lastRequest = () => world.server.requests("subscribe").at(-1)?.subscribe;

/** Answers the newest subscribe command. */
function accept(subscribe: SubscribeResult): void {
  const id = world.server.requests("subscribe").at(-1)?.id ?? 0;
  world.server.socket.reply({ id, subscribe });
}

async function subscribe(
  result: SubscribeResult,
  options: Parameters<Client["subscribe"]>[1] = {},
): Promise<{ chat: Subscription<unknown>; heard: Heard }> {
  const chat = client.subscribe("chat", options);
  const heard = hear(chat);
  await world.environment.advance(5);
  accept(result);
  return { chat, heard };
}

async function reconnect(): Promise<void> {
  world.server.socket.end(3001);
  await world.environment.advance(1000);
}

const log = { recoverable: true, positioned: true, epoch: "e" };

describe("a subscription with a place in a log", () => {
  test("keeps it, and asks from there when it comes back", async () => {
    const { chat, heard } = await subscribe({ ...log, offset: 7 });
    expect(lastRequest()).toEqual({ channel: "chat", recoverable: true });
    expect(chat.position).toEqual({ offset: 7, epoch: "e" });
    push("eight", 8);
    expect(chat.position).toEqual({ offset: 8, epoch: "e" });
    await reconnect();
    expect(lastRequest()).toMatchObject({ recover: true, offset: 8, epoch: "e" });
    const publications = [pub("nine", 9), pub("ten", 10)];
    accept({ ...log, offset: 8, was_recovering: true, recovered: true, publications });
    expect(heard.data).toEqual(["eight", "nine", "ten"]);
    expect(heard.changes.at(-1)).toMatchObject({
      state: "subscribed",
      wasRecovering: true,
      recovered: true,
    });
    push("eleven", 11);
    expect(heard.data.at(-1)).toBe("eleven");
    expect(chat.position).toEqual({ offset: 11, epoch: "e" });
  });

  test("hears of the recovery before of what was recovered", async () => {
    const { chat } = await subscribe({ ...log, offset: 0 });
    const order: unknown[] = [];
    chat.onStateChange(({ state, recovered }) => order.push([state, recovered]));
    chat.onPublication(({ data }) => order.push(data));
    await reconnect();
    accept({ ...log, was_recovering: true, recovered: true, publications: [pub(1, 1)] });
    expect(order).toEqual([["subscribing", false], ["subscribed", true], 1]);
  });

  test("that cannot recover is told so, and goes on from where the server is", async () => {
    const { chat, heard } = await subscribe({ ...log, offset: 7 });
    await reconnect();
    accept({ ...log, epoch: "f", offset: 3, was_recovering: true });
    expect(heard.changes.at(-1)).toMatchObject({ wasRecovering: true, recovered: false });
    expect(chat.position).toEqual({ offset: 3, epoch: "f" });
    push("four", 4);
    expect(heard.data).toEqual(["four"]);
  });

  test("begins from a place that the application has kept", async () => {
    const { heard } = await subscribe(
      { ...log, offset: 4, was_recovering: true, recovered: true, publications: [pub(5, 5)] },
      { since: { offset: 4, epoch: "e" } },
    );
    expect(lastRequest()).toMatchObject({ recover: true, offset: 4, epoch: "e" });
    expect(heard.data).toEqual([5]);
  });

  test("takes thousands of publications at once, each once and in order", async () => {
    const { heard } = await subscribe({ ...log, offset: 0 });
    await reconnect();
    const publications = Array.from({ length: 10_000 }, (_, n) => pub(n + 1, n + 1));
    accept({ ...log, was_recovering: true, recovered: true, publications });
    push(10_001, 10_001);
    expect(heard.data).toEqual(Array.from({ length: 10_001 }, (_, n) => n + 1));
  });

  test("ended by a listener hears nothing of the rest, and keeps its place", async () => {
    const { chat } = await subscribe({ ...log, offset: 0 });
    const heard: unknown[] = [];
    chat.onPublication(({ data }) => {
      heard.push(data);
      void chat.unsubscribe();
    });
    await reconnect();
    accept({ ...log, was_recovering: true, recovered: true, publications: [pub(1, 1), pub(2, 2)] });
    expect(heard).toEqual([1]);
    expect(chat.position?.offset).toBe(1);
  });

  test("gives its place up when the server says that its state is worth nothing", async () => {
    const { heard } = await subscribe({ ...log, offset: 7 });
    world.server.socket.reply({ push: { channel: "chat", unsubscribe: { code: 2502 } } });
    await world.environment.advance(1000);
    expect(lastRequest()).toMatchObject({ recover: true, epoch: "_" });
    expect(lastRequest()?.offset ?? 0).toBe(0);
    accept({ ...log, offset: 9, was_recovering: true });
    expect(heard.changes.at(-1)).toMatchObject({ wasRecovering: true, recovered: false });
    world.server.socket.end(3014);
    await world.environment.advance(1000);
    expect(lastRequest()).toMatchObject({ recover: true, epoch: "_" });
    expect(lastRequest()?.offset ?? 0).toBe(0);
  });
});

describe("a subscription without one", () => {
  test("asks for nothing when it comes back, whatever offsets there were", async () => {
    const { chat, heard } = await subscribe({});
    push(1, 5);
    push(2, 3);
    expect(heard.data).toEqual([1, 2]);
    expect(chat.position).toBeUndefined();
    await reconnect();
    expect(lastRequest()).toEqual({ channel: "chat", recoverable: true });
  });
});

describe("a publication that does not follow the last", () => {
  test("is dropped when it is an old one", async () => {
    const { heard } = await subscribe({ ...log, offset: 7 });
    push("eight", 8);
    push("eight", 8);
    push("three", 3);
    push("nine", 9);
    expect(heard.data).toEqual(["eight", "nine"]);
  });

  test("is taken when numbers are left out: what has them is not for this client", async () => {
    const { chat, heard } = await subscribe({ ...log, offset: 7 });
    push("eight", 8);
    push("eleven", 11);
    expect(heard.data).toEqual(["eight", "eleven"]);
    expect(chat.position).toEqual({ offset: 11, epoch: "e" });
    await reconnect();
    expect(lastRequest()).toMatchObject({ recover: true, offset: 11, epoch: "e" });
    const publications = [pub("fourteen", 14)];
    accept({ ...log, offset: 11, was_recovering: true, recovered: true, publications });
    expect(heard.data).toEqual(["eight", "eleven", "fourteen"]);
    expect(chat.position?.offset).toBe(14);
  });
});

const text = (n: number) => JSON.stringify({ n, text: "the same in all of them, and long enough" });
const whole = (n: number, offset: number): WirePublication => pub(text(n), offset);
const delta = (from: number, to: number, offset: number): WirePublication => ({
  ...pub(createDelta(text(from), text(to)), offset),
  delta: true,
});
const numbers = (heard: Heard): unknown[] => heard.data.map((one) => (one as { n: number }).n);

const by = (owner: string, value: unknown, offset: number): WirePublication => ({
  ...pub(value, offset),
  info: { user: "ann", client: owner },
});
const hearing = (publication: WirePublication): void =>
  world.server.socket.reply({ push: { channel: "chat", pub: publication } });

describe("a subscription without echo", () => {
  test("hears nothing of its own, of earlier connections either, and its place moves on", async () => {
    const own = client.connection?.client ?? "";
    const { chat, heard } = await subscribe({ ...log, offset: 0 }, { echo: false });
    hearing(by("other", "theirs", 1));
    hearing(by(own, "mine", 2));
    expect(chat.position?.offset).toBe(2);
    await reconnect();
    expect(client.connection?.client).not.toBe(own);
    expect(lastRequest()).toMatchObject({ recover: true, offset: 2 });
    const publications = [by(own, "mine, on its way", 3), by("other", "theirs too", 4)];
    accept({ ...log, offset: 2, was_recovering: true, recovered: true, publications });
    hearing(by(client.connection?.client ?? "", "mine now", 5));
    hearing(pub("the server's", 6));
    expect(heard.data).toEqual(["theirs", "theirs too", "the server's"]);
    expect(chat.position?.offset).toBe(6);
  });

  test("hears what nobody is named for, even of a server that does not say who the client is", async () => {
    world.server.socket.end(3001);
    world.server.namesClients = false;
    await world.environment.advance(1000);
    const { heard } = await subscribe({}, { echo: false });
    hearing(pub("the server's"));
    expect(heard.data).toEqual(["the server's"]);
  });

  test("and with deltas takes its own for what the next one differs from", async () => {
    const own = client.connection?.client ?? "";
    const terms = { echo: false, delta: "fossil" } as const;
    const { heard } = await subscribe({ ...log, delta: true, offset: 0 }, terms);
    hearing({ ...whole(1, 1), info: { user: "", client: own } });
    hearing(delta(1, 2, 2));
    expect(numbers(heard)).toEqual([2]);
  });
});

/** To a text that nobody was sent. */
const foreign: WirePublication = {
  ...pub(createDelta(`before ${text(1)}`, text(2)), 2),
  delta: true,
};

describe("a subscription with deltas", () => {
  const deltas = { ...log, delta: true };

  test("hears the publications themselves, recovered ones as well", async () => {
    const { heard } = await subscribe({ ...deltas, offset: 0 }, { delta: "fossil" });
    expect(lastRequest()).toMatchObject({ delta: "fossil" });
    hearing(whole(1, 1));
    hearing(delta(1, 2, 2));
    await reconnect();
    const publications = [whole(3, 3), delta(3, 4, 4)];
    accept({ ...deltas, offset: 2, was_recovering: true, recovered: true, publications });
    hearing(delta(4, 5, 5));
    expect(numbers(heard)).toEqual([1, 2, 3, 4, 5]);
  });

  test("takes plain publications where the server has no deltas", async () => {
    const { heard } = await subscribe({ ...log, offset: 0 }, { delta: "fossil" });
    push("plain", 1);
    expect(heard.data).toEqual(["plain"]);
  });

  const bad: { name: string; publication: WirePublication }[] = [
    { name: "a delta to another text", publication: foreign },
    { name: "a delta of nonsense", publication: { ...pub("nonsense", 2), delta: true } },
    { name: "a whole that is no JSON", publication: pub("{", 2) },
    { name: "no data", publication: { offset: 2 } },
  ];
  test.each(bad)("begins anew after $name, and loses nothing", async ({ publication }) => {
    const { heard } = await subscribe({ ...deltas, offset: 0 }, { delta: "fossil" });
    hearing(whole(1, 1));
    hearing(publication);
    hearing(delta(2, 3, 3));
    expect(numbers(heard)).toEqual([1]);
    await world.environment.advance(1000);
    expect(lastRequest()).toMatchObject({ recover: true, offset: 1 });
    accept({
      ...deltas,
      offset: 1,
      was_recovering: true,
      recovered: true,
      publications: [whole(2, 2), delta(2, 3, 3)],
    });
    expect(numbers(heard)).toEqual([1, 2, 3]);
  });
});

describe("history", () => {
  const page = { publications: [pub("a", 1), pub("b", 2)], epoch: "e", offset: 9 };

  test("comes in pages, from a place and in either direction", async () => {
    world.server.ignored.add("history");
    const { chat } = await subscribe({ ...log, offset: 9 });
    const since = { offset: 5, epoch: "e" };
    const asked = chat.history({ limit: 2, since, reverse: true });
    const [{ id = 0, history } = {}] = world.server.requests("history");
    expect(history).toEqual({ channel: "chat", limit: 2, since, reverse: true });
    world.server.socket.reply({ id, history: page });
    const { publications, position } = await asked;
    expect(position).toEqual({ offset: 9, epoch: "e" });
    expect(publications.map(({ data, offset }: Publication<unknown>) => [data, offset])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  test("asks for the position alone when nothing is said", async () => {
    world.server.ignored.add("history");
    const asked = client.history("news");
    const [{ id = 0, history } = {}] = world.server.requests("history");
    expect(history).toEqual({ channel: "news" });
    world.server.socket.reply({ id, history: { publications: [], epoch: "e", offset: 9 } });
    expect(await asked).toEqual({ publications: [], position: { offset: 9, epoch: "e" } });
  });

  test("of a subscription that is over is refused", async () => {
    const { chat } = await subscribe({});
    void chat.unsubscribe();
    await expect(chat.history()).rejects.toMatchObject({ code: "unsubscribed" });
  });
});

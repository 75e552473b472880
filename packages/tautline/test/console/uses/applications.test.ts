// The console's applications as clients meet them: what they may publish, what the server tells, and that hooks are asked as ever.
import { Client } from "@tautline/client";
import type { Publication } from "@tautline/client";
import type { ServeOptions, TautlineServer } from "tautline";
import { refuse, replyErrors, serve } from "tautline";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

const servers: TautlineServer[] = [];
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({ port: 0, ...options });
  servers.push(server);
  return server;
}

async function connect({ url }: TautlineServer, name: string): Promise<Client> {
  const client = new Client(`${url}/connection/websocket`, {
    webSocket: WebSocket,
    data: { name },
  });
  clients.push(client);
  await client.connect();
  return client;
}

/** The next publication for which `wanted` holds, of a channel that is subscribed from now on. */
function hear(
  client: Client,
  channel: string,
  wanted: (publication: Publication<Record<string, unknown>>) => boolean = () => true,
): Promise<Publication<Record<string, unknown>>> {
  const subscription =
    client.subscription<Record<string, unknown>>(channel) ??
    client.subscribe<Record<string, unknown>>(channel);
  return new Promise((resolve) => {
    subscription.onPublication((publication) => {
      if (wanted(publication)) resolve(publication);
    });
  });
}

const refused = { code: "refused", serverCode: replyErrors.permissionDenied.code };
const bad = { code: "refused", serverCode: replyErrors.badRequest.code };

describe("channels of the applications", () => {
  const serversOnly = [
    "uses-quotes:market",
    "uses-monitor:server",
    "uses-notices:everybody",
    "uses-notices:to/Ada",
    "uses-game:any",
    "uses-device:wanted",
    "uses-document:another",
    "uses-carets:another",
  ];
  it.each(serversOnly)("%s is the server's to publish", async (channel) => {
    const ada = await connect(await start(), "Ada");
    await expect(ada.publish(channel, { hello: 1 })).rejects.toMatchObject(refused);
  });

  const rows: { name: string; channel: string; data: unknown }[] = [
    { name: "an edit of no kind", channel: "uses-document:notes", data: { update: "AAAA" } },
    {
      name: "an edit that is no Base64",
      channel: "uses-document:notes",
      data: { kind: "edit", update: "<b>" },
    },
    {
      name: "an edit with more in it",
      channel: "uses-document:notes",
      data: { kind: "edit", update: "AAAA", more: 1 },
    },
    {
      name: "an edit that is too long",
      channel: "uses-document:notes",
      data: { kind: "edit", update: "A".repeat(48_004) },
    },
    { name: "a text as an edit", channel: "uses-document:notes", data: "AAAA" },
    { name: "a list as an edit", channel: "uses-document:notes", data: [] },
    { name: "a caret that is nowhere", channel: "uses-carets:notes", data: { anchor: "" } },
    {
      name: "a caret that is long",
      channel: "uses-carets:notes",
      data: { anchor: "x".repeat(201), head: "" },
    },
    { name: "a lamp without a light", channel: "uses-device:state", data: { command: "" } },
    {
      name: "a lamp that says more",
      channel: "uses-device:state",
      data: { on: true, brightness: 1, command: "", warmth: 20, a: 1, b: 2, c: 3 },
    },
  ];
  it.each(rows)("do not take $name", async ({ channel, data }) => {
    const ada = await connect(await start(), "Ada");
    await expect(ada.publish(channel, data)).rejects.toMatchObject(bad);
  });

  it("take what is as it should be", async () => {
    const ada = await connect(await start(), "Ada");
    await ada.publish("uses-document:notes", { kind: "edit", update: "AAAA" });
    await ada.publish("uses-carets:notes", { anchor: "{}", head: "{}" });
    await ada.publish("uses-device:state", { on: true, brightness: 50, command: "", warmth: 21 });
    const page = await ada.history("uses-document:notes", { limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([{ kind: "edit", update: "AAAA" }]);
  });

  it("leave other names as they are, and are not there without demos", async () => {
    const server = await start({ demos: false });
    const ada = await connect(server, "Ada");
    await ada.publish("any:name", 1);
    await ada.publish("uses-quotes:market", { open: "to all" });
    await expect(ada.rpc("uses.quotes.watch")).rejects.toMatchObject({
      serverCode: replyErrors.methodNotFound.code,
    });
  });

  it("are as closed as hooks have it", async () => {
    const server = await start({
      hooks: { subscribe: () => refuse(replyErrors.permissionDenied) },
    });
    const ada = await connect(server, "Ada");
    await expect(ada.subscribe("uses-quotes:market").ready()).rejects.toMatchObject({
      code: "unsubscribed",
    });
  });
});

describe("notifications", () => {
  it("go out under the name that the server knows, once, and stay in the log", async () => {
    const server = await start();
    const [ada, grace] = [await connect(server, "Ada"), await connect(server, "Grace")];
    const news = hear(grace, "uses-notices:to/Grace");
    await grace.subscription("uses-notices:to/Grace")?.ready();
    const letter = { id: "one", to: "Grace", text: " Tea is ready ", from: "Mallory" };
    await ada.rpc("uses.notices.send", letter);
    await ada.rpc("uses.notices.send", letter);
    expect((await news).data).toMatchObject({
      kind: "notice",
      id: "one",
      from: "Ada",
      to: "Grace",
      text: "Tea is ready",
    });
    await grace.rpc("uses.notices.read", { ids: ["one"] });
    const log = await grace.history("uses-notices:to/Grace", { limit: 10 });
    expect(log.publications.map(({ data }) => data)).toMatchObject([
      { id: "one" },
      { kind: "read", ids: ["one"] },
    ]);
  });

  const rows = [
    { name: "nothing", method: "uses.notices.send", data: undefined },
    { name: "spaces", method: "uses.notices.send", data: { id: "a", to: "", text: "  " } },
    {
      name: "a novel",
      method: "uses.notices.send",
      data: { id: "a", to: "", text: "x".repeat(281) },
    },
    { name: "no id", method: "uses.notices.send", data: { to: "", text: "x" } },
    { name: "no marks", method: "uses.notices.read", data: { ids: [] } },
    { name: "marks that are none", method: "uses.notices.read", data: { ids: [1] } },
  ];
  it.each(rows)("of $name are refused", async ({ method, data }) => {
    const ada = await connect(await start(), "Ada");
    await expect(ada.rpc(method, data)).rejects.toMatchObject(bad);
  });

  it("have channels for names with marks that mean something", async () => {
    const server = await start();
    const ada = await connect(server, "#1 100%");
    const news = hear(ada, "uses-notices:to/%231 100%25");
    await ada.subscription("uses-notices:to/%231 100%25")?.ready();
    await ada.rpc("uses.notices.send", { id: "x", to: "#1 100%", text: "hello" });
    expect((await news).data["from"]).toBe("#1 100%");
  });
});

describe("quotes", () => {
  it("come while somebody watches, as differences that make the whole picture", async () => {
    const server = await start();
    const ada = await connect(server, "Ada");
    const market = ada.subscribe<{ tick: number; quotes: unknown[] }>("uses-quotes:market", {
      delta: "fossil",
    });
    const pictures = new Promise<readonly { tick: number; quotes: unknown[] }[]>((resolve) => {
      const heard: { tick: number; quotes: unknown[] }[] = [];
      market.onPublication(({ data }) => {
        heard.push(data);
        if (heard.length === 3) resolve(heard);
      });
    });
    await market.ready();
    const answer = (await ada.rpc("uses.quotes.watch")) as Record<string, unknown>;
    expect(answer).toMatchObject({ tickMs: 500, past: { HEMP: expect.any(Array) } });
    const ticks = (await pictures).map(({ tick, quotes }) => [tick, quotes.length]);
    expect(new Set(ticks.map(([tick]) => tick)).size).toBe(3);
    expect(ticks.every(([, count]) => count === 8)).toBe(true);
  });
});

describe("the monitor", () => {
  it("tells how the server is while somebody watches", async () => {
    const server = await start();
    const ada = await connect(server, "Ada");
    const told = hear(ada, "uses-monitor:server");
    await ada.subscription("uses-monitor:server")?.ready();
    expect(await ada.rpc("uses.monitor.watch")).toEqual({ everyMs: 1_000, node: server.hub.node });
    const { data } = await told;
    expect(data).toMatchObject({ node: server.hub.node, clients: 1 });
    const figures = ["cpuPercent", "memoryBytes", "heapBytes", "delayMs", "worstDelayMs"];
    expect(figures.filter((figure) => !(Number(data[figure]) >= 0))).toEqual([]);
  });
});

describe("the lamp", () => {
  it("hears of a command when it comes, and is heard by who comes later", async () => {
    const server = await start();
    const ada = await connect(server, "Ada");
    await ada.rpc("uses.device.command", { id: "one", on: true, brightness: 400 });
    const lamp = await connect(server, "Lamp");
    const { data } = await hear(lamp, "uses-device:wanted");
    expect(data).toMatchObject({ id: "one", by: "Ada", on: true, brightness: 100 });
    await lamp.publish("uses-device:state", {
      on: true,
      brightness: 100,
      command: "one",
      warmth: 21,
    });
    const report = await hear(ada, "uses-device:state");
    expect(report.data["command"]).toBe("one");
    expect(report.publisher?.client).toBe(lamp.connection?.client);
  });

  it("is not told what makes no sense", async () => {
    const ada = await connect(await start(), "Ada");
    const send = (data: unknown) => ada.rpc("uses.device.command", data);
    await expect(send({ id: "a", on: "yes", brightness: 1 })).rejects.toMatchObject(bad);
    await expect(send({ id: "a", on: true, brightness: "1" })).rejects.toMatchObject(bad);
  });
});

/** Subscribes to the board and takes a seat. */
async function sitDown(client: Client) {
  const board = (await client.rpc("uses.game.board")) as { channel: string };
  const subscription =
    client.subscription<Record<string, unknown>>(board.channel) ??
    client.subscribe<Record<string, unknown>>(board.channel);
  await subscription.ready();
  const answer = (await client.rpc("uses.game.join")) as Record<string, unknown>;
  return { channel: board.channel, subscription, answer };
}

describe("the game", () => {
  it("gives seats, moves who steers, and tells everybody", async () => {
    const server = await start();
    const [ada, grace] = [await connect(server, "Ada"), await connect(server, "Grace")];
    const first = await sitDown(ada);
    const second = await sitDown(grace);
    expect([first.answer["seat"], second.answer["seat"]]).toEqual([1, 2]);
    expect(second.answer["seats"]).toEqual([
      { seat: 1, name: "Ada" },
      { seat: 2, name: "Grace" },
    ]);
    expect((await sitDown(ada)).answer["seat"]).toBe(1);
    await ada.rpc("uses.game.steer", { dx: 9, dy: 0 });
    const atEdge = hear(grace, second.channel, ({ data }) =>
      (data["players"] as number[][]).some(([seat, x]) => seat === 1 && x === 157),
    );
    await expect(atEdge).resolves.toBeDefined();
  });

  it("forgets who leaves, at once when the connection ends", async () => {
    const server = await start();
    const [ada, grace] = [await connect(server, "Ada"), await connect(server, "Grace")];
    const { channel } = await sitDown(ada);
    const { subscription } = await sitDown(grace);
    const alone = () =>
      hear(ada, channel, ({ data }) => (data["seats"] as unknown[] | undefined)?.length === 1);
    const left = alone();
    await subscription.unsubscribe();
    expect((await left).data["seats"]).toEqual([{ seat: 1, name: "Ada" }]);
    await sitDown(grace);
    const gone = alone();
    await grace.disconnect();
    expect((await gone).data["players"]).toHaveLength(1);
  });

  it("takes no directions that are none", async () => {
    const ada = await connect(await start(), "Ada");
    await expect(ada.rpc("uses.game.steer", { dx: "left", dy: 0 })).rejects.toMatchObject(bad);
    expect(await ada.rpc("uses.game.steer", { dx: 1, dy: 0 })).toEqual({});
  });
});

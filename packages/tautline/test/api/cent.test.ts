// A client of Centrifugo's API that knows nothing of us: cent.js.
import { CentClient, CentException, CentMethods } from "cent.js";
import { afterAll, beforeAll, expect, it } from "vitest";

import { ApiServer, key } from "./api-server.ts";

let api: ApiServer;
let cent: CentClient;

beforeAll(async () => {
  const channels = { historySize: 10 };
  api = await ApiServer.start({ hub: { open: true, channels } });
  cent = new CentClient({ url: api.url, apiKey: key });
  const ann = await api.client("ann");
  await ann.subscribe("a").ready();
});

afterAll(() => api.close());

it("publishes, broadcasts and reads history", async () => {
  await cent.publish({ channel: "a", data: { text: "one" }, tags: { kind: "x" } });
  await cent.broadcast({ channels: ["a", "b"], data: { text: "two" } });
  const { publications } = await cent.getHistory({ channel: "a", limit: 10 });
  expect(publications).toMatchObject([
    { data: { text: "one" }, offset: 1, tags: { kind: "x" } },
    { data: { text: "two" }, offset: 2 },
  ]);
  await cent.removeHistory({ channel: "a" });
  expect((await cent.getHistory({ channel: "a", limit: 10 })).publications).toEqual([]);
});

it("sees who is there", async () => {
  expect(Object.values((await cent.getPresence({ channel: "a" })).presence)).toMatchObject([
    { user: "ann" },
  ]);
  expect(await cent.getPresenceStats({ channel: "a" })).toEqual({ num_clients: 1, num_users: 1 });
  expect((await cent.getChannels({ pattern: "a*" })).channels).toEqual({ a: { num_clients: 1 } });
  const { nodes } = await cent.getInfo();
  expect(nodes).toMatchObject([{ num_clients: 1, num_users: 1, num_channels: 1 }]);
});

it("does things with clients", async () => {
  await cent.subscribe({ user: "ann", channel: "b" });
  expect(await cent.getPresenceStats({ channel: "b" })).toMatchObject({ num_clients: 1 });
  await cent.unsubscribe({ user: "ann", channel: "b" });
  await cent.refresh({ user: "ann" });
  await cent.disconnect({ user: "ann" });
  expect(api.server.hub.clients.size).toBe(0);
});

it("hears of errors, and sends many commands at once", async () => {
  await expect(cent.publish({ channel: "", data: {} })).rejects.toThrow(CentException);
  const answers = await cent.pipeline([
    { method: CentMethods.Publish, params: { channel: "p", data: { n: 1 } } },
    { method: CentMethods.History, params: { channel: "p", limit: 1 } },
  ]);
  expect(answers).toMatchObject([{ offset: 1 }, { publications: [{ data: { n: 1 } }] }]);
});

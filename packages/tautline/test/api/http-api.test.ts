// The API as a backend meets it: over HTTP, good requests and bad ones.
import { connect } from "node:net";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { ApiServer, key } from "./api-server.ts";

let api: ApiServer;

beforeAll(async () => {
  api = await ApiServer.start({
    api: { keys: ["another-key-for-tests", key], maxBodyBytes: 65_536 },
    hub: {
      open: true,
      channels: { historySize: 10, recovery: "stream" },
      namespaces: { plain: { presence: false, historySize: 0, recovery: "none" } },
    },
  });
});

afterAll(() => api.close());

/** A request with these headers alone. */
function ask(headers: Record<string, string>): Promise<Response> {
  return fetch(`${api.url}/info`, { method: "POST", body: "{}", headers });
}

describe("a key", () => {
  const good: { name: string; headers: Record<string, string> }[] = [
    { name: "in X-API-Key", headers: { "X-API-Key": key } },
    { name: "of several", headers: { "X-API-Key": "another-key-for-tests" } },
    { name: "in Authorization", headers: { Authorization: `apikey ${key}` } },
    { name: "in capitals", headers: { Authorization: `APIKEY ${key}` } },
  ];
  const bad: { name: string; headers: Record<string, string> }[] = [
    { name: "that is wrong", headers: { "X-API-Key": `${key}x` } },
    { name: "that is empty", headers: { "X-API-Key": "" } },
    { name: "that is missing", headers: {} },
    { name: "as another kind", headers: { Authorization: `Bearer ${key}` } },
    { name: "twice", headers: { "X-API-Key": `${key}, ${key}` } },
  ];
  it.each(good)("$name opens the API", async ({ headers }) => {
    expect((await ask(headers)).status).toBe(200);
  });

  it.each(bad)("$name does not open the API", async ({ headers }) => {
    const answer = await ask(headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: { code: 101, message: "unauthorized" } });
    expect(answer.headers.get("www-authenticate")).toBe('apikey realm="api"');
  });

  it("in the query does not count: queries end in logs", async () => {
    const answer = await fetch(`${api.url}/info?api_key=${key}`, { method: "POST", body: "{}" });
    expect(answer.status).toBe(401);
  });

  it("has to be there for the API to be there", async () => {
    const closed = await ApiServer.start({ api: { keys: [] } });
    expect((await closed.send("/info")).status).toBe(405);
    expect((await closed.send("/info", { method: "GET" })).status).toBe(404);
    await closed.close();
  });

  it("is long enough, and fits a header", async () => {
    for (const bad of ["short", "", "long enough but with blanks", "långt nog men inte ASCII"]) {
      await expect(ApiServer.start({ api: { keys: [bad] } })).rejects.toThrow(RangeError);
    }
  });
});

describe("a request that is none", () => {
  const json = { "Content-Type": "application/json" };
  const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
  const rows: { name: string; path?: string; init: RequestInit; status: number; code: number }[] = [
    { name: "another method", init: { method: "GET" }, status: 405, code: 107 },
    { name: "a preflight of a browser", init: { method: "OPTIONS" }, status: 405, code: 107 },
    { name: "a path of no method", path: "/drop_all", init: {}, status: 404, code: 104 },
    { name: "a path below a method", path: "/publish/x", init: {}, status: 404, code: 104 },
    { name: "a name of a prototype", path: "/__proto__", init: {}, status: 404, code: 104 },
    {
      name: "another type of content",
      init: { headers: { "Content-Type": "text/xml" } },
      status: 415,
      code: 107,
    },
    {
      name: "another charset",
      init: { headers: { "Content-Type": "application/json; charset=utf-16" } },
      status: 415,
      code: 107,
    },
    {
      name: "a compressed body",
      init: { headers: { ...json, "Content-Encoding": "gzip" } },
      status: 415,
      code: 107,
    },
    { name: "no JSON", init: { body: "channel=a" }, status: 400, code: 107 },
    { name: "half of it", init: { body: '{"channel":"a","da' }, status: 400, code: 107 },
    { name: "two of it", init: { body: '{"channel":"a","data":1}{}' }, status: 400, code: 107 },
    { name: "a list", init: { body: "[]" }, status: 400, code: 107 },
    { name: "a number for text", init: { body: '{"channel":1,"data":1}' }, status: 400, code: 107 },
    {
      name: "bytes that are no UTF-8",
      init: { body: Buffer.from([0x22, 0xff]) },
      status: 400,
      code: 107,
    },
    { name: "too much", init: { body: `"${"x".repeat(65_536)}"` }, status: 413, code: 107 },
    {
      name: "JSON too deep",
      init: { body: `{"channel":"a","data":${deep}}` },
      status: 200,
      code: 106,
    },
    { name: "nothing of what is needed", init: { body: "{}" }, status: 200, code: 107 },
    { name: "null for it", init: { body: '{"channel":null,"data":1}' }, status: 200, code: 107 },
    { name: "no data", init: { body: '{"channel":"a"}' }, status: 200, code: 107 },
    { name: "an empty channel", init: { body: '{"channel":"","data":1}' }, status: 200, code: 107 },
    {
      name: "a channel of 10,000 bytes",
      init: { body: JSON.stringify({ channel: "c".repeat(10_000), data: 1 }) },
      status: 200,
      code: 107,
    },
    {
      name: "an unknown namespace",
      init: { body: '{"channel":"x:y","data":1}' },
      status: 200,
      code: 102,
    },
    {
      name: "no Base64",
      init: { body: '{"channel":"a","b64data":"%%%%"}' },
      status: 400,
      code: 107,
    },
    {
      name: "data twice",
      init: { body: '{"channel":"a","data":1,"b64data":""}' },
      status: 200,
      code: 107,
    },
    {
      name: "a version",
      init: { body: '{"channel":"a","data":1,"version":2}' },
      status: 200,
      code: 108,
    },
  ];
  for (const { name, path = "/publish", init, status, code } of rows) {
    it(`with ${name} is answered ${status}, ${code}`, async () => {
      const answer = await api.send(path, { ...(init.method === "GET" ? {} : json), ...init });
      expect(answer.json).toEqual({ error: { code, message: expect.any(String) } });
      expect(answer.status).toBe(status);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      // Whatever it was, the next one is served.
      expect((await api.send("/info", { body: "{}" })).status).toBe(200);
    });
  }

  it("does not pollute what others share", async () => {
    const body =
      '{"channel":"a","data":{"__proto__":{"x":1}},"__proto__":{"x":1},"tags":{"__proto__":"y"}}';
    expect((await api.send("/publish", { body })).status).toBe(200);
    expect(({} as { x?: number }).x).toBeUndefined();
    const { text } = await api.send("/history", { body: '{"channel":"a","limit":-1}' });
    expect(text).toContain('"data":{"__proto__":{"x":1}}');
  });

  it("without an end is not waited for for ever, and holds nothing", async () => {
    const quick = await ApiServer.start({
      api: { keys: [key], bodyTimeoutMs: 1, maxPendingRequests: 1 },
    });
    const { port } = new URL(quick.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `POST /api/info HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Length: 9\r\n\r\n{`,
    );
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => (text += String(chunk))).on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain("Connection: close");
    expect((await quick.send("/info", { body: "{}" })).status).toBe(200);
    await quick.close();
  });
});

describe("publishing", () => {
  it("reaches clients, keeps what was written, and tells the place", async () => {
    const ann = await api.client("ann");
    const room = ann.subscribe("publishing");
    await room.ready();
    const heard = new Promise((resolve) => room.onPublication(resolve));
    const body =
      '{"channel":"publishing","data":{"big":12345678901234567890 },"tags":{"kind":"x"}}';
    const { json } = await api.send("/publish", { body });
    expect(json).toEqual({ result: { offset: 1, epoch: expect.any(String) } });
    expect(await heard).toMatchObject({ tags: new Map([["kind", "x"]]) });
    const { text } = await api.send("/history", { body: '{"channel":"publishing","limit":1}' });
    expect(text).toContain('"data":{"big":12345678901234567890 }');
  });

  it("the same twice, by its key, is done once", async () => {
    const request = { channel: "once", data: 1, idempotency_key: "k" };
    const first = await api.ask("publish", request);
    expect(await api.ask("publish", request)).toEqual(first);
    const history = await api.ask("history", { channel: "once", limit: -1 });
    expect(history).toMatchObject({ result: { publications: [{ data: 1, offset: 1 }] } });
  });

  it("is for all but the connections that are named", async () => {
    const [eva, finn] = [await api.client("eva"), await api.client("finn")];
    const heard: string[] = [];
    const subscriptions = [eva, finn].map((client) => client.subscribe("except"));
    for (const [index, one] of subscriptions.entries()) {
      one.onPublication(({ data }) => heard.push(`${String(index)} ${String(data)}`));
      await one.ready();
    }
    const request = { channel: "except", data: 1, except: [eva.connection?.client] };
    expect(await api.ask("publish", request)).toMatchObject({ result: {} });
    await api.ask("broadcast", { ...request, channels: ["except"], data: 2 });
    await api.ask("publish", { channel: "except", data: 3 });
    await vi.waitFor(() => expect(heard.filter((one) => one.endsWith("3"))).toHaveLength(2));
    expect(heard.toSorted()).toEqual(["0 3", "1 1", "1 2", "1 3"]);
  });

  it("may stay out of the history, and be bytes", async () => {
    expect(await api.ask("publish", { channel: "b", data: 1, skip_history: true })).toEqual({
      result: {},
    });
    const b64data = Buffer.from([0, 1, 255]).toString("base64");
    await api.ask("publish", { channel: "b", b64data });
    await api.ask("publish", { channel: "b", b64data: Buffer.from('{"a":1}').toString("base64") });
    expect(await api.ask("history", { channel: "b", limit: -1, reverse: true })).toMatchObject({
      result: {
        offset: 2,
        publications: [
          { data: { a: 1 }, offset: 2 },
          { b64data, offset: 1 },
        ],
      },
    });
  });

  it("to many tells of each by itself", async () => {
    const channels = ["c", "unknown:c", ""];
    expect(await api.ask("broadcast", { channels, data: 1 })).toEqual({
      result: {
        responses: [
          { result: { offset: 1, epoch: expect.any(String) } },
          { error: { code: 102, message: "unknown channel" } },
          { error: { code: 107, message: "bad request: A channel needs a name" } },
        ],
      },
    });
    expect(await api.ask("broadcast", { channels: [], data: 1 })).toMatchObject({
      error: { code: 107 },
    });
    expect(await api.ask("broadcast", { channels: ["c"] })).toMatchObject({ error: { code: 107 } });
  });
});

describe("clients of a user", () => {
  it("are subscribed, and unsubscribed", async () => {
    await api.client("ben");
    const [id = ""] = api.idsOf("ben");
    expect(await api.ask("subscribe", { user: "ben", channel: "s", info: { seat: 1 } })).toEqual({
      result: {},
    });
    // Once more does no harm.
    expect(await api.ask("subscribe", { user: "ben", channel: "s" })).toEqual({ result: {} });
    expect(await api.ask("presence", { channel: "s" })).toEqual({
      result: {
        presence: {
          [id]: { user: "ben", client: id, chan_info: { seat: 1 } },
        },
      },
    });
    expect(await api.ask("presence_stats", { channel: "s" })).toEqual({
      result: { num_clients: 1, num_users: 1 },
    });
    expect(await api.ask("unsubscribe", { user: "ben", channel: "s" })).toEqual({ result: {} });
    await expect
      .poll(() => api.ask("presence_stats", { channel: "s" }))
      .toEqual({
        result: { num_clients: 0, num_users: 0 },
      });
  });

  it("are disconnected with a code, but for some", async () => {
    const [one, other] = [await api.client("cid"), await api.client("cid")];
    const closed = new Promise((resolve) => one.onStateChange(resolve));
    const disconnect = { code: 4501, reason: "signed out" };
    const request = { user: "cid", whitelist: api.idsOf("cid").slice(1), disconnect };
    expect(await api.ask("disconnect", request)).toEqual({ result: {} });
    expect(await closed).toMatchObject({ state: "disconnected", ...disconnect });
    expect(other.state).toBe("connected");
  });

  it("live on, or have expired", async () => {
    const dan = await api.client("dan");
    const [id = ""] = api.idsOf("dan");
    const later = Math.floor(Date.now() / 1000) + 3600;
    expect(await api.ask("refresh", { user: "dan", expire_at: later })).toEqual({ result: {} });
    const page = await api.ask("connections", { user: "dan" });
    expect(page).toEqual({
      result: {
        connections: {
          [id]: {
            user: "dan",
            node: api.server.hub.node,
            transport: "websocket",
            remote_address: expect.any(String),
            expire_at: later,
            connected_at: expect.any(Number),
            buffered_bytes: 0,
            state: { channels: {} },
          },
        },
      },
    });
    const closed = new Promise((resolve) => dan.onStateChange(resolve));
    expect(await api.ask("refresh", { client: id, expired: true })).toEqual({ result: {} });
    expect(await closed).toMatchObject({ code: 3005 });
  });

  const rows = [
    { name: "nobody", request: {}, code: 107 },
    { name: "a session", request: { user: "x", session: "s" }, code: 108 },
  ];
  for (const { name, request, code } of rows) {
    it(`are not meant by ${name}`, async () => {
      for (const method of ["subscribe", "unsubscribe", "disconnect", "refresh"]) {
        const answer = await api.ask(method, { ...request, channel: "a" });
        expect(answer).toMatchObject({ error: { code } });
      }
    });
  }

  it("are not disconnected with a code that cannot be sent", async () => {
    const disconnect = { code: 1000, reason: "x" };
    expect(await api.ask("disconnect", { user: "x", disconnect })).toMatchObject({
      error: { code: 107 },
    });
  });

  it("are not subscribed as no channel can be", async () => {
    const override = { presence: { value: false } };
    expect(await api.ask("subscribe", { user: "x", channel: "a", override })).toMatchObject({
      error: { code: 108 },
    });
    expect(await api.ask("subscribe", { user: "x", channel: "x:y" })).toMatchObject({
      error: { code: 102 },
    });
  });
});

describe("looking around", () => {
  it("shows channels by pattern and in pages", async () => {
    const eve = await api.client("eve");
    for (const name of ["look-1", "look-2"]) await eve.subscribe(name).ready();
    expect(await api.ask("channels", { pattern: "look-*", limit: 1 })).toEqual({
      result: { channels: { "look-1": { num_clients: 1 } }, next: "look-1" },
    });
    expect(await api.ask("channels", { pattern: "look-*", cursor: "look-1" })).toEqual({
      result: { channels: { "look-2": { num_clients: 1 } } },
    });
  });

  it("shows the node", async () => {
    expect(await api.ask("info", {})).toMatchObject({
      result: {
        nodes: [{ num_clients: expect.any(Number), uptime: expect.any(Number), version: "0.1.0" }],
      },
    });
  });

  it("is not available where channels keep nothing", async () => {
    for (const method of ["presence", "presence_stats", "history"]) {
      expect(await api.ask(method, { channel: "plain:a" })).toMatchObject({ error: { code: 108 } });
    }
  });

  it("finds history in pages, and says when a place is gone", async () => {
    for (const data of [1, 2, 3]) await api.ask("publish", { channel: "h", data });
    const { result } = (await api.ask("history", { channel: "h" })) as {
      result: { epoch: string };
    };
    const { epoch } = result;
    expect(result).toEqual({ publications: [], offset: 3, epoch });
    const page = await api.ask("history", { channel: "h", limit: 1, since: { offset: 1, epoch } });
    expect(page).toMatchObject({ result: { publications: [{ data: 2, offset: 2 }] } });
    const since = { offset: 1, epoch: "forged" };
    expect(await api.ask("history", { channel: "h", limit: 1, since })).toMatchObject({
      error: { code: 112 },
    });
    expect(await api.ask("history_remove", { channel: "h" })).toEqual({ result: {} });
    const empty = await api.ask("history", { channel: "h", limit: -1 });
    expect(empty).toEqual({ result: { publications: [], offset: 3, epoch } });
  });
});

describe("a batch", () => {
  const commands = [
    { publish: { channel: "batch", data: 1 } },
    { history: { channel: "batch", limit: 1 } },
    { publish: { channel: "batch" } },
    { publish: { channel: 5 } },
    { unknown: {} },
    7,
    { batch: { commands: [] } },
    { presence_stats: { channel: "batch" } },
  ];

  for (const parallel of [false, true]) {
    it(`is answered one by one, ${parallel ? "beside each other" : "in order"}`, async () => {
      const answer = await api.ask("batch", { commands, parallel });
      expect(answer).toEqual({
        replies: [
          { publish: { offset: expect.any(Number), epoch: expect.any(String) } },
          { history: expect.any(Object) },
          { error: { code: 107, message: "bad request: data is missing" } },
          { error: { code: 107, message: expect.stringContaining("channel") } },
          { error: { code: 104, message: "method not found" } },
          { error: { code: 107, message: expect.any(String) } },
          { error: { code: 104, message: "method not found" } },
          { presence_stats: { num_clients: 0, num_users: 0 } },
        ],
      });
    });
  }

  it("may be empty, but not endless", async () => {
    expect(await api.ask("batch", { commands: [] })).toEqual({ replies: [] });
    const many = { commands: Array.from({ length: 10_001 }, () => 1) };
    expect(await api.ask("batch", many)).toMatchObject({ error: { code: 106 } });
  });
});

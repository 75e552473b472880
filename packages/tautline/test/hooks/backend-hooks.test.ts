// Hooks that a backend answers over HTTP: what it is asked, what its answers mean, and what its faults do.
import { Client } from "@tautline/client";
import type { HubClient } from "@tautline/hub";
import type { BackendOptions, HookName, ServeHooks, TautlineServer } from "tautline";
import {
  backendHooks,
  disconnects,
  refuse,
  replyErrors,
  serve,
  verifyHookSignature,
} from "tautline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

import type { Behaviour } from "./test-backend.ts";
import { TestBackend } from "./test-backend.ts";

let backend: TestBackend;

beforeEach(async () => {
  backend = await TestBackend.start();
});

afterEach(() => backend.close());

const connection = {
  transport: "websocket",
  format: "json" as const,
  headers: { cookie: "session=1", "x-many": ["a", "b"], origin: "https://app.example" },
};

const client = {
  id: "c1",
  user: "ann",
  meta: { role: "admin" },
  connection,
} as unknown as HubClient;
const facts = { client: "c1", transport: "websocket", protocol: "json", encoding: "json" };
const clientFacts = { ...facts, user: "ann", meta: { role: "admin" } };

const warnings: object[] = [];
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields: object) => void warnings.push(fields),
  error: () => undefined,
};

beforeEach(() => void warnings.splice(0));

function hooksFor(name: HookName, options: Partial<BackendOptions> = {}): Required<ServeHooks> {
  const given = { urls: backend.urls(name), retryDelayMs: 1, ...options };
  return backendHooks(given, { logger }) as Required<ServeHooks>;
}

const attempt = { client: "c1", token: "t", data: { a: 1 }, name: "js", version: "1", connection };

/** Each hook, called once, and what the backend is then told besides the client. */
const calls: {
  name: HookName;
  call: (hooks: Required<ServeHooks>) => unknown;
  body: object;
}[] = [
  {
    name: "connect",
    call: ({ connect }) => connect(attempt),
    body: { ...facts, token: "t", data: { a: 1 }, name: "js", version: "1" },
  },
  { name: "refresh", call: ({ refresh }) => refresh({ token: "" }, client), body: clientFacts },
  {
    name: "subscribe",
    call: ({ subscribe }) => subscribe({ channel: "a", token: "", data: undefined }, client),
    body: { ...clientFacts, channel: "a" },
  },
  {
    name: "subRefresh",
    call: ({ subRefresh }) => subRefresh({ channel: "a", token: "" }, client),
    body: { ...clientFacts, channel: "a" },
  },
  {
    name: "publish",
    call: ({ publish }) => publish({ channel: "a", data: new Uint8Array([0, 255]) }, client),
    body: { ...clientFacts, channel: "a", b64data: "AP8=" },
  },
  {
    name: "rpc",
    call: ({ rpc }) => rpc("add", [1, 2], client),
    body: { ...clientFacts, method: "add", data: [1, 2] },
  },
  {
    name: "disconnect",
    call: ({ disconnect }) =>
      disconnect(client, { code: 1006, reason: "gone", byServer: false, channels: ["a"] }),
    body: { ...clientFacts, code: 1006, reason: "gone", by_server: false, channels: ["a"] },
  },
];

describe("a backend", () => {
  for (const { name, call, body } of calls) {
    it(`is asked about ${name} in Centrifugo's words`, async () => {
      await call(hooksFor(name));
      expect(backend.bodies).toEqual([body]);
      expect(backend.asked[0]?.headers).toMatchObject({
        "content-type": "application/json",
        "x-tautline-hook": name,
        "x-tautline-hook-id": expect.stringMatching(/^[0-9a-f-]{36}$/u),
      });
      expect(backend.asked[0]?.headers["x-tautline-signature"]).toBeUndefined();
    });
  }

  it("is asked only where it has an address", () => {
    expect(Object.keys(backendHooks({ urls: backend.urls("rpc", "connect") }))).toEqual([
      "connect",
      "rpc",
    ]);
  });

  it("gets the headers that are to be forwarded, and no others", async () => {
    const forwardHeaders = ["Cookie", "X-Many", "authorization", "constructor"];
    await hooksFor("connect", { forwardHeaders, headers: { "X-Own": "1" } }).connect(attempt);
    const headers = backend.asked[0]?.headers ?? {};
    expect(headers).toMatchObject({ cookie: "session=1", "x-many": "a, b", "x-own": "1" });
    expect(headers.origin).toBeUndefined();
    expect(headers.authorization).toBeUndefined();
  });

  it("can tell by the signature who asks", async () => {
    const secrets = ["first secret of hooks", "second secret of hooks"];
    await hooksFor("rpc", { secrets }).rpc("m", 1, client);
    const [asked] = backend.asked;
    const signature = String(asked?.headers["x-tautline-signature"]);
    const body = asked?.text ?? "";
    const rows = [
      { given: { signature, body }, terms: { secrets: secrets.slice(1) }, good: true },
      { given: { signature, body }, terms: { secrets: ["another", ...secrets] }, good: true },
      { given: { signature, body }, terms: { secrets: ["another secret of hooks"] }, good: false },
      { given: { signature, body: `${body} ` }, terms: { secrets }, good: false },
      { given: { signature: undefined, body }, terms: { secrets }, good: false },
      { given: { signature: "t=1,v1=00", body }, terms: { secrets }, good: false },
      {
        given: { signature: signature.replace("t=", "t=9"), body },
        terms: { secrets },
        good: false,
      },
      { given: { signature, body }, terms: { secrets, nowMs: Date.now() + 301_000 }, good: false },
      {
        given: { signature, body },
        terms: { secrets, nowMs: 0, toleranceMs: Infinity },
        good: true,
      },
    ];
    expect(rows.map(({ given, terms }) => verifyHookSignature(given, terms))).toEqual(
      rows.map(({ good }) => good),
    );
  });

  it("needs options that make sense", () => {
    const rows: Partial<BackendOptions>[] = [
      { urls: { connect: "not an address" } },
      { urls: { connect: "ftp://backend.example/" } },
      { urls: { connect: "https://user:password@backend.example/" } },
      { secrets: ["too short"] },
      { timeoutMs: 0 },
      { retries: -1 },
      { maxConcurrent: Number.NaN },
      { forwardHeaders: ["Content-Length"] },
    ];
    for (const options of rows) expect(() => backendHooks(options)).toThrow(RangeError);
  });
});

describe("an answer", () => {
  it("of connect says who somebody is, until when, where, and what they may do", async () => {
    backend.behaviours = [
      () => ({
        result: {
          user: "ann",
          expire_at: 2_000_000_000,
          info: { name: "Ann" },
          b64data: Buffer.from('{"hello":1}').toString("base64"),
          subs: { news: { data: 1, override: { force_push_join_leave: { value: true } } } },
          caps: [{ channels: ["a*"], match: "wildcard", allow: ["sub", "hst"] }],
          meta: { role: "admin" },
        },
      }),
    ];
    expect(await hooksFor("connect").connect(attempt)).toEqual({
      user: "ann",
      expiresAtMs: 2_000_000_000_000,
      info: { name: "Ann" },
      data: { hello: 1 },
      subscriptions: [{ channel: "news", info: undefined, data: 1, joinLeave: true }],
      capabilities: [{ channels: ["a*"], match: "wildcard", allow: ["subscribe", "history"] }],
      meta: { role: "admin" },
    });
  });

  const rows: { name: HookName; result: object; grant: unknown }[] = [
    {
      name: "refresh",
      result: { expire_at: 5, info: 1 },
      grant: { expiresAtMs: 5000, info: 1, meta: undefined, capabilities: undefined },
    },
    {
      name: "subscribe",
      result: { info: 1, data: 2, expire_at: 3, allow: ["pub"] },
      grant: { info: 1, data: 2, expiresAtMs: 3000, allow: ["publish"] },
    },
    { name: "subRefresh", result: { expire_at: 7 }, grant: { expiresAtMs: 7000 } },
    {
      name: "publish",
      result: { data: { clean: true }, skip_history: true, tags: { a: "b" } },
      grant: { data: { clean: true }, skipHistory: true, tags: { a: "b" } },
    },
    {
      name: "publish",
      result: { b64data: "AP8=" },
      grant: { data: new Uint8Array([0, 255]), skipHistory: false, tags: undefined },
    },
    {
      name: "publish",
      result: { echo: false },
      grant: { data: undefined, skipHistory: false, echo: false, tags: undefined },
    },
    { name: "rpc", result: { data: { sum: 3 } }, grant: { sum: 3 } },
    { name: "rpc", result: {}, grant: undefined },
  ];
  for (const { name, result, grant } of rows) {
    it(`of ${name} with ${JSON.stringify(result)} grants what it says`, async () => {
      backend.behaviours = [() => ({ result })];
      const asked = calls.find((call) => call.name === name)?.call(hooksFor(name));
      expect(await asked).toEqual(grant);
    });
  }

  const refusals = [
    { answer: { error: { code: 403, message: "no" } }, refusal: { code: 403, message: "no" } },
    {
      answer: { error: { code: 1000, message: "later", temporary: true } },
      refusal: { code: 1000, message: "later", temporary: true },
    },
    {
      answer: { disconnect: { code: 4500, reason: "banned" } },
      refusal: { code: 4500, reason: "banned" },
    },
  ];
  for (const { answer, refusal } of refusals) {
    it(`${JSON.stringify(answer)} refuses, and is not asked for twice`, async () => {
      backend.behaviours = [() => answer];
      for (const { name, call } of calls.filter((one) => one.name !== "disconnect")) {
        await expect(call(hooksFor(name))).rejects.toMatchObject({ answer: refusal });
      }
      expect(backend.asked).toHaveLength(6);
    });
  }

  it("of refresh may say that the time is over", async () => {
    backend.behaviours = [() => ({ result: { expired: true } })];
    await expect(hooksFor("refresh").refresh({ token: "" }, client)).rejects.toMatchObject({
      answer: disconnects.expired,
    });
    const again = { channel: "a", token: "" };
    await expect(hooksFor("subRefresh").subRefresh(again, client)).rejects.toMatchObject({
      answer: replyErrors.expired,
    });
  });
});

/** What a backend should not do, by what its answer is then said to be. */
const faults: { name: string; behaviour: Behaviour; reason: RegExp; passing: boolean }[] = [
  {
    name: "fails",
    behaviour: (_, response) => void response.writeHead(500).end("oops"),
    reason: /status 500/u,
    passing: true,
  },
  {
    name: "asks for patience",
    behaviour: (_, response) => void response.writeHead(429).end(),
    reason: /status 429/u,
    passing: true,
  },
  {
    name: "does not know the path",
    behaviour: (_, response) => void response.writeHead(404).end("{}"),
    reason: /status 404/u,
    passing: false,
  },
  {
    name: "resets the connection",
    behaviour: (_, response) => void response.socket?.resetAndDestroy(),
    reason: /could not be reached/u,
    passing: true,
  },
  {
    name: "breaks off in its answer",
    behaviour: (_, response) => {
      response.writeHead(200, { "Content-Length": 100 });
      response.write('{"result":', () => response.socket?.destroy());
    },
    reason: /could not be reached/u,
    passing: true,
  },
  { name: "stalls", behaviour: () => undefined, reason: /took too long/u, passing: true },
  {
    name: "stalls in its answer",
    behaviour: (_, response) => void response.write('{"result":'),
    reason: /took too long/u,
    passing: true,
  },
  {
    name: "sends elsewhere",
    behaviour: (_, response) => void response.writeHead(302, { Location: "/" }).end(),
    reason: /could not be reached/u,
    passing: true,
  },
  {
    name: "answers at great length",
    behaviour: (_, response) => void response.end(" ".repeat(5000)),
    reason: /too long/u,
    passing: false,
  },
  {
    name: "answers with no JSON",
    behaviour: (_, response) => void response.end("<html>"),
    reason: /JSON/u,
    passing: false,
  },
  {
    name: "answers with nothing",
    behaviour: (_, response) => void response.end(),
    reason: /JSON/u,
    passing: false,
  },
  { name: "answers with null", behaviour: () => null, reason: /no object/u, passing: false },
  { name: "answers with a list", behaviour: () => [], reason: /no object/u, passing: false },
  { name: "answers without a result", behaviour: () => ({}), reason: /no object/u, passing: false },
  {
    name: "has a result that is text",
    behaviour: () => ({ result: "ok" }),
    reason: /no object/u,
    passing: false,
  },
  {
    name: "refuses without a code",
    behaviour: () => ({ error: {} }),
    reason: /no error code/u,
    passing: false,
  },
  {
    name: "disconnects with a code that cannot be sent",
    behaviour: () => ({ disconnect: { code: 1000, reason: "" } }),
    reason: /no disconnect code/u,
    passing: false,
  },
  {
    name: "names a user that is no text",
    behaviour: () => ({ result: { user: 5 } }),
    reason: /no text/u,
    passing: false,
  },
];

const fail: Behaviour = (_, response) => void response.writeHead(503).end();

describe("a backend that", () => {
  const options = { timeoutMs: 100, maxAnswerBytes: 4096, retries: 1 };

  for (const { name, behaviour, reason, passing } of faults) {
    it(`${name} gives a temporary error, after ${passing ? 2 : 1} attempts`, async () => {
      backend.behaviours = [behaviour];
      await expect(hooksFor("connect", options).connect(attempt)).rejects.toBe(
        refuse(replyErrors.internal),
      );
      expect(backend.asked).toHaveLength(passing ? 2 : 1);
      expect(new Set(backend.asked.map(({ headers }) => headers["x-tautline-hook-id"])).size).toBe(
        1,
      );
      expect(warnings).toEqual([{ hook: "connect", reason: expect.stringMatching(reason) }]);
    });
  }

  it("fails once is asked again, but not about what must not be done twice", async () => {
    backend.behaviours = [fail, () => ({ result: { data: 1 } })];
    expect(
      await hooksFor("subscribe").subscribe({ channel: "a", token: "", data: 1 }, client),
    ).toMatchObject({ data: 1 });
    for (const name of ["publish", "rpc"] as const) {
      backend.behaviours = [fail];
      backend.asked.splice(0);
      const asked = calls.find((call) => call.name === name)?.call(hooksFor(name));
      await expect(asked).rejects.toBe(refuse(replyErrors.internal));
      expect(backend.asked).toHaveLength(1);
    }
  });

  it("is down ends no connection and no subscription whose time is over", async () => {
    const { url } = backend;
    await backend.close();
    const now = Date.now();
    const urls = { refresh: url, subRefresh: url, disconnect: url };
    const hooks = backendHooks({ urls, retries: 0 }, { logger }) as Required<ServeHooks>;
    const goesOn = { expiresAtMs: expect.toSatisfy((ms: number) => ms >= now + 60_000) };
    expect(await hooks.refresh({ token: "" }, client)).toEqual(goesOn);
    expect(await hooks.subRefresh({ channel: "a", token: "" }, client)).toEqual(goesOn);
    await hooks.disconnect(client, { code: 1000, reason: "", byServer: false, channels: [] });
    backend = await TestBackend.start();
  });

  it("is slow is asked by no more requests at once than it should have", async () => {
    const held: (() => void)[] = [];
    const arrivals: (() => void)[] = [];
    backend.behaviours = [
      (_, response) => {
        held.push(() => response.end('{"result":{}}'));
        arrivals.shift()?.();
      },
    ];
    const arrival = () => new Promise<void>((resolve) => arrivals.push(resolve));
    const hooks = hooksFor("rpc", { maxConcurrent: 2, maxWaiting: 1, timeoutMs: 10_000 });
    const [first, second] = [arrival(), arrival()];
    const asked = [1, 2, 3, 4].map((data) => hooks.rpc("m", data, client));
    await expect(asked[3]).rejects.toBe(refuse(replyErrors.internal));
    await Promise.all([first, second]);
    expect(held).toHaveLength(2);
    const third = arrival();
    held.shift()?.();
    await third;
    for (const release of held) release();
    await Promise.all(asked.slice(0, 3));
    expect(backend.asked).toHaveLength(3);
  });
});

describe("a server with a backend", () => {
  let server: TautlineServer | undefined;
  const clients: Client[] = [];

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((one) => one.disconnect()));
    await server?.close();
  });

  it("has its logic there: who connects, what is published, what procedures say, and who left", async () => {
    const left: (() => void)[] = [];
    const gone = new Promise<void>((resolve) => left.push(resolve));
    const byHook: Record<string, Behaviour> = {
      connect: () => ({ result: { user: "ann", info: { name: "Ann" } } }),
      subscribe: ({ body }) =>
        body["channel"] === "secret" ? { error: { code: 403, message: "no" } } : { result: {} },
      publish: ({ body }) => ({ result: { data: { said: body["data"] } } }),
      rpc: ({ body }) => ({ result: { data: { method: body["method"] } } }),
      disconnect: () => {
        left[0]?.();
        return {};
      },
    };
    backend.behaviours = [
      (asked, response) => byHook[String(asked.headers["x-tautline-hook"])]?.(asked, response),
    ];
    const urls = backend.urls("connect", "subscribe", "publish", "rpc", "disconnect");
    // Of both, the hook in the process decides.
    const hooks = { rpc: (method: string) => `${method} here` };
    server = await serve({ port: 0, page: false, backend: { urls }, hooks, hub: { open: false } });
    const url = `${server.url}/connection/websocket`;
    const ann = new Client(url, { webSocket: WebSocket });
    clients.push(ann);
    await ann.connect();
    const room = ann.subscribe("room");
    await room.ready();
    await expect(ann.subscribe("secret").ready()).rejects.toThrow("no");
    const heard = new Promise((resolve) => room.onPublication(({ data }) => resolve(data)));
    await room.publish("hello");
    expect(await heard).toEqual({ said: "hello" });
    expect(await ann.rpc("sum", 1)).toBe("sum here");
    await ann.disconnect();
    await gone;
    expect(backend.bodies.at(-1)).toMatchObject({
      user: "ann",
      channels: ["room"],
      by_server: false,
    });
  });
});

/** The official client with tokens: it connects and subscribes with them, gets others in time, and stays within what they allow. */

import { Centrifuge, State } from "centrifuge";
import type { Options } from "centrifuge";
import { serve } from "tautline";
import type { ServeOptions, TautlineServer } from "tautline";
import { WebSocket } from "ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { inSeconds, secret, sign } from "./hs256.ts";
import { next, subscribe } from "./official-client.ts";

async function serveTokens(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({
    port: 0,
    page: false,
    demos: false,
    tokens: { hmacSecrets: [secret], audience: "chat" },
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

function dial(server: TautlineServer, options: Partial<Options> = {}): Centrifuge {
  const url = `${server.url.replace("http", "ws")}/connection/websocket`;
  const client = new Centrifuge(url, {
    websocket: WebSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 10,
    ...options,
  });
  onTestFinished(() => client.disconnect());
  client.connect();
  return client;
}

const everything = [{ channels: ["*"], match: "wildcard", allow: ["sub", "pub", "prs", "hst"] }];
const good = (claims: object = {}): string => sign({ sub: "ann", aud: "chat", ...claims });

describe("connecting", () => {
  it("with channels in the token is subscribed to them", async () => {
    const server = await serveTokens();
    const client = dial(server, { token: good({ channels: ["news"] }) });
    const publication = next(client, "publication");
    await next(client, "subscribed");
    await server.channel("news").publish("hello");
    expect((await publication)[0]).toMatchObject({ channel: "news", data: "hello" });
  });

  const refused = [
    { name: "another secret", token: sign({ sub: "ann", aud: "chat" }, `${secret}!`), code: 3500 },
    { name: "another audience", token: sign({ sub: "ann", aud: "mail" }), code: 3500 },
    { name: "no signature", token: `${good().split(".").slice(0, 2).join(".")}.`, code: 3500 },
    { name: "a subscription token", token: good({ channel: "a" }), code: 3500 },
    { name: "no token", token: "", code: 101 },
  ];
  it.each(refused)("with $name ends for good", async ({ token, code }) => {
    const server = await serveTokens({ hub: { open: true } });
    const client = dial(server, { token });
    expect((await next(client, "disconnected"))[0]?.code).toBe(code);
    expect(server.hub.clients.size).toBe(0);
  });

  it.each([
    { name: "that has expired", claims: { exp: inSeconds(-60) } },
    { name: "that is not good yet", claims: { nbf: inSeconds(60) } },
  ])("with a token $name gets another one", async ({ claims }) => {
    const server = await serveTokens();
    const getToken = async (): Promise<string> => good();
    const client = dial(server, { token: good(claims), getToken });
    const failed = next(client, "error");
    await client.ready();
    expect((await failed)[0]).toMatchObject({ type: "connect", error: { code: 109 } });
  });
});

describe("a connection whose token expires", () => {
  it("goes on with the one that the client gets in time", async () => {
    const server = await serveTokens();
    const asked: number[] = [];
    const client = dial(server, {
      token: good({ exp: inSeconds(2) }),
      getToken: async () => {
        asked.push(1);
        return good({ exp: inSeconds(3600), caps: everything });
      },
    });
    const [connected] = await next(client, "connected");
    const mine = server.hub.clients.get(connected?.client ?? "");
    const left = (): number => (mine?.expiresAtMs ?? 0) - Date.now();
    await expect.poll(left, { timeout: 15_000 }).toBeGreaterThan(60_000);
    expect(asked).toEqual([1]);
    await client.publish("a", "with the new capabilities");
    expect(server.hub.clients.size).toBe(1);
  });

  it("ends with a token of somebody else", async () => {
    const server = await serveTokens();
    const client = dial(server, {
      token: good({ exp: inSeconds(1) }),
      getToken: async () => good({ sub: "ben" }),
    });
    expect((await next(client, "disconnected"))[0]?.code).toBe(3500);
  });

  it("ends when nobody brings another one, and comes back with one", async () => {
    const server = await serveTokens({ hub: { refreshGraceMs: 0 } });
    let tokens = 0;
    const client = dial(server, {
      getToken: async () => {
        // One for a connection that is there never comes.
        if (client.state === State.Connected) return new Promise<string>(() => undefined);
        tokens += 1;
        return good({ exp: inSeconds(tokens === 1 ? 1 : 3600) });
      },
    });
    await client.ready();
    expect((await next(client, "connecting"))[0]?.code).toBe(3005);
    client.setToken("");
    await client.ready();
    expect(tokens).toBe(2);
  });
});

describe("subscribing", () => {
  const forChannel = (channel: string, claims: object = {}): string => good({ channel, ...claims });

  it("needs a token, a capability or a hook", async () => {
    const server = await serveTokens({
      hooks: {
        subscribe: ({ channel }) =>
          channel === "by-hook" ? undefined : Promise.reject(new Error("no")),
      },
    });
    const caps = [{ channels: ["by-capability"], allow: ["sub"] }];
    const client = dial(server, { token: good({ caps }) });
    await subscribe(client, "by-capability");
    await subscribe(client, "by-hook");
    await subscribe(client, "by-token", { getToken: async ({ channel }) => forChannel(channel) });
    const [mine] = server.hub.clients.values();
    expect(mine?.channels).toEqual(["by-capability", "by-hook", "by-token"]);
  });

  it.each([
    { name: "of another secret", token: sign({ sub: "ann", channel: "a" }, `${secret}!`) },
    { name: "for another audience", token: sign({ sub: "ann", channel: "a", aud: "mail" }) },
    { name: "for connecting", token: good() },
  ])("with a token $name is refused", async ({ token }) => {
    const server = await serveTokens();
    const client = dial(server, { token: good() });
    const subscription = client.newSubscription("a", { token });
    const unsubscribed = next(subscription, "unsubscribed");
    subscription.subscribe();
    expect((await unsubscribed)[0]?.code).toBe(103);
    expect(client.state).toBe("connected");
  });

  it.each([
    { name: "another channel", claims: { channel: "b" } },
    { name: "another user", claims: { channel: "a", sub: "ben" } },
    { name: "another connection", claims: { channel: "a", client: "somebody-else" } },
  ])("with a token for $name ends the connection", async ({ claims }) => {
    const server = await serveTokens();
    const client = dial(server, { token: good() });
    const disconnected = next(client, "disconnected");
    client.newSubscription("a", { token: good(claims) }).subscribe();
    expect((await disconnected)[0]?.code).toBe(3500);
  });

  it("with a token that has expired gets another one", async () => {
    const server = await serveTokens();
    const client = dial(server, { token: good() });
    const subscription = await subscribe(client, "a", {
      token: forChannel("a", { exp: inSeconds(-60) }),
      getToken: async () => forChannel("a"),
      minResubscribeDelay: 1,
      maxResubscribeDelay: 10,
    });
    expect(subscription.state).toBe("subscribed");
  });

  it("ends when the token is not refreshed, and begins anew with another", async () => {
    const server = await serveTokens({ hub: { refreshGraceMs: 0 } });
    const client = dial(server, { token: good() });
    let asked = 0;
    const subscription = await subscribe(client, "a", {
      token: forChannel("a", { exp: inSeconds(1) }),
      getToken: async ({ channel }) => {
        asked += 1;
        return asked === 1 ? new Promise<string>(() => undefined) : forChannel(channel);
      },
      minResubscribeDelay: 1,
      maxResubscribeDelay: 10,
    });
    expect((await next(subscription, "subscribing"))[0]?.code).toBe(2501);
    await next(subscription, "subscribed");
    expect(client.state).toBe("connected");
  });
});

describe("capabilities", () => {
  const log = { channels: { historySize: 5 } };
  const perform: Readonly<Record<string, (client: Centrifuge) => Promise<unknown>>> = {
    pub: (client) => client.publish("a", 1),
    prs: (client) => client.presenceStats("a"),
    hst: (client) => client.history("a", { limit: 1 }),
  };

  it.each(Object.keys(perform))("%s alone opens no other operation", async (allowed) => {
    const server = await serveTokens({ hub: log });
    const client = dial(server, { token: good({ caps: [{ channels: ["a"], allow: [allowed] }] }) });
    const codes = await Promise.all(
      Object.values(perform).map((act) =>
        act(client).then(
          () => 0,
          (error: { readonly code: number }) => error.code,
        ),
      ),
    );
    expect(codes).toEqual(Object.keys(perform).map((name) => (name === allowed ? 0 : 103)));
  });

  it("by pattern open the channels that fit", async () => {
    const server = await serveTokens();
    const caps = [{ channels: ["room:*:chat"], match: "wildcard", allow: ["pub"] }];
    const client = dial(server, { token: good({ caps }) });
    await client.publish("room:1:chat", 1);
    await expect(client.publish("room:1:admin", 1)).rejects.toMatchObject({ code: 103 });
  });

  it("of a subscription token hold in its channel", async () => {
    const server = await serveTokens();
    const client = dial(server, { token: good() });
    const subscription = await subscribe(client, "a", {
      token: good({ channel: "a", allow: ["pub"] }),
    });
    await subscription.publish(1);
    await expect(client.publish("b", 1)).rejects.toMatchObject({ code: 103 });
    await expect(subscription.history({ limit: 0 })).rejects.toMatchObject({ code: 108 });
  });

  it("are not needed where those with a token may do everything", async () => {
    const server = await serveTokens({ hub: { open: true, ...log } });
    const client = dial(server, { token: good() });
    await subscribe(client, "a");
    const done = Promise.all(Object.values(perform).map((act) => act(client)));
    await expect(done).resolves.toHaveLength(3);
  });
});

describe("a client that lies about itself", () => {
  it("is seen as its token says", async () => {
    const server = await serveTokens({ hub: { open: true } });
    const witness = dial(server, { token: good({ sub: "witness" }) });
    const chat = await subscribe(witness, "a");
    const seen = next(chat, "publication");
    const liar = dial(server, {
      token: good({ sub: "mallory" }),
      data: { user: "ann" },
      name: "ann",
    });
    await liar.publish("a", { user: "ann", info: { user: "ann" } });
    expect((await seen)[0]?.info?.user).toBe("mallory");
  });
});

const dialStream = (server: TautlineServer, token: string): Centrifuge => {
  const client = new Centrifuge(
    [{ transport: "http_stream", endpoint: `${server.url}/connection/http_stream` }],
    {
      fetch,
      readableStream: ReadableStream,
      emulationEndpoint: `${server.url}/emulation`,
      token,
      minReconnectDelay: 1,
      maxReconnectDelay: 10,
    },
  );
  onTestFinished(() => client.disconnect());
  client.connect();
  return client;
};

describe("over HTTP streaming", () => {
  it("a token says the same, and allows the same", async () => {
    const server = await serveTokens();
    const caps = [{ channels: ["a"], allow: ["sub", "pub"] }];
    const client = dialStream(server, good({ caps }));
    const [connected] = await next(client, "connected");
    expect(connected?.transport).toBe("http_stream");
    expect(server.hub.clients.get(connected?.client ?? "")?.user).toBe("ann");
    await subscribe(client, "a");
    await client.publish("a", 1);
    await expect(client.publish("b", 1)).rejects.toMatchObject({ code: 103 });
  });

  it("a token that is not good ends for good", async () => {
    const server = await serveTokens();
    const client = dialStream(server, sign({ sub: "ann", aud: "chat" }, `${secret}!`));
    expect((await next(client, "disconnected"))[0]?.code).toBe(3500);
  });
});

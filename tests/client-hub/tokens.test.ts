/** Our client with tokens, against a server that verifies them: it connects, subscribes, and stays past their time. */

import { Client } from "@tautline/client";
import type { ClientOptions } from "@tautline/client";
import { serve } from "tautline";
import type { ServeOptions, TautlineServer } from "tautline";
import { WebSocket } from "ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { inSeconds, secret, sign } from "../centrifuge/hs256.ts";

async function serveTokens(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({
    port: 0,
    page: false,
    demos: false,
    tokens: { hmacSecrets: [secret] },
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

function clientOf(server: TautlineServer, token: ClientOptions["token"]): Client {
  const client = new Client(`${server.url}/connection/websocket`, {
    webSocket: WebSocket,
    token,
    reconnectDelayMs: 1,
    maxReconnectDelayMs: 10,
  });
  onTestFinished(() => client.disconnect());
  return client;
}

describe("our client", () => {
  it("connects with a token, and stays past its time with another", async () => {
    const server = await serveTokens();
    let asked = 0;
    const client = clientOf(server, () => {
      asked += 1;
      return sign({ sub: "ann", exp: inSeconds(asked === 1 ? 1 : 3600) });
    });
    await client.connect();
    const [mine] = server.hub.clients.values();
    expect(mine?.user).toBe("ann");
    const left = (): number => (mine?.expiresAtMs ?? 0) - Date.now();
    await expect.poll(left, { timeout: 15_000 }).toBeGreaterThan(60_000);
    expect(client.connection?.client).toBe(mine?.id);
    expect(asked).toBe(2);
  });

  it("comes with another token when the first one has expired", async () => {
    const server = await serveTokens();
    let asked = 0;
    const client = clientOf(server, () => {
      asked += 1;
      return sign({ sub: "ann", exp: inSeconds(asked === 1 ? -60 : 60) });
    });
    await client.connect();
    expect(asked).toBe(2);
  });

  it("stays away with a token that is not good, and with a fixed one that has expired", async () => {
    const server = await serveTokens();
    const codes = [];
    for (const token of [sign({}, `${secret}!`), sign({ exp: inSeconds(-60) })]) {
      const client = clientOf(server, token);
      await expect(client.connect()).rejects.toMatchObject({ code: "disconnected" });
      codes.push(client.status.code);
    }
    expect(codes).toEqual([3500, 14]);
  });

  it("subscribes with a token, stays past its time, and does what it allows", async () => {
    const server = await serveTokens();
    const client = clientOf(server, sign({ sub: "ann" }));
    await client.connect();
    let asked = 0;
    const subscription = client.subscribe("a", {
      token: () => {
        asked += 1;
        const exp = inSeconds(asked === 1 ? 1 : 3600);
        return sign({ sub: "ann", channel: "a", exp, ...(asked > 1 && { allow: ["pub"] }) });
      },
    });
    await subscription.ready();
    await expect(subscription.publish(1)).rejects.toMatchObject({ serverCode: 103 });
    const publish = (): Promise<string> =>
      subscription.publish(2).then(
        () => "published",
        () => "refused",
      );
    await expect.poll(publish, { timeout: 15_000 }).toBe("published");
    expect([asked, subscription.state]).toEqual([2, "subscribed"]);
  });

  it("whose subscription is refused keeps its connection", async () => {
    const server = await serveTokens();
    const client = clientOf(server, sign({ sub: "ann" }));
    await client.connect();
    const refused = client.subscribe("a", {
      token: sign({ sub: "ann", channel: "a" }, `${secret}!`),
    });
    await expect(refused.ready()).rejects.toMatchObject({ code: "unsubscribed" });
    expect(client.state).toBe("connected");
  });
});

/** The official client says who it is by tokens, for the connection and for channels, and renews both in time. */

import type { Centrifuge } from "centrifuge";
import { expect } from "vitest";
import type { TautlineServer } from "tautline";
import { startServer } from "../../transports/world.ts";
import type { Behaviours } from "../combination.ts";
import { inSeconds, secret, sign } from "../hs256.ts";
import { next, subscribe } from "../official-client.ts";

const serveTokens = (): Promise<TautlineServer> =>
  startServer({ tokens: { hmacSecrets: [secret] } });

const good = (claims: object = {}): string => sign({ sub: "ann", ...claims });

/** Resolves at the `count`th request for a token; all before it expire within two seconds. */
function shortLived(count: number, claims: object) {
  let asked = 0;
  let resolve: () => void;
  const renewed = new Promise<void>((settle) => {
    resolve = settle;
  });
  const getToken = async (): Promise<string> => {
    asked += 1;
    if (asked === count) resolve();
    return good({ ...claims, exp: inSeconds(asked < count ? 2 : 3600) });
  };
  return { getToken, renewed };
}

async function codeOfEnd(client: Centrifuge): Promise<number | undefined> {
  const [disconnected] = await next(client, "disconnected");
  return disconnected?.code;
}

export const tokens: Behaviours = {
  async "is who its token says, and nobody with a bad one or with none"(combination) {
    const server = await serveTokens();
    const client = combination.dial(server, {
      getToken: async () => good({ info: { name: "Ann" } }),
    });
    const [connected] = await next(client, "connected");
    expect(server.hub.clients.get(connected?.client ?? "")).toMatchObject({
      user: "ann",
      info: { name: "Ann" },
    });
    const forged = combination.dial(server, { token: sign({ sub: "ann" }, `${secret}!`) });
    expect(await codeOfEnd(forged)).toBe(3500);
    expect(await codeOfEnd(combination.dial(server))).toBe(101);
    expect(server.hub.clients.size).toBe(1);
  },

  async "gets another token when the one it has is over"(combination) {
    const server = await serveTokens();
    const client = combination.dial(server, {
      token: good({ exp: inSeconds(-60) }),
      getToken: async () => good(),
    });
    const failed = next(client, "error");
    await client.ready();
    expect((await failed)[0]).toMatchObject({ type: "connect", error: { code: 109 } });
  },

  async "renews the tokens of its connection and of a subscription while it has both"(combination) {
    const server = await serveTokens();
    // The third of each is asked for because the second was taken, and is over in its turn.
    const [ofConnection, ofChannel] = [shortLived(3, {}), shortLived(3, { channel: "a" })];
    const client = combination.dial(server, { getToken: ofConnection.getToken });
    const ends: unknown[] = [];
    client.on("connected", () => client.on("connecting", (context) => ends.push(context)));
    const chat = await subscribe(client, "a", { getToken: ofChannel.getToken });
    chat.on("subscribing", (context) => ends.push(context));
    await Promise.all([ofConnection.renewed, ofChannel.renewed]);
    const publication = next(chat, "publication");
    await server.channel("a").publish(1);
    expect(combination.value((await publication)[0]?.data)).toBe(1);
    expect(ends).toEqual([]);
    expect(server.hub.clients.size).toBe(1);
  },

  async "subscribes with a token, by a capability, and not without either"(combination) {
    const server = await serveTokens();
    const caps = [{ channels: ["by-capability"], allow: ["sub"] }];
    const client = combination.dial(server, { token: good({ caps }) });
    await subscribe(client, "by-capability");
    await subscribe(client, "by-token", { getToken: async ({ channel }) => good({ channel }) });
    const closed = client.newSubscription("closed");
    const unsubscribed = next(closed, "unsubscribed");
    closed.subscribe();
    expect((await unsubscribed)[0]?.code).toBe(103);
    const [mine] = server.hub.clients.values();
    expect(mine?.channels).toEqual(["by-capability", "by-token"]);
  },
};

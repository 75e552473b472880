/** How the official client comes to be connected, as whom, and how it stays so. */

import { expect } from "vitest";
import { disconnects, refuse, replyErrors } from "tautline";
import { startProxy } from "../../transports/proxy.ts";
import { dial, startServer } from "../../transports/world.ts";
import type { Behaviours } from "../combination.ts";
import { transports } from "../combination.ts";
import { next, subscribe } from "../official-client.ts";

export const connecting: Behaviours = {
  async "connects with data, and is known by its transport"(combination) {
    const { transport } = combination.row;
    const server = await startServer({
      hooks: {
        connect: ({ data, name, connection }) => ({
          user: "42",
          data: { echo: data, name, transport: connection.transport },
        }),
      },
    });
    const client = combination.dial(server, { data: combination.data({ secret: "ü🎉" }) });
    const [connected] = await next(client, "connected");
    expect(connected?.transport).toBe(transport);
    expect(combination.value(connected?.data)).toEqual({
      echo: { secret: "ü🎉" },
      name: "js",
      transport,
    });
    expect(server.hub.clients.get(connected?.client ?? "")?.user).toBe("42");
  },

  async "hears refusals to connect, subscribe and publish"(combination) {
    const server = await startServer({
      hooks: {
        connect: ({ data }) => (data === "stranger" ? refuse(replyErrors.unauthorized) : undefined),
        subscribe: ({ channel }) =>
          channel === "open" ? undefined : refuse(replyErrors.permissionDenied),
        publish: () => refuse(replyErrors.permissionDenied),
      },
    });
    const client = combination.dial(server);
    const closed = client.newSubscription("closed");
    const unsubscribed = next(closed, "unsubscribed");
    closed.subscribe();
    expect((await unsubscribed)[0]?.code).toBe(103);
    const open = await subscribe(client, "open");
    await expect(open.publish(combination.data(1))).rejects.toMatchObject({ code: 103 });
    const stranger = combination.dial(server, { data: combination.data("stranger") });
    expect((await next(stranger, "disconnected"))[0]?.code).toBe(101);
  },

  async "answers pings and stays"(combination) {
    const server = await startServer({ hub: { pingIntervalMs: 500, pongTimeoutMs: 450 } });
    const dialled = combination.dialCounted(server);
    await dialled.client.ready();
    await dialled.sent(dialled.frames + 2);
    expect(dialled.client.state).toBe("connected");
    expect(server.hub.clients.size).toBe(1);
  },

  async "comes back with its subscriptions after a code that asks for it, and stays away after another"(
    combination,
  ) {
    const server = await startServer();
    const client = combination.dial(server);
    const chat = await subscribe(client, "chat");
    const connecting = next(client, "connecting");
    const again = next(chat, "subscribed");
    for (const each of server.hub.clients.values()) each.disconnect(disconnects.forceReconnect);
    expect((await connecting)[0]).toMatchObject({ code: 3011, reason: "force reconnect" });
    await again;
    const publication = next(chat, "publication");
    await server.channel("chat").publish("back");
    expect(combination.value((await publication)[0]?.data)).toBe("back");
    const disconnected = next(client, "disconnected");
    for (const each of server.hub.clients.values()) {
      each.disconnect({ code: 4500, reason: "banned" });
    }
    expect((await disconnected)[0]).toEqual({ code: 4500, reason: "banned" });
    expect(client.state).toBe("disconnected");
  },

  async "falls back to it when a proxy lets nothing pass that it prefers"(combination) {
    const { transport, format } = combination.row;
    const server = await startServer();
    const blocked = transports.slice(0, transports.indexOf(transport));
    const proxy = await startProxy(server.url, {
      upgrades: blocked.includes("websocket") ? "refuse" : "pass",
      refuses: blocked.map((name) => `POST /connection/${name}`),
    });
    const client = dial(proxy, transports, { format });
    const [connected] = await next(client, "connected");
    expect(connected?.transport).toBe(transport);
    // In this order, each tried once.
    const tried = proxy.requests.filter((line) => line.includes("/connection/"));
    expect(tried.map((line) => line.split("/").at(-1))).toEqual([...blocked, transport]);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish(combination.data("through it"));
    expect(combination.value((await publication)[0]?.data)).toBe("through it");
  },
};

/** `disconnect`, `refresh` and `connections`: what clients there are, and how long. */
import type { HubClient } from "@tautline/hub";
import { disconnects } from "@tautline/wire";

import { badRequest } from "../api-error.ts";
import { joinedPages } from "../joined-pages.ts";
import { defineMethod } from "../method.ts";
import { selectionIn } from "../selection.ts";
import type { MessageOf } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { nothing, selectionFields } from "../shapes.ts";
import { defineQuestion } from "../survey.ts";
import { expiryOf, valueIn } from "../values.ts";

const disconnectShape = defineShape("Disconnect", {
  code: {
    kind: "integer",
    least: 0,
    needed: true,
    about:
      "From 3000 to 4999; yours are 4000 to 4999. Clients come back after 3000–3499 and 4000–4499 and stay away after others.",
  },
  reason: { kind: "text", about: "A word to the client, at most 123 bytes. Default: none." },
});

export const disconnect = defineMethod({
  name: "disconnect",
  summary: "Ends connections of clients.",
  request: defineShape("DisconnectRequest", {
    ...selectionFields,
    whitelist: {
      kind: "list",
      of: { kind: "text" },
      most: 10_000,
      about: "Ids of connections that are left alone.",
    },
    disconnect: {
      kind: "object",
      shape: disconnectShape,
      about: 'Why. Default: 3503, "force disconnect", after which clients stay away.',
    },
  }),
  result: nothing,
  async run({ hub }, request) {
    const { whitelist, disconnect: why } = request;
    const selection = { ...selectionIn(request), except: whitelist };
    try {
      await hub.disconnect(selection, why && { code: why.code, reason: why.reason ?? "" });
    } catch (error) {
      if (error instanceof RangeError) throw badRequest(error.message);
      throw error;
    }
    return {};
  },
});

export const refresh = defineMethod({
  name: "refresh",
  summary: "Gives connections another time to live, or ends them as expired.",
  request: defineShape("RefreshRequest", {
    ...selectionFields,
    expired: { kind: "flag", about: "Whether their time is over now. Default: false." },
    expire_at: {
      kind: "integer",
      least: 0,
      about: "When it is over, in seconds since 1970. Default: 0, never.",
    },
    info: {
      kind: "json",
      about: "What others see of the clients in channels that they subscribe to from now on.",
    },
  }),
  result: nothing,
  async run({ hub }, request) {
    const { expired = false, expire_at, info } = request;
    const selection = selectionIn(request);
    if (expired) await hub.disconnect(selection, disconnects.expired);
    else {
      await hub.refresh(selection, {
        expiresAtMs: expiryOf(expire_at),
        info: valueIn(info, undefined),
      });
    }
    return {};
  },
});

const channelContext = defineShape("ChannelContext", {});

const connectionState = defineShape("ConnectionState", {
  channels: {
    kind: "map",
    of: { kind: "object", shape: channelContext },
    needed: true,
    about: "The channels that the client is subscribed to, by name.",
  },
});

const connectionInfo = defineShape("ConnectionInfo", {
  user: { kind: "text", needed: true, about: 'The user; "" when it is not known.' },
  node: {
    kind: "text",
    needed: true,
    about: "The id of the node that it is connected to, as `info` has it in `uid`.",
  },
  transport: { kind: "text", about: "The kind of transport, such as `websocket`." },
  remote_address: { kind: "text", about: "The address from which it is connected." },
  expire_at: {
    kind: "integer",
    least: 0,
    about: "When it is over unless it is refreshed, in seconds since 1970.",
  },
  connected_at: {
    kind: "integer",
    least: 0,
    about: "Since when it is connected, in seconds since 1970. Centrifugo has no such field.",
  },
  buffered_bytes: {
    kind: "integer",
    least: 0,
    about: "Bytes that wait for it, because it does not keep up. Centrifugo has no such field.",
  },
  state: { kind: "object", shape: connectionState, needed: true, about: "What it is doing." },
});

const connectionsRequest = defineShape("ConnectionsRequest", {
  user: { kind: "text", about: "Those of this user alone. Default: all." },
  channel: { kind: "text", about: "Those subscribed to this channel alone. Default: all." },
  limit: { kind: "integer", least: 0, about: "Clients at most. Default: 0, which means 1,000." },
  cursor: { kind: "text", about: "`next` of the page before. Default: from the beginning." },
});

const connectionsResult = defineShape("ConnectionsResult", {
  connections: {
    kind: "map",
    of: { kind: "object", shape: connectionInfo },
    needed: true,
    about: "The clients, by the ids of their connections.",
  },
  next: {
    kind: "text",
    about: "What to give as `cursor` for the next page; absent on the last.",
  },
});

export const connectionsHere = defineQuestion({
  name: "connections",
  request: connectionsRequest,
  result: connectionsResult,
  look(hub, { user, channel, limit, cursor }) {
    const { entries, next } = hub.listClients({ user, channel, after: cursor, limit });
    return {
      connections: new Map(Array.from(entries, ([id, client]) => [id, describe(hub.node, client)])),
      next,
    };
  },
});

export const connections = defineMethod({
  name: "connections",
  summary: "Lists the clients of all nodes, a page at a time.",
  request: connectionsRequest,
  result: connectionsResult,
  async run({ survey }, request) {
    const { limit: wanted = 0 } = request;
    const limit = wanted === 0 ? 1000 : Math.min(wanted, 10_000);
    const found = await survey.ask(connectionsHere, { ...request, limit });
    const pages = found.map(({ connections: entries, next }) => ({ entries, next }));
    // Nobody has the id of another: there is nothing to join.
    const { entries, next } = joinedPages(pages, limit, (one) => one);
    return { connections: entries, next };
  },
});

function describe(node: string, client: HubClient): MessageOf<typeof connectionInfo> {
  const { user, connection, channels, connectedAtMs, expiresAtMs } = client;
  return {
    user,
    node,
    transport: connection.transport,
    remote_address: connection.remoteAddress,
    expire_at: expiresAtMs === undefined ? undefined : Math.floor(expiresAtMs / 1000),
    connected_at: Math.floor(connectedAtMs / 1000),
    buffered_bytes: client.bufferedBytes,
    state: { channels: new Map(channels.map((name) => [name, {}])) },
  };
}

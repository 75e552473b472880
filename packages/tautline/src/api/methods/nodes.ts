/** `channels` and `info`: what there is on all nodes, together and on each. */
import type { NodeInfo } from "@tautline/hub";

import { joinedPages } from "../joined-pages.ts";
import { defineMethod } from "../method.ts";
import type { MessageOf } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { defineQuestion } from "../survey.ts";

const channelInfo = defineShape("ChannelInfo", {
  num_clients: {
    kind: "integer",
    least: 0,
    needed: true,
    about: "Clients that are subscribed, on all nodes.",
  },
});

const channelsRequest = defineShape("ChannelsRequest", {
  pattern: {
    kind: "text",
    about: "Those whose name fits: `*` stands for any text. Default: all.",
  },
  limit: {
    kind: "integer",
    least: 0,
    about: "Channels at most. Default: 0, which means 10,000.",
  },
  cursor: { kind: "text", about: "`next` of the page before. Default: from the beginning." },
});

const channelsResult = defineShape("ChannelsResult", {
  channels: {
    kind: "map",
    of: { kind: "object", shape: channelInfo },
    needed: true,
    about: "The channels, by name.",
  },
  next: {
    kind: "text",
    about: "What to give as `cursor` for the next page; absent on the last.",
  },
});

const mostChannels = 10_000;

export const channelsHere = defineQuestion({
  name: "channels",
  request: channelsRequest,
  result: channelsResult,
  look(hub, { pattern = "", limit = mostChannels, cursor }) {
    const { entries, next } = hub.listChannels({
      pattern: pattern === "" ? undefined : pattern,
      after: cursor,
      limit,
    });
    const infos = Array.from(entries, ([name, count]) => [name, { num_clients: count }] as const);
    return { channels: new Map(infos), next };
  },
});

export const channels = defineMethod({
  name: "channels",
  summary: "Lists the channels that have subscribers on any node.",
  request: channelsRequest,
  result: channelsResult,
  async run({ survey }, request) {
    const { limit: wanted = 0 } = request;
    const limit = wanted === 0 ? mostChannels : Math.min(wanted, mostChannels);
    const found = await survey.ask(channelsHere, { ...request, limit });
    const pages = found.map(({ channels: entries, next }) => ({ entries, next }));
    const { entries, next } = joinedPages(pages, limit, (one, other) => ({
      num_clients: one.num_clients + other.num_clients,
    }));
    return { channels: entries, next };
  },
});

const processShape = defineShape("Process", {
  cpu: {
    kind: "number",
    needed: true,
    about: "Percent of one core that the process has used on average since it began.",
  },
  rss: { kind: "integer", least: 0, needed: true, about: "Bytes of memory that it holds." },
});

const count = { kind: "integer", least: 0, needed: true } as const;

const nodeShape = defineShape("NodeResult", {
  uid: { kind: "text", needed: true, about: "The node's id, new with each start." },
  name: { kind: "text", needed: true, about: "Its machine and process." },
  version: { kind: "text", needed: true, about: "The version of its software." },
  num_clients: { ...count, about: "Connected clients." },
  num_users: { ...count, about: "Users with a client." },
  num_channels: { ...count, about: "Channels with a subscriber." },
  num_subs: { ...count, about: "Subscriptions." },
  uptime: { ...count, about: "Seconds since it began." },
  process: { kind: "object", shape: processShape, needed: true, about: "What it takes." },
});

export const info = defineMethod({
  name: "info",
  summary: "Says what there is on each node.",
  request: defineShape("InfoRequest", {}),
  result: defineShape("InfoResult", {
    nodes: {
      kind: "list",
      of: { kind: "object", shape: nodeShape },
      needed: true,
      about:
        "All that act as one, this one first. The others as they were up to three seconds ago; one that has died is named for ten seconds more.",
    },
  }),
  async run({ hub }) {
    return { nodes: Array.from(hub.nodes, ([uid, node]) => describe(uid, node)) };
  },
});

function describe(uid: string, node: NodeInfo): MessageOf<typeof nodeShape> {
  return {
    uid,
    name: node.name,
    version: node.version,
    num_clients: node.clients,
    num_users: node.users,
    num_channels: node.channels,
    num_subs: node.subscriptions,
    uptime: Math.floor(node.uptimeMs / 1000),
    process: { cpu: node.cpuPercent, rss: node.memoryBytes },
  };
}

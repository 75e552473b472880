/** `presence` and `presence_stats`: who is in a channel, and how many. */
import { notAvailable } from "../api-error.ts";
import type { ApiSite } from "../method.ts";
import { channelOf, defineMethod } from "../method.ts";
import { defineShape } from "../shape.ts";
import { channelRequest, clientInfoShape } from "../shapes.ts";

export const presence = defineMethod({
  name: "presence",
  summary: "Lists the members of a channel on all nodes.",
  request: channelRequest,
  result: defineShape("PresenceResult", {
    presence: {
      kind: "map",
      of: { kind: "object", shape: clientInfoShape },
      needed: true,
      about: "The members, by the ids of their connections.",
    },
  }),
  async run(site, { channel }) {
    return { presence: await presentIn(site, channel).encodedPresence() };
  },
});

export const presenceStats = defineMethod({
  name: "presence_stats",
  summary: "Counts the members of a channel on all nodes.",
  request: channelRequest,
  result: defineShape("PresenceStatsResult", {
    num_clients: { kind: "integer", least: 0, needed: true, about: "Connections." },
    num_users: { kind: "integer", least: 0, needed: true, about: "Users, each once." },
  }),
  async run(site, { channel }) {
    const { clients, users } = await presentIn(site, channel).presenceStats();
    return { num_clients: clients, num_users: users };
  },
});

/** @throws ApiError when the channel does not know its members */
function presentIn(site: ApiSite, name: string): ReturnType<typeof channelOf> {
  const channel = channelOf(site, name);
  if (!channel.options.presence) throw notAvailable("the channel keeps no presence");
  return channel;
}

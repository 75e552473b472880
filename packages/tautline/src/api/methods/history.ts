/** `history` and `history_remove`: what was published in a channel. */
import type { Publication } from "@tautline/wire";
import { jsonOf, payloadBytes } from "@tautline/wire";

import { channelOf, defineMethod } from "../method.ts";
import type { MessageOf } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { channelRequest, clientInfoShape, nothing, positionShape } from "../shapes.ts";

/** Publications in an answer at most: who wants more asks on from the last. */
const mostPublications = 10_000;

const publicationShape = defineShape("Publication", {
  data: { kind: "json", about: "The message, when it is JSON." },
  b64data: { kind: "base64", about: "The message as bytes in Base64, when it is no JSON." },
  info: {
    kind: "object",
    shape: clientInfoShape,
    about: "Who published it, when it was a client.",
  },
  offset: { kind: "integer", least: 0, needed: true, about: "Its place." },
  tags: { kind: "map", of: { kind: "text" }, about: "Short texts by name." },
});

export const history = defineMethod({
  name: "history",
  summary: "Reads the history of a channel.",
  request: defineShape("HistoryRequest", {
    channel: { kind: "text", needed: true, about: "The channel." },
    limit: {
      kind: "integer",
      least: -1,
      about:
        "Publications at most, but never more than 10,000. Default: 0, the position alone; -1 means as many as there may be.",
    },
    since: {
      kind: "object",
      shape: positionShape,
      about: "What comes after this place, with `reverse` before it. Default: from the beginning.",
    },
    reverse: { kind: "flag", about: "Whether the newest come first. Default: false." },
  }),
  result: defineShape("HistoryResult", {
    publications: {
      kind: "list",
      of: { kind: "object", shape: publicationShape },
      needed: true,
      about: "The publications.",
    },
    offset: { kind: "integer", least: 0, needed: true, about: "The place of the newest of all." },
    epoch: { kind: "text", needed: true, about: "The history that the offsets belong to." },
  }),
  async run(site, { channel, limit = 0, since, reverse }) {
    const { publications, position } = await channelOf(site, channel).encodedHistory({
      limit: limit < 0 ? mostPublications : Math.min(limit, mostPublications),
      since: since && { offset: since.offset ?? 0, epoch: since.epoch ?? "" },
      reverse,
    });
    return { publications: publications.map(describe), ...position };
  },
});

function describe(publication: Publication): MessageOf<typeof publicationShape> {
  const { data, info, offset = 0, tags } = publication;
  const isJson = data === undefined || jsonOf(data) !== undefined;
  return { ...(isJson ? { data } : { b64data: payloadBytes(data) }), info, offset, tags };
}

export const historyRemove = defineMethod({
  name: "history_remove",
  summary: "Empties the history of a channel. Its position stays.",
  request: channelRequest,
  result: nothing,
  async run(site, { channel }) {
    await channelOf(site, channel).removeHistory();
    return {};
  },
});

/** `publish` and `broadcast`: the same publication to one channel, or to many. */
import type { PublishOptions } from "@tautline/hub";
import type { Payload } from "@tautline/wire";

import { badRequest, notAvailable } from "../api-error.ts";
import { errorOf } from "../error-of.ts";
import type { ApiSite } from "../method.ts";
import { channelOf, defineMethod } from "../method.ts";
import type { MessageOf } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { errorShape } from "../shapes.ts";

const publicationFields = {
  data: { kind: "json", about: "The message, any JSON. It travels as it stands." },
  b64data: { kind: "base64", about: "The message as bytes in Base64, in place of `data`." },
  skip_history: {
    kind: "flag",
    about: "Whether it stays out of the channel's history. Default: false.",
  },
  tags: {
    kind: "map",
    of: { kind: "text" },
    about: "Short texts by name, which travel beside the message.",
  },
  except: {
    kind: "list",
    of: { kind: "text" },
    most: 1000,
    about:
      "Ids of connections that do not get it, at most 1,000, such as that of the client whose request is being answered. Centrifugo has no such field.",
  },
  idempotency_key: {
    kind: "text",
    about:
      "A second publication to the channel with the same key, within five minutes, changes nothing and is answered as the first.",
  },
  delta: {
    kind: "flag",
    about:
      "Taken and not needed: subscribers who ask for deltas get them in channels whose options allow it.",
  },
  version: { kind: "integer", least: 0, about: "Not supported: has to be absent or 0." },
} as const;

const publishRequest = defineShape("PublishRequest", {
  channel: { kind: "text", needed: true, about: "The channel." },
  ...publicationFields,
});

const publishResult = defineShape("PublishResult", {
  offset: { kind: "integer", least: 0, about: "Its place in the history, when there is one." },
  epoch: { kind: "text", about: "The history that the offset belongs to." },
});

export const publish = defineMethod({
  name: "publish",
  summary: "Publishes to a channel.",
  request: publishRequest,
  result: publishResult,
  run: (site, { channel, ...publication }) => publishTo(site, channel, publication),
});

const broadcastResponse = defineShape("PublishResponse", {
  error: { kind: "object", shape: errorShape, about: "Why it was not published in this channel." },
  result: { kind: "object", shape: publishResult, about: "Where it was published." },
});

export const broadcast = defineMethod({
  name: "broadcast",
  summary: "Publishes the same to many channels.",
  request: defineShape("BroadcastRequest", {
    channels: {
      kind: "list",
      of: { kind: "text" },
      most: 10_000,
      needed: true,
      about: "The channels, at most 10,000.",
    },
    ...publicationFields,
  }),
  result: defineShape("BroadcastResult", {
    responses: {
      kind: "list",
      of: { kind: "object", shape: broadcastResponse },
      needed: true,
      about: "What became of it in each channel, in their order.",
    },
  }),
  async run(site, { channels, ...publication }) {
    if (channels.length === 0) throw badRequest("channels is empty");
    // Found out once, before anything is published.
    payloadIn(publication);
    const responses = await Promise.all(
      channels.map((channel) =>
        publishTo(site, channel, publication).then(
          (result) => ({ result }),
          (error: unknown) => ({ error: errorOf(error, site) }),
        ),
      ),
    );
    return { responses };
  },
});

type Publication = Omit<MessageOf<typeof publishRequest>, "channel">;

async function publishTo(
  site: ApiSite,
  name: string,
  publication: Publication,
): Promise<MessageOf<typeof publishResult>> {
  const data = payloadIn(publication);
  const { position } = await channelOf(site, name).publishPayload(data, optionsIn(publication));
  return position ?? {};
}

/** @throws ApiError when there is none, or two */
function payloadIn({ data, b64data, version = 0 }: Publication): Payload {
  if (version > 0) throw notAvailable("version");
  if (b64data !== undefined && data !== undefined) throw badRequest("data and b64data");
  const payload = b64data ?? data;
  if (payload === undefined) throw badRequest("data is missing");
  return payload;
}

function optionsIn(publication: Publication): PublishOptions {
  const { tags, skip_history, idempotency_key, except } = publication;
  return {
    except,
    tags: tags === undefined ? undefined : Object.fromEntries(tags),
    skipHistory: skip_history,
    idempotencyKey: idempotency_key === "" ? undefined : idempotency_key,
  };
}

/** `subscribe` and `unsubscribe`: the subscriptions of clients, made and ended by the backend. */
import { notAvailable } from "../api-error.ts";
import { channelOf, defineMethod } from "../method.ts";
import { selectionIn } from "../selection.ts";
import type { MessageOf } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { nothing, positionShape, selectionFields } from "../shapes.ts";
import { expiryOf, valueIn } from "../values.ts";

const choice = defineShape("BoolValue", { value: { kind: "flag", about: "Default: false." } });

const unsupported = "Not supported: follows from the options of the channel.";

const override = defineShape("SubscribeOptionOverride", {
  presence: { kind: "object", shape: choice, about: unsupported },
  join_leave: { kind: "object", shape: choice, about: unsupported },
  force_recovery: { kind: "object", shape: choice, about: unsupported },
  force_positioning: { kind: "object", shape: choice, about: unsupported },
  force_push_join_leave: {
    kind: "object",
    shape: choice,
    about: "Whether the clients are told who comes and goes. Default: false.",
  },
});

export const subscribe = defineMethod({
  name: "subscribe",
  summary: "Subscribes clients to a channel.",
  request: defineShape("SubscribeRequest", {
    channel: { kind: "text", needed: true, about: "The channel." },
    ...selectionFields,
    expire_at: {
      kind: "integer",
      least: 0,
      about:
        "When the subscription is over, in seconds since 1970, unless the hook for it prolongs it. Default: 0, never.",
    },
    info: { kind: "json", about: "What others see of the clients in this channel." },
    b64info: { kind: "base64", about: "The same as bytes, in place of `info`." },
    data: { kind: "json", about: "A word to the clients." },
    b64data: { kind: "base64", about: "The same as bytes, in place of `data`." },
    recover_since: {
      kind: "object",
      shape: positionShape,
      about: "The place of the last publication that the clients have: what came after it follows.",
    },
    override: { kind: "object", shape: override, about: "What is to be otherwise." },
  }),
  result: nothing,
  async run(site, request) {
    const { channel, info, b64info, data, b64data, expire_at, recover_since: since } = request;
    const { name } = channelOf(site, channel);
    await site.hub.subscribe(selectionIn(request), {
      channel: name,
      info: valueIn(info, b64info),
      data: valueIn(data, b64data),
      joinLeave: joinLeaveIn(request.override),
      expiresAtMs: expiryOf(expire_at),
      since: since && { offset: since.offset ?? 0, epoch: since.epoch ?? "" },
    });
    return {};
  },
});

/** @throws ApiError for what cannot be chosen here */
function joinLeaveIn(chosen: MessageOf<typeof override> = {}): boolean {
  const { force_push_join_leave: joinLeave, ...others } = chosen;
  const [other] = Object.keys(others);
  if (other !== undefined) throw notAvailable(`override.${other}`);
  return joinLeave?.value ?? false;
}

export const unsubscribe = defineMethod({
  name: "unsubscribe",
  summary: "Ends subscriptions of clients to a channel, or to all.",
  request: defineShape("UnsubscribeRequest", {
    channel: {
      kind: "text",
      about: "The channel. Default: all channels of the clients.",
    },
    ...selectionFields,
  }),
  result: nothing,
  async run(site, request) {
    const { channel = "" } = request;
    const name = channel === "" ? undefined : channelOf(site, channel).name;
    await site.hub.unsubscribe(selectionIn(request), name);
    return {};
  },
});

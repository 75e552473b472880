/** Shapes that more than one method has. */
import { defineShape } from "./shape.ts";

export const errorShape = defineShape("Error", {
  code: { kind: "integer", least: 0, needed: true, about: "The protocol's code of the error." },
  message: { kind: "text", needed: true, about: "For people." },
});

/** What is answered when there is nothing to say. */
export const nothing = defineShape("Nothing", {});

export const positionShape = defineShape("StreamPosition", {
  offset: { kind: "integer", least: 0, about: "The place. Default: 0, before the first." },
  epoch: { kind: "text", about: "The history that the offset belongs to. Default: any." },
});

export const clientInfoShape = defineShape("ClientInfo", {
  user: { kind: "text", needed: true, about: 'The user; "" when it is not known.' },
  client: { kind: "text", needed: true, about: "The connection's id." },
  conn_info: { kind: "json", about: "What others see of the client everywhere." },
  chan_info: { kind: "json", about: "What others see of it in this channel." },
});

export const channelRequest = defineShape("ChannelRequest", {
  channel: { kind: "text", needed: true, about: "The channel." },
});

/** Which clients are meant, in requests that do something with clients. */
export const selectionFields = {
  user: {
    kind: "text",
    about:
      'The user, all of whose clients are meant; "" for those of whom nothing is known. This or `client` has to be there.',
  },
  client: { kind: "text", about: "The id of the one connection that is meant." },
  session: { kind: "text", about: "Not supported: has to be absent or empty." },
} as const;

/**
 * A message in a channel, and who sent it. Both stand in pushes and in results alike. Absent fields have their zero value.
 */

import type { Payload } from "./payload.ts";
import { defineMessage } from "./schema.ts";

/** Who is behind a connection, as channels show it. */
export interface ClientInfo {
  /** The user's id, "" for somebody unknown. */
  readonly user: string;
  /** The connection's id, unique. */
  readonly client: string;
  readonly conn_info?: Payload;
  readonly chan_info?: Payload;
}

export interface Publication {
  readonly data?: Payload;
  /** The publisher, when it was a client. */
  readonly info?: ClientInfo;
  /** The place in the channel's log, when it has one. */
  readonly offset?: number;
  readonly tags?: ReadonlyMap<string, string>;
  /** `data` is a delta to the publication before. */
  readonly delta?: boolean;
  /** Milliseconds since 1970. */
  readonly time?: number;
  /** The channel itself, for a subscription by pattern. */
  readonly channel?: string;
}

/** The table of `ClientInfo`. */
export const clientInfoSchema = defineMessage<ClientInfo>({
  user: { number: 1, kind: "string", always: true },
  client: { number: 2, kind: "string", always: true },
  conn_info: { number: 3, kind: "payload" },
  chan_info: { number: 4, kind: "payload" },
});

/** The table of `Publication`. */
export const publicationSchema = defineMessage<Publication>({
  data: { number: 4, kind: "payload" },
  info: { number: 5, kind: "message", schema: clientInfoSchema },
  offset: { number: 6, kind: "uint64" },
  tags: { number: 7, kind: "map", element: { kind: "string" } },
  delta: { number: 8, kind: "bool" },
  time: { number: 9, kind: "int64" },
  channel: { number: 10, kind: "string" },
});

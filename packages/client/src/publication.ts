/** What arrives in a channel, as listeners see it: decoded, and in the words of this package. */

import type { ClientInfo, Payload, Publication as WirePublication } from "@tautline/wire";
import { decodePayload } from "@tautline/wire";

/** A connection that is in a channel, or that published to it. */
export interface Member {
  /** The connection's id, unique: one person with two tabs is two members. */
  readonly client: string;
  /** The user's id as the server knows it, "" for somebody unknown. */
  readonly user: string;
  /** What the server tells about the connection in every channel; `undefined` when nothing. */
  readonly info: unknown;
  /** What the server tells about the connection in this channel; `undefined` when nothing. */
  readonly channelInfo: unknown;
}

/** A message in a channel. */
export interface Publication<Message> {
  readonly channel: string;
  readonly data: Message;
  /** Who published it; `undefined` when it was the server. */
  readonly publisher: Member | undefined;
  /** The place in the channel's log, counted from 1; 0 when the channel has none. */
  readonly offset: number;
  readonly tags: ReadonlyMap<string, string>;
  /** Milliseconds since 1970, when the server tells. */
  readonly time: number | undefined;
}

/** What a server that sends nothing at all in a place for data means by it. */
export function decodeOptional(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : decodePayload(payload);
}

export function memberOf(info: ClientInfo): Member {
  return Object.freeze({
    client: info.client,
    user: info.user,
    info: decodeOptional(info.conn_info),
    channelInfo: decodeOptional(info.chan_info),
  });
}

/** What the data is remains to be said: the channel's contract tells the application, nobody has checked it. */
export function publicationOf(channel: string, publication: WirePublication): Publication<unknown> {
  return {
    channel: publication.channel ?? channel,
    data: decodeOptional(publication.data),
    publisher: publication.info === undefined ? undefined : memberOf(publication.info),
    offset: publication.offset ?? 0,
    tags: publication.tags ?? new Map<string, string>(),
    time: publication.time,
  };
}

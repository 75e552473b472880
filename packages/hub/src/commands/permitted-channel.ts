/** The way of every command to its channel: a good name, a known namespace, and a user whom the name lets in. */

import { disconnects, exceedsUtf8, replyErrors } from "@tautline/wire";
import type { ChannelOptions } from "../channels/channel-options.ts";
import { admitsUser } from "../channels/namespaces.ts";
import type { HubOptions } from "../options.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";

/** A channel that a command may name. */
export interface NamedChannel {
  readonly channel: string;
  readonly options: ChannelOptions;
}

/**
 * The name, if there is one and it is not too long.
 *
 * @throws Refusal
 */
export function requireChannelName(
  name: string | undefined,
  { maxChannelNameBytes }: Pick<HubOptions, "maxChannelNameBytes">,
): string {
  if (name === undefined || name === "") throw refuse(disconnects.badRequest);
  if (exceedsUtf8(name, maxChannelNameBytes)) throw refuse(replyErrors.badRequest);
  return name;
}

/**
 * The channel and its options.
 *
 * @throws Refusal when the name is none, its namespace is unknown, or it is for other users
 */
export function requireChannel(
  { session, context }: Pick<Call, "session" | "context">,
  name: string | undefined,
): NamedChannel {
  const channel = requireChannelName(name, context.options);
  const options = context.namespaces.optionsOf(channel);
  if (options === undefined) throw refuse(replyErrors.unknownChannel);
  if (!admitsUser(channel, session.user)) throw refuse(replyErrors.permissionDenied);
  return { channel, options };
}

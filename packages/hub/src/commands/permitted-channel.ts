/** The way of every command to its channel: a good name, a known namespace, and a user whom the name lets in. */

import { disconnects, exceedsUtf8, replyErrors } from "@tautline/wire";
import type { ChannelOptions } from "../channels/channel-options.ts";
import { admitsUser } from "../channels/namespaces.ts";
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
  { session, context }: Pick<Call, "session" | "context">,
  name: string | undefined,
): string {
  if (name === undefined || name === "") throw refuse(disconnects.badRequest);
  if (!exceedsUtf8(name, context.options.maxChannelNameBytes)) return name;
  session.limits.reached("channel-name");
  throw refuse(replyErrors.badRequest);
}

/**
 * The channel and its options.
 *
 * @throws Refusal when the name is none, its namespace is unknown, or it is for other users
 */
export function requireChannel(
  call: Pick<Call, "session" | "context">,
  name: string | undefined,
): NamedChannel {
  const { session, context } = call;
  const channel = requireChannelName(call, name);
  const options = context.namespaces.optionsOf(channel);
  if (options === undefined) throw refuse(replyErrors.unknownChannel);
  if (!admitsUser(channel, session.user)) throw refuse(replyErrors.permissionDenied);
  return { channel, options };
}

/** What is asked of the channel's name in any command. */

import { disconnects, exceedsUtf8, replyErrors } from "@tautline/wire";
import type { HubOptions } from "../options.ts";
import { refuse } from "../refusal.ts";

/**
 * The name, if there is one and it is not too long.
 *
 * @throws Refusal
 */
export function requireChannel(
  name: string | undefined,
  { maxChannelNameBytes }: Pick<HubOptions, "maxChannelNameBytes">,
): string {
  if (name === undefined || name === "") throw refuse(disconnects.badRequest);
  if (exceedsUtf8(name, maxChannelNameBytes)) throw refuse(replyErrors.badRequest);
  return name;
}

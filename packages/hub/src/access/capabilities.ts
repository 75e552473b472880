/**
 * Capabilities: what a client may do in which channels, as its token or a hook has granted it. They are compared with
 * names here and nowhere else. What happens to a client without any is the policy's business.
 */

import { fitsPattern } from "../channels/channel-pattern.ts";

/** What clients do in channels. */
export type Operation = "subscribe" | "publish" | "presence" | "history";

/** What is allowed in some channels. */
export interface Capability {
  /** Names of channels, or patterns of names. */
  readonly channels: readonly string[];
  /** Whether `channels` are names as they stand, or patterns in which `*` stands for any text. Default: `"exact"`. */
  readonly match?: "exact" | "wildcard" | undefined;
  readonly allow: readonly Operation[];
}

/**
 * Whether `capabilities` allow the operation in the channel. The first of them that names the channel decides, as in
 * Centrifugo: so one channel can have less, or more, than a pattern after it.
 */
export function permits(
  capabilities: readonly Capability[],
  operation: Operation,
  channel: string,
): boolean {
  const first = capabilities.find(({ channels, match }) =>
    channels.some((name) => (match === "wildcard" ? fitsPattern(name, channel) : name === channel)),
  );
  return first?.allow.includes(operation) ?? false;
}

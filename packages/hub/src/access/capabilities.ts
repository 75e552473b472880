/**
 * Capabilities: what a client may do in which channels, as its token or a hook has granted it. They are compared with
 * names here and nowhere else. What happens to a client without any is the policy's business.
 */

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
    channels.some((name) => (match === "wildcard" ? fits(name, channel) : name === channel)),
  );
  return first?.allow.includes(operation) ?? false;
}

/**
 * Whether the pattern fits the whole text. Each piece between stars is looked for once, from left to right, so that no
 * pattern takes long: an expression with backtracking could be made to run for ever.
 */
function fits(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

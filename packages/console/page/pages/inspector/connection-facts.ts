/** What the page says of a connection of the server, from what the server knows of it. */
import type { ListedConnection } from "./seen-events.ts";

/** The name under which others see its client; "" where there is none. */
export function personOf({ info, user }: ListedConnection): string {
  if (typeof info === "object" && info !== null && "name" in info) {
    if (typeof info.name === "string" && info.name !== "") return info.name;
  }
  return user ?? "";
}

/** Browsers by what stands in their `User-Agent`, in the order in which they claim to be each other. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\/(\d+)/u, "Edge"],
  [/\bFirefox\/(\d+)/u, "Firefox"],
  [/\b(?:Headless)?Chrome\/(\d+)/u, "Chrome"],
  [/\bVersion\/(\d+).*\bSafari\//u, "Safari"],
];

/** As in `Firefox 140`; the beginning of what a program says of itself, or "". */
export function browserName(userAgent: string | undefined): string {
  if (userAgent === undefined) return "";
  for (const [pattern, name] of browsers) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return userAgent.slice(0, 24);
}

/** The connection of this window's own client, then the others, the newest first. */
export function ownFirst(
  connections: readonly ListedConnection[],
  own: string | undefined,
): readonly ListedConnection[] {
  const isOwn = ({ client }: ListedConnection): boolean => own !== undefined && client === own;
  return [...connections.filter(isOwn), ...connections.filter((other) => !isOwn(other))];
}

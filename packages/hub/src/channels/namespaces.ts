/**
 * Which options a channel has, and whom its name keeps out.
 *
 * The text before the first ":" of a name is its namespace. When the hub has namespaces, a name in any other is unknown;
 * when it has none, ":" is a character like others. After the first "#" come the ids of the users whom the channel is
 * for, separated by ",": others are refused before any hook is asked.
 */

import type { ChannelOptions } from "./channel-options.ts";
import { resolveChannelOptions } from "./channel-options.ts";
import type { BrokerNeeds } from "../ports/broker.ts";

/** What a hub is told about its channels. */
export interface NamespaceSettings {
  readonly channels: Partial<ChannelOptions>;
  readonly namespaces: Readonly<Record<string, Partial<ChannelOptions>>>;
}

export class Namespaces {
  readonly #plain: ChannelOptions;
  readonly #named = new Map<string, ChannelOptions>();

  /** @throws RangeError when an option makes no sense, or a namespace's name could not stand in a channel's */
  constructor({ channels, namespaces }: NamespaceSettings) {
    this.#plain = resolveChannelOptions(channels);
    for (const [name, options] of Object.entries(namespaces)) {
      if (name === "" || name.includes(":")) {
        throw new RangeError(`"${name}" cannot be a namespace's name`);
      }
      this.#named.set(name, resolveChannelOptions(options));
    }
  }

  /** What channels want of the broker. */
  get needs(): BrokerNeeds {
    const all = [this.#plain, ...this.#named.values()];
    return {
      logs: all.some(({ historySize }) => historySize > 0),
      members: all.some(({ presence }) => presence),
    };
  }

  /** The options of the channel, `undefined` when its namespace is unknown. */
  optionsOf(channel: string): ChannelOptions | undefined {
    const end = channel.indexOf(":");
    if (end < 0 || this.#named.size === 0) return this.#plain;
    return this.#named.get(channel.slice(0, end));
  }
}

/** Whether the channel's name lets `user` in: it names no users, or this one. */
export function admitsUser(channel: string, user: string): boolean {
  const boundary = channel.indexOf("#");
  if (boundary < 0) return true;
  return (
    user !== "" &&
    channel
      .slice(boundary + 1)
      .split(",")
      .includes(user)
  );
}

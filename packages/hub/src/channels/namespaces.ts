/**
 * Which options a channel has, and whom its name keeps out.
 *
 * The text before the first ":" of a name is its namespace. When the hub has namespaces, a name in any other is unknown;
 * when it has none, ":" is a character like others. After the first "#" come the ids of the users whom the channel is
 * for, separated by ",": others are refused before any hook is asked.
 *
 * Besides there may be channels of whoever made the hub. They change nothing about other names.
 */

import type { ChannelOptions } from "./channel-options.ts";
import { resolveChannelOptions } from "./channel-options.ts";
import type { BrokerNeeds } from "../ports/broker.ts";

/** What a hub is told about its channels. */
export interface NamespaceSettings {
  readonly channels: Partial<ChannelOptions>;
  readonly namespaces: Readonly<Record<string, Partial<ChannelOptions>>>;
}

/** Options by namespace, or by the whole name of a channel where there is a ":" in it. */
export type OwnChannels = Readonly<Record<string, Partial<ChannelOptions>>>;

export class Namespaces {
  readonly #plain: ChannelOptions;
  readonly #named = new Map<string, ChannelOptions>();
  readonly #own = new Map<string, ChannelOptions>();

  /** @throws RangeError when an option makes no sense, or a namespace's name could not stand in a channel's */
  constructor({ channels, namespaces }: NamespaceSettings, own: OwnChannels = {}) {
    this.#plain = resolveChannelOptions(channels);
    for (const [name, options] of Object.entries(own)) {
      this.#own.set(name, resolveChannelOptions(options));
    }
    for (const [name, options] of Object.entries(namespaces)) {
      if (name === "" || name.includes(":")) {
        throw new RangeError(`"${name}" cannot be a namespace's name`);
      }
      this.#named.set(name, resolveChannelOptions(options));
    }
  }

  /** What channels want of the broker; its maker's own do without where there is nothing to be had. */
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
    if (end < 0) return this.#plain;
    const namespace = channel.slice(0, end);
    const named = this.#named.get(namespace);
    if (named !== undefined) return named;
    const own = this.#own.get(channel) ?? this.#own.get(namespace);
    return own ?? (this.#named.size === 0 ? this.#plain : undefined);
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

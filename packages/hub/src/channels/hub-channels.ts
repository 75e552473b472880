/** Channels whose names fit a pattern, as code on the server uses them together. */

import type { ChannelPattern } from "@tautline/wire";
import type { HubContext } from "../context.ts";
import type { Unregister } from "../handlers.ts";
import type { HubClient } from "../hub-client.ts";
import type { Decision, NoGrant } from "../hooks.ts";
import { HubChannel } from "./hub-channel.ts";

/** A publication in one of many channels. */
export interface ChannelPublication<Message, Params> {
  readonly message: Message;
  readonly channel: string;
  /** What stands in the channel's name for each parameter of the pattern. */
  readonly params: Params;
}

export class HubChannels<Message, Params> {
  readonly #context: HubContext;
  readonly #pattern: ChannelPattern<Message, Params>;

  constructor(context: HubContext, pattern: ChannelPattern<Message, Params>) {
    this.#context = context;
    this.#pattern = pattern;
  }

  /**
   * One of the channels.
   *
   * @throws RangeError for a parameter that cannot be, or a name that is too long or has an unknown namespace
   */
  channel(params: Params): HubChannel<Message> {
    return new HubChannel(this.#context, this.#pattern.channel(params).name);
  }

  /**
   * Calls `handler` for each publication of a client of this hub in one of the channels, as `HubChannel.onPublish` does.
   * Handlers of a single channel come first.
   */
  onPublish(
    handler: (
      publication: ChannelPublication<Message, Params>,
      from: HubClient,
    ) => Decision<NoGrant>,
  ): Unregister {
    return this.#context.handlers.addPublications((channel) => {
      const params = this.#pattern.match(channel);
      if (params === undefined) return undefined;
      return (data, from) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked where the contract has a schema, else its word
        handler({ message: data as Message, channel, params }, from);
    });
  }
}

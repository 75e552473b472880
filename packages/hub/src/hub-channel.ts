/** A channel as code on the server uses it: it publishes, looks at what clients publish, and sees who is there. */

import type { ClientInfo, Payload } from "@tautline/wire";
import { decodePayload, encodePayload, exceedsUtf8 } from "@tautline/wire";
import type { HubContext } from "./context.ts";
import type { Unregister } from "./handlers.ts";
import type { HubClient } from "./hub-client.ts";
import type { Decision, NoGrant } from "./policy.ts";
import type { MemberStats, Position } from "./ports/broker.ts";

/** A member of a channel: one connection. */
export interface Member {
  /** The connection's id. */
  readonly client: string;
  readonly user: string;
  /** What the connect hook granted to be seen, `undefined` when nothing. */
  readonly info: unknown;
  /** What the subscribe hook granted to be seen in this channel, `undefined` when nothing. */
  readonly channelInfo: unknown;
}

export class HubChannel<Message> {
  readonly name: string;
  readonly #context: HubContext;

  /** @throws RangeError when the name is empty or too long */
  constructor(context: HubContext, name: string) {
    const { maxChannelNameBytes } = context.options;
    if (name === "") throw new RangeError("A channel needs a name");
    if (exceedsUtf8(name, maxChannelNameBytes)) {
      throw new RangeError(`A channel's name has at most ${maxChannelNameBytes} bytes`);
    }
    this.name = name;
    this.#context = context;
  }

  /**
   * Publishes to all subscribers on all hubs. Resolves when the broker has accepted it; with its place, when the channel
   * keeps a log. No hook is asked.
   *
   * @throws TypeError when `message` has no JSON form
   */
  publish(message: Message): Promise<Position | undefined> {
    return this.#context.broker.publish(this.name, { data: encodePayload(message) });
  }

  /**
   * Calls `handler` for each publication of a client of this hub, after it was permitted and before anybody sees it. The
   * handler may refuse it, at once or later; what it throws besides is an internal error to the client. That the
   * message has the type is the contract's word: clients may send anything.
   */
  onPublish(handler: (message: Message, from: HubClient) => Decision<NoGrant>): Unregister {
    return this.#context.handlers.addPublication(this.name, (data, from) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      handler(data as Message, from),
    );
  }

  /** The members on all hubs, by the id of their connection. */
  async presence(): Promise<ReadonlyMap<string, Member>> {
    const members = await this.#context.broker.members(this.name);
    return new Map(Array.from(members, ([client, info]) => [client, memberOf(info)]));
  }

  /** How many members there are on all hubs, and how many users they are. */
  presenceStats(): Promise<MemberStats> {
    return this.#context.broker.memberStats(this.name);
  }
}

function memberOf({ client, user, conn_info, chan_info }: ClientInfo): Member {
  return { client, user, info: valueOf(conn_info), channelInfo: valueOf(chan_info) };
}

function valueOf(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : decodePayload(payload);
}

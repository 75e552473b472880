/** A channel as code on the server uses it: it publishes, looks at what clients publish, reads the log, sees who is there. */

import type { ClientInfo, Payload, Publication } from "@tautline/wire";
import { encodePayload, exceedsUtf8 } from "@tautline/wire";
import type { HubContext } from "../context.ts";
import type { Unregister } from "../handlers.ts";
import type { HubClient } from "../hub-client.ts";
import { valueOf } from "../payload-values.ts";
import type { Decision, NoGrant } from "../hooks.ts";
import type { LogPage, MemberStats, Position, PublishResult } from "../ports/broker.ts";
import type { HistoryFilter } from "./channel-reader.ts";
import { readPage } from "./channel-reader.ts";
import type { ChannelOptions } from "./channel-options.ts";
import { logPolicyOf } from "./channel-options.ts";

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

/** How to publish. */
export interface PublishOptions {
  /** Short texts by name, which travel beside the message. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** A second publication to this channel with the same key changes nothing, for `idempotencyTtlMs`. */
  readonly idempotencyKey?: string | undefined;
  /** Milliseconds. Default: 300,000, five minutes. */
  readonly idempotencyTtlMs?: number | undefined;
  /** Whether it stays out of the channel's log: who is away now never hears of it. Default: false. */
  readonly skipHistory?: boolean | undefined;
  /**
   * Ids of connections that do not get it, such as that of the client who asked for it. Who comes back is another
   * connection, and recovers it. Default: none.
   */
  readonly except?: readonly string[] | undefined;
}

const defaultIdempotencyTtlMs = 300_000;

/** A publication as the log holds it. */
export interface Published<Message> {
  readonly data: Message;
  /** The client that published it, `undefined` when it was the server. */
  readonly publisher: Member | undefined;
  readonly tags: ReadonlyMap<string, string>;
  /** Its place in the log. */
  readonly offset: number;
}

/** A page of the log, and the place of the log's newest publication. */
export interface HistoryPage<Message> {
  readonly publications: readonly Published<Message>[];
  readonly position: Position;
}

export class HubChannel<Message> {
  readonly name: string;
  /** What the channel does, as follows from its name. */
  readonly options: ChannelOptions;
  readonly #context: HubContext;

  /** @throws RangeError when the name is empty or too long, or its namespace is unknown */
  constructor(context: HubContext, name: string) {
    const { maxChannelNameBytes } = context.options;
    if (name === "") throw new RangeError("A channel needs a name");
    if (exceedsUtf8(name, maxChannelNameBytes)) {
      throw new RangeError(`A channel's name has at most ${maxChannelNameBytes} bytes`);
    }
    const options = context.namespaces.optionsOf(name);
    if (options === undefined) throw new RangeError(`The namespace of ${name} is unknown`);
    this.name = name;
    this.#context = context;
    this.options = options;
  }

  /**
   * Publishes to all subscribers on all hubs. Resolves when the broker has accepted it; with its place, when the channel
   * keeps a log. No hook is asked.
   *
   * @param message bytes, of which a copy is made, or anything with a JSON form
   * @throws TypeError when `message` is neither; RangeError when an option makes no sense
   */
  publish(message: Message, options: PublishOptions = {}): Promise<PublishResult> {
    return this.publishPayload(encodePayload(message), options);
  }

  /**
   * The same with a message that is encoded already, and goes out as it stands. Bytes are the channel's from now on.
   *
   * @throws RangeError when an option makes no sense
   */
  publishPayload(data: Payload, options: PublishOptions = {}): Promise<PublishResult> {
    const { tags, idempotencyKey, idempotencyTtlMs = defaultIdempotencyTtlMs, except } = options;
    // Written so that NaN fails too.
    if (!(idempotencyTtlMs > 0)) throw new RangeError("idempotencyTtlMs must be above 0");
    const publication = {
      data,
      ...(tags !== undefined && { tags: new Map(Object.entries(tags)) }),
      ...(except !== undefined && except.length > 0 && { except: [...except] }),
    };
    const published = this.#context.broker.publish(this.name, publication, {
      log: options.skipHistory === true ? undefined : logPolicyOf(this.options),
      idempotency:
        idempotencyKey === undefined ? undefined : { key: idempotencyKey, ttlMs: idempotencyTtlMs },
    });
    return published.then((result) => {
      if (!result.duplicate) this.#context.meter.published("server");
      return result;
    });
  }

  /**
   * A page of the channel's log. No hook is asked.
   *
   * @throws Refusal as a rejection: `notAvailable` when the channel keeps no log, `unrecoverablePosition` when the log
   *   does not know the place any more
   */
  async history(filter: HistoryFilter = {}): Promise<HistoryPage<Message>> {
    const { publications, position } = await this.encodedHistory(filter);
    return {
      position,
      publications: publications.map(
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract's word, as in onPublish
        (one) => publishedOf(one, this.options) as Published<Message>,
      ),
    };
  }

  /** The same with its messages as they stand in the log. The page is not to be changed. @throws as `history` does */
  encodedHistory(filter: HistoryFilter = {}): Promise<LogPage> {
    const named = { channel: this.name, options: this.options };
    return readPage(this.#context.broker, named, filter);
  }

  /** Empties the channel's log. Its position stays: clients that missed something are told so. */
  removeHistory(): Promise<void> {
    return this.#context.broker.removeHistory(this.name);
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
    const members = await this.encodedPresence();
    return new Map(Array.from(members, ([client, info]) => [client, memberOf(info)]));
  }

  /** The same with what is seen of them as it was granted. */
  encodedPresence(): Promise<ReadonlyMap<string, ClientInfo>> {
    return this.#context.broker.members(this.name);
  }

  /** How many members there are on all hubs, and how many users they are. */
  presenceStats(): Promise<MemberStats> {
    return this.#context.broker.memberStats(this.name);
  }
}

function memberOf({ client, user, conn_info, chan_info }: ClientInfo): Member {
  return { client, user, info: valueOf(conn_info), channelInfo: valueOf(chan_info) };
}

function publishedOf(
  { data, info, tags, offset = 0 }: Publication,
  { payloads }: ChannelOptions,
): Published<unknown> {
  return {
    data: valueOf(data, payloads),
    publisher: info === undefined ? undefined : memberOf(info),
    tags: tags ?? new Map<string, string>(),
    offset,
  };
}

/**
 * The channels that the server has subscribed a client to, by itself, on connecting or later. There is nothing to ask for and
 * nothing to end here: it hears what comes, and keeps the place in each channel, so that the server can go on from there
 * when the client comes back.
 */

import type { ChannelContract, Push, SubscribeRequest, SubscribeResult } from "@tautline/wire";
import type { Publication as WirePublication } from "@tautline/wire";
import { stateInvalidated } from "../codes.ts";
import { defaultEnvironment } from "../default-environment.ts";
import type { Cancel, Environment } from "../environment.ts";
import type { Position } from "../history.ts";
import { invalidPosition } from "../history.ts";
import type { Listener } from "../listeners.ts";
import { Listeners } from "../listeners.ts";
import type { Member, Publication } from "../publication.ts";
import { decodeOptional, memberOf, publicationOf } from "../publication.ts";
import type { Reason } from "../reasons.ts";
import type { ServerEnd } from "../server-end.ts";

/** The client is subscribed to a channel, for the first time or again. */
export interface ServerSubscribed {
  readonly channel: string;
  /** What the server's application told; `undefined` when nothing. */
  readonly data: unknown;
  /** Whether it was asked for what was published since the last publication. */
  readonly wasRecovering: boolean;
  /**
   * Whether nothing was missed: what was published meanwhile follows this event. When it was asked for and is not there,
   * the application has to load its state anew.
   */
  readonly recovered: boolean;
}

/** The client is not subscribed to a channel any more. */
export interface ServerUnsubscribed extends Reason {
  readonly channel: string;
}

/** A member of one of the channels came or left. */
export interface ServerMemberChange {
  readonly channel: string;
  readonly member: Member;
}

/** Of a client that came back and was not subscribed again. */
const notAgain = Object.freeze({ code: 0, reason: "not subscribed again" });

/**
 * What the server subscribes a client to: `new Client(url, { serverSubscriptions })`. One for each client. Listeners hear every
 * channel; they belong to it for as long as it is there, across connections.
 */
export class ServerSubscriptions implements ServerEnd {
  readonly #channels = new Map<string, Position | undefined>();
  readonly #subscribed: Listeners<ServerSubscribed>;
  readonly #publications: Listeners<Publication<unknown>>;
  readonly #joins: Listeners<ServerMemberChange>;
  readonly #leaves: Listeners<ServerMemberChange>;
  readonly #unsubscribed: Listeners<ServerUnsubscribed>;

  /** @param environment where errors of listeners are reported; that of the browser or of Node.js by default. */
  constructor(environment: Pick<Environment, "reportError"> = defaultEnvironment) {
    this.#subscribed = new Listeners(environment);
    this.#publications = new Listeners(environment);
    this.#joins = new Listeners(environment);
    this.#leaves = new Listeners(environment);
    this.#unsubscribed = new Listeners(environment);
  }

  /** The channels, those of the last connection while there is none. */
  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  /** The place of the last publication in a channel's log, where there is one that clients can recover from. */
  position(channel: string): Position | undefined {
    return this.#channels.get(channel);
  }

  onSubscribed(listener: Listener<ServerSubscribed>): Cancel {
    return this.#subscribed.add(listener);
  }

  /** Each listener hears every publication in every channel, in the order of the channel. */
  onPublication(listener: Listener<Publication<unknown>>): Cancel {
    return this.#publications.add(listener);
  }

  /** The same for one channel, with the type of its messages. */
  onPublicationIn<Message = unknown>(
    channel: ChannelContract<Message> | string,
    listener: Listener<Publication<Message>>,
  ): Cancel {
    const name = typeof channel === "string" ? channel : channel.name;
    return this.#publications.add((publication) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's word is taken for it
      if (publication.channel === name) listener(publication as Publication<Message>);
    });
  }

  onJoin(listener: Listener<ServerMemberChange>): Cancel {
    return this.#joins.add(listener);
  }

  onLeave(listener: Listener<ServerMemberChange>): Cancel {
    return this.#leaves.add(listener);
  }

  onUnsubscribed(listener: Listener<ServerUnsubscribed>): Cancel {
    return this.#unsubscribed.add(listener);
  }

  /** For the client. */
  get places(): ReadonlyMap<string, SubscribeRequest> {
    const places = new Map<string, SubscribeRequest>();
    for (const [channel, position] of this.#channels) {
      if (position !== undefined) places.set(channel, { recover: true, ...position });
    }
    return places;
  }

  /** For the client. */
  connected(subs: ReadonlyMap<string, SubscribeResult> = new Map()): void {
    for (const channel of this.channels) if (!subs.has(channel)) this.#end(channel, notAgain);
    for (const [channel, result] of subs) this.#begin(channel, result);
  }

  /** For the client. */
  push({ channel = "", pub, join, leave, subscribe, unsubscribe }: Push): void {
    if (subscribe !== undefined) return this.#begin(channel, subscribe);
    // Of what the application has just unsubscribed from, something may still be under way.
    if (!this.#channels.has(channel)) return;
    if (pub !== undefined) this.#take(channel, pub);
    if (join?.info !== undefined) this.#joins.emit({ channel, member: memberOf(join.info) });
    if (leave?.info !== undefined) this.#leaves.emit({ channel, member: memberOf(leave.info) });
    if (unsubscribe !== undefined) {
      this.#end(channel, { code: unsubscribe.code ?? 0, reason: unsubscribe.reason ?? "" });
    }
  }

  /** For the client. */
  lost({ code }: Reason): void {
    if (code !== stateInvalidated) return;
    for (const [channel, position] of this.#channels) {
      if (position !== undefined) this.#channels.set(channel, invalidPosition);
    }
  }

  #begin(channel: string, result: SubscribeResult): void {
    const { offset = 0, epoch = "", recoverable, publications = [] } = result;
    this.#channels.set(channel, recoverable === true ? { offset, epoch } : undefined);
    this.#subscribed.emit({
      channel,
      data: decodeOptional(result.data),
      wasRecovering: result.was_recovering ?? false,
      recovered: result.recovered ?? false,
    });
    for (const publication of publications) this.#take(channel, publication);
  }

  #take(channel: string, publication: WirePublication): void {
    const position = this.#channels.get(channel);
    const { offset = 0 } = publication;
    if (position !== undefined && offset > 0) {
      // The server has it in its answer and behind it.
      if (offset <= position.offset) return;
      this.#channels.set(channel, { ...position, offset });
    }
    this.#publications.emit(publicationOf(channel, publication));
  }

  #end(channel: string, reason: Reason): void {
    this.#channels.delete(channel);
    this.#unsubscribed.emit({ channel, ...reason });
  }
}

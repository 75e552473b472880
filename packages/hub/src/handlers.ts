/**
 * The application's code that clients reach: procedures, messages, and a look at publications before they go out. It
 * keeps what was registered and runs it; permissions are the policy's business.
 */

import type { Procedure } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { checkedValue } from "./checked-value.ts";
import type { HubClient } from "./hub-client.ts";
import type { NoGrant, Decision } from "./hooks.ts";
import type { Logger } from "./ports/logger.ts";
import { Refusal, refuse } from "./refusal.ts";

/** Takes a handler back. */
export type Unregister = () => void;

/** Answers a procedure call with a value that has a JSON form, or with a refusal. */
export type RpcHandler = (data: unknown, from: HubClient) => unknown;

/** The same for procedures of any name. */
export type AnyRpcHandler = (method: string, data: unknown, from: HubClient) => unknown;

/** What a procedure with a contract answers, at once or later; a refusal may be thrown as well. */
export type Answer<Output> = Output | Refusal | Promise<Output | Refusal>;

/** Takes a message that wants no answer. */
export type MessageHandler = (data: unknown, from: HubClient) => void | Promise<void>;

/** How a client's connection ended. */
export interface ClientEnd {
  /** A disconnect code of the protocol, or a close code of the transport, such as 1006 for a connection that broke. */
  readonly code: number;
  readonly reason: string;
  /** Whether the server has ended it; else the client has, or the network, and code and reason are the client's word. */
  readonly byServer: boolean;
  /** The channels to which the client was subscribed. */
  readonly channels: readonly string[];
}

/** Learns that a client is gone, and why. */
export type DisconnectHandler = (client: HubClient, end: ClientEnd) => void | Promise<void>;

/** Sees a client's publication before anybody else does, and may refuse it. */
export type PublicationHandler = (data: unknown, from: HubClient) => Decision<NoGrant>;

export class Handlers {
  readonly #rpc = new Map<string, RpcHandler>();
  #anyRpc: AnyRpcHandler | undefined;
  readonly #message = new Set<MessageHandler>();
  readonly #publication = new Map<string, readonly PublicationHandler[]>();
  /** For channels that fit a pattern; each gives its handler, or nothing when the name does not fit. */
  readonly #publicationByPattern = new Set<(channel: string) => PublicationHandler | undefined>();
  readonly #disconnect = new Set<DisconnectHandler>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @throws Error when the method has a handler already */
  addRpc(method: string, handler: RpcHandler): Unregister {
    if (this.#rpc.has(method)) throw new Error(`The procedure ${method} is registered already`);
    this.#rpc.set(method, handler);
    return () => {
      // Not the handler that somebody else has registered since.
      if (this.#rpc.get(method) === handler) this.#rpc.delete(method);
    };
  }

  /** @throws Error when there is one already */
  addAnyRpc(handler: AnyRpcHandler): Unregister {
    if (this.#anyRpc !== undefined)
      throw new Error("A handler of all procedures is registered already");
    this.#anyRpc = handler;
    return () => {
      if (this.#anyRpc === handler) this.#anyRpc = undefined;
    };
  }

  /** @throws Error when the procedure has a handler already */
  addProcedure<Sent, Input, Output>(
    { name, input }: Procedure<Sent, Input, Output>,
    handler: (input: Input, from: HubClient) => Answer<Output>,
  ): Unregister {
    return this.addRpc(name, async (data, from) => {
      const value = input === undefined ? data : await checkedValue(input, data);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked, or the contract's word
      return handler(value as Input, from);
    });
  }

  addMessage(handler: MessageHandler): Unregister {
    this.#message.add(handler);
    return () => void this.#message.delete(handler);
  }

  addDisconnect(handler: DisconnectHandler): Unregister {
    this.#disconnect.add(handler);
    return () => void this.#disconnect.delete(handler);
  }

  addPublication(channel: string, handler: PublicationHandler): Unregister {
    this.#publication.set(channel, [...this.#watching(channel), handler]);
    return () => {
      const others = this.#watching(channel).filter((other) => other !== handler);
      if (others.length > 0) this.#publication.set(channel, others);
      else this.#publication.delete(channel);
    };
  }

  /** @param handlerOf the handler for a channel, or nothing when its name does not fit */
  addPublications(handlerOf: (channel: string) => PublicationHandler | undefined): Unregister {
    this.#publicationByPattern.add(handlerOf);
    return () => void this.#publicationByPattern.delete(handlerOf);
  }

  /** @throws Refusal, or whatever the handler throws */
  async call(method: string, data: unknown, from: HubClient): Promise<unknown> {
    const result: unknown = await this.#answer(method, data, from);
    if (result instanceof Refusal) throw result;
    return result;
  }

  /** Whether anybody takes messages. */
  get takesMessages(): boolean {
    return this.#message.size > 0;
  }

  /** @throws whatever a handler throws */
  async message(data: unknown, from: HubClient): Promise<void> {
    for (const handler of this.#message) await handler(data, from);
  }

  /** Whether anybody may want to see the channel's publications. */
  watches(channel: string): boolean {
    return this.#publication.has(channel) || this.#publicationByPattern.size > 0;
  }

  /** @throws Refusal, or whatever a handler throws */
  async publication(channel: string, data: unknown, from: HubClient): Promise<void> {
    const byPattern = Array.from(this.#publicationByPattern, (handlerOf) => handlerOf(channel));
    for (const handler of [...this.#watching(channel), ...byPattern]) {
      const verdict = await handler?.(data, from);
      if (verdict instanceof Refusal) throw verdict;
    }
  }

  /** Tells all at once that `client` is gone. Never rejects: what fails is logged, for nobody is left to be answered. */
  async disconnected(client: HubClient, end: ClientEnd): Promise<void> {
    const tell = async (handler: DisconnectHandler): Promise<void> => {
      try {
        await handler(client, end);
      } catch (err) {
        this.#logger.error({ err, client: client.id }, "a disconnect handler failed");
      }
    };
    await Promise.all(Array.from(this.#disconnect, tell));
  }

  #answer(method: string, data: unknown, from: HubClient): unknown {
    const handler = this.#rpc.get(method);
    if (handler !== undefined) return handler(data, from);
    if (this.#anyRpc !== undefined) return this.#anyRpc(method, data, from);
    throw refuse(replyErrors.methodNotFound);
  }

  #watching(channel: string): readonly PublicationHandler[] {
    return this.#publication.get(channel) ?? [];
  }
}

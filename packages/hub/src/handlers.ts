/**
 * The application's code that clients reach: procedures, messages, and a look at publications before they go out. It
 * keeps what was registered and runs it; permissions are the policy's business.
 */

import { replyErrors } from "@tautline/wire";
import type { HubClient } from "./hub-client.ts";
import type { NoGrant, Decision } from "./hooks.ts";
import { Refusal, refuse } from "./refusal.ts";

/** Takes a handler back. */
export type Unregister = () => void;

/** Answers a procedure call with a value that has a JSON form, or with a refusal. */
export type RpcHandler = (data: unknown, from: HubClient) => unknown;

/** Takes a message that wants no answer. */
export type MessageHandler = (data: unknown, from: HubClient) => void | Promise<void>;

/** Sees a client's publication before anybody else does, and may refuse it. */
export type PublicationHandler = (data: unknown, from: HubClient) => Decision<NoGrant>;

export class Handlers {
  readonly #rpc = new Map<string, RpcHandler>();
  readonly #message = new Set<MessageHandler>();
  readonly #publication = new Map<string, readonly PublicationHandler[]>();

  /** @throws Error when the method has a handler already */
  addRpc(method: string, handler: RpcHandler): Unregister {
    if (this.#rpc.has(method)) throw new Error(`The procedure ${method} is registered already`);
    this.#rpc.set(method, handler);
    return () => {
      // Not the handler that somebody else has registered since.
      if (this.#rpc.get(method) === handler) this.#rpc.delete(method);
    };
  }

  addMessage(handler: MessageHandler): Unregister {
    this.#message.add(handler);
    return () => void this.#message.delete(handler);
  }

  addPublication(channel: string, handler: PublicationHandler): Unregister {
    this.#publication.set(channel, [...this.#watching(channel), handler]);
    return () => {
      const others = this.#watching(channel).filter((other) => other !== handler);
      if (others.length > 0) this.#publication.set(channel, others);
      else this.#publication.delete(channel);
    };
  }

  /** @throws Refusal, or whatever the handler throws */
  async call(method: string, data: unknown, from: HubClient): Promise<unknown> {
    const handler = this.#rpc.get(method);
    if (handler === undefined) throw refuse(replyErrors.methodNotFound);
    const result: unknown = await handler(data, from);
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

  /** Whether anybody wants to see the channel's publications. */
  watches(channel: string): boolean {
    return this.#publication.has(channel);
  }

  /** @throws Refusal, or whatever a handler throws */
  async publication(channel: string, data: unknown, from: HubClient): Promise<void> {
    for (const handler of this.#watching(channel)) {
      const verdict = await handler(data, from);
      if (verdict instanceof Refusal) throw verdict;
    }
  }
  #watching(channel: string): readonly PublicationHandler[] {
    return this.#publication.get(channel) ?? [];
  }
}

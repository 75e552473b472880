/**
 * Who may do what. Hooks decide; where there is no hook, the hub's `open` option does, and a closed hub says in its log
 * which hook is missing. This file runs hooks and reads their verdicts, it carries nothing out.
 */

import { disconnects, replyErrors } from "@tautline/wire";
import type { ConnectionInfo, HubClient } from "./hub-client.ts";
import type { Logger } from "./ports/logger.ts";
import { Refusal, refuse } from "./refusal.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";

/** What a hook says: a grant, nothing (granted, no more to say), or a refusal. It may also throw the refusal. */
export type Verdict<Grant> = Grant | Refusal | undefined | void;

/** A verdict now or later. */
export type Decision<Grant> = Verdict<Grant> | Promise<Verdict<Grant>>;

/** Somebody wants to connect. Besides `connection`, all is the client's word. */
export interface ConnectAttempt {
  readonly client: string;
  readonly token: string;
  /** What the client sent along; `undefined` when nothing. */
  readonly data: unknown;
  /** The client's software and its version. */
  readonly name: string;
  readonly version: string;
  readonly connection: ConnectionInfo;
}

export interface ConnectGrant {
  /** The user's id; "" for somebody unknown, which is the default. */
  readonly user?: string;
  /** What members of channels see of the client, as JSON. */
  readonly info?: unknown;
  /** An answer to the client, as JSON. */
  readonly data?: unknown;
  /** The channels to which the server subscribes the client, each at most once. */
  readonly subscriptions?: readonly ServerSubscription[];
}

/** A client wants to subscribe to a channel. */
export interface SubscribeAttempt {
  readonly channel: string;
  readonly token: string;
  readonly data: unknown;
}

export interface SubscribeGrant {
  /** What members of this channel see of the client besides its `info`, as JSON. */
  readonly info?: unknown;
  /** An answer to the client, as JSON. */
  readonly data?: unknown;
}

/** A client wants to publish to a channel. */
export interface PublishAttempt {
  readonly channel: string;
  readonly data: unknown;
}

/** A client wants to see who is in a channel. */
export interface PresenceAttempt {
  readonly channel: string;
  /** Whether it is subscribed to the channel itself. */
  readonly subscribed: boolean;
}

/** A client wants to read a channel's log. */
export interface HistoryAttempt {
  readonly channel: string;
  /** Whether it is subscribed to the channel itself. */
  readonly subscribed: boolean;
}

/** A publication's publisher needs nothing but permission. */
export type NoGrant = Readonly<Record<string, never>>;

export interface Hooks {
  /** Who may connect, and who they are then. */
  connect?: (attempt: ConnectAttempt) => Decision<ConnectGrant>;
  subscribe?: (attempt: SubscribeAttempt, client: HubClient) => Decision<SubscribeGrant>;
  publish?: (attempt: PublishAttempt, client: HubClient) => Decision<NoGrant>;
  /** Without this hook a closed hub shows the members of a channel to its subscribers. */
  presence?: (attempt: PresenceAttempt, client: HubClient) => Decision<NoGrant>;
  /** Without this hook a closed hub shows the log of a channel to its subscribers. */
  history?: (attempt: HistoryAttempt, client: HubClient) => Decision<NoGrant>;
}

export class Policy {
  readonly #hooks: Hooks = {};
  readonly #open: boolean;
  readonly #logger: Logger;
  readonly #warned = new Set<keyof Hooks>();

  constructor(open: boolean, logger: Logger) {
    this.#open = open;
    this.#logger = logger;
  }

  /**
   * Sets a hook.
   *
   * @throws Error when it is set already: two deciders would have to agree.
   */
  decide<Name extends keyof Hooks>(name: Name, hook: NonNullable<Hooks[Name]>): void {
    if (this.#hooks[name] !== undefined) throw new Error(`The ${name} hook is set already`);
    this.#hooks[name] = hook;
  }

  /** @throws Refusal */
  async connect(attempt: ConnectAttempt): Promise<ConnectGrant> {
    const hook = this.#hooks.connect;
    if (hook === undefined) return this.#withoutHook("connect");
    return grantOf(await hook(attempt));
  }

  /** @throws Refusal */
  async subscribe(attempt: SubscribeAttempt, client: HubClient): Promise<SubscribeGrant> {
    const hook = this.#hooks.subscribe;
    if (hook === undefined) return this.#withoutHook("subscribe");
    return grantOf(await hook(attempt, client));
  }

  /** @throws Refusal */
  async publish(attempt: PublishAttempt, client: HubClient): Promise<void> {
    const hook = this.#hooks.publish;
    if (hook === undefined) this.#withoutHook("publish");
    else grantOf(await hook(attempt, client));
  }

  /** @throws Refusal */
  async presence(attempt: PresenceAttempt, client: HubClient): Promise<void> {
    const hook = this.#hooks.presence;
    if (hook !== undefined) grantOf(await hook(attempt, client));
    else if (!attempt.subscribed) this.#withoutHook("presence");
  }

  /** @throws Refusal */
  async history(attempt: HistoryAttempt, client: HubClient): Promise<void> {
    const hook = this.#hooks.history;
    if (hook !== undefined) grantOf(await hook(attempt, client));
    else if (!attempt.subscribed) this.#withoutHook("history");
  }

  #withoutHook(name: keyof Hooks): NoGrant {
    if (this.#open) return {};
    if (!this.#warned.has(name)) {
      this.#warned.add(name);
      const text =
        "refused: the hub is not open and no hook decides; set one, or the option `open`";
      this.#logger.warn({ hook: name }, text);
    }
    throw refuse(name === "connect" ? disconnects.permissionDenied : replyErrors.permissionDenied);
  }
}

function grantOf<Grant extends object>(verdict: Verdict<Grant>): Grant | NoGrant {
  if (verdict instanceof Refusal) throw verdict;
  return verdict ?? {};
}

/**
 * Who may do what. Capabilities that a client was granted come first, hooks decide the rest; where there is no hook, the
 * hub's `open` option does, and a closed hub says in its log which hook is missing. This file runs hooks and reads their
 * verdicts, it carries nothing out.
 */

import { disconnects, replyErrors } from "@tautline/wire";
import type { Operation } from "./access/capabilities.ts";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import type {
  ConnectAttempt,
  ConnectGrant,
  HistoryAttempt,
  Hooks,
  NoGrant,
  PresenceAttempt,
  PublishAttempt,
  PublishGrant,
  RefreshAttempt,
  SubRefreshAttempt,
  SubRefreshGrant,
  SubscribeAttempt,
  SubscribeGrant,
  Verdict,
} from "./hooks.ts";
import type { HubClient } from "./hub-client.ts";
import type { Logger } from "./ports/logger.ts";
import { Refusal, refuse } from "./refusal.ts";

/** A client, as the policy sees it. */
export interface Subject extends HubClient {
  /** Whether it was said what the client may do: then the hub's being open gives it no more. */
  readonly limited: boolean;
  /** Whether a capability of the client, or of its subscription to the channel, allows the operation. */
  permits(operation: Operation, channel: string): boolean;
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

  /** Whether there is such a hook. */
  decides(name: keyof Hooks): boolean {
    return this.#hooks[name] !== undefined;
  }

  /** @throws Refusal */
  async connect(attempt: ConnectAttempt): Promise<ConnectGrant> {
    const hook = this.#hooks.connect;
    if (hook !== undefined) return grantOf(await hook(attempt));
    if (this.#open) return {};
    this.#warn("connect");
    throw refuse(disconnects.permissionDenied);
  }

  /** @throws Refusal, also where no hook decides */
  async refresh(attempt: RefreshAttempt, client: Subject): Promise<RefreshGrant> {
    const hook = this.#hooks.refresh;
    if (hook === undefined) throw refuse(disconnects.expired);
    return grantOf(await hook(attempt, client));
  }

  /** @throws Refusal */
  async subscribe(attempt: SubscribeAttempt, client: Subject): Promise<SubscribeGrant> {
    const hook = this.#hooks.subscribe;
    if (hook === undefined) return this.#withoutHook("subscribe", client);
    return grantOf(await hook(attempt, client));
  }

  /** @throws Refusal, also where no hook decides */
  async subRefresh(attempt: SubRefreshAttempt, client: Subject): Promise<SubRefreshGrant> {
    const hook = this.#hooks.subRefresh;
    if (hook === undefined) throw refuse(replyErrors.expired);
    return grantOf(await hook(attempt, client));
  }

  /** @throws Refusal */
  async publish(attempt: PublishAttempt, client: Subject): Promise<PublishGrant> {
    if (client.permits("publish", attempt.channel)) return {};
    const hook = this.#hooks.publish;
    if (hook === undefined) return this.#withoutHook("publish", client);
    return grantOf(await hook(attempt, client));
  }

  /** @throws Refusal */
  async presence(attempt: PresenceAttempt, client: Subject): Promise<void> {
    if (client.permits("presence", attempt.channel)) return;
    const hook = this.#hooks.presence;
    if (hook !== undefined) grantOf(await hook(attempt, client));
    else if (client.limited || !attempt.subscribed) this.#withoutHook("presence", client);
  }

  /** @throws Refusal */
  async history(attempt: HistoryAttempt, client: Subject): Promise<void> {
    if (client.permits("history", attempt.channel)) return;
    const hook = this.#hooks.history;
    if (hook !== undefined) grantOf(await hook(attempt, client));
    else if (client.limited || !attempt.subscribed) this.#withoutHook("history", client);
  }

  #withoutHook(name: keyof Hooks, { limited }: Subject): NoGrant {
    if (this.#open && !limited) return {};
    if (!limited) this.#warn(name);
    throw refuse(replyErrors.permissionDenied);
  }

  /** Says which decision is missing, once. */
  #warn(name: keyof Hooks): void {
    if (this.#warned.has(name)) return;
    this.#warned.add(name);
    const text = "refused: the hub is not open and no hook decides; set one, or the option `open`";
    this.#logger.warn({ hook: name }, text);
  }
}

function grantOf<Grant extends object>(verdict: Verdict<Grant>): Grant | NoGrant {
  if (verdict instanceof Refusal) throw verdict;
  return verdict ?? {};
}

/**
 * What a subscription does: subscribes whenever there is a connection, tries again when the server says "later", stops
 * when it says "no", and hands pushes of its channel to listeners. It does not know why connections come and go.
 */

import type { Publication as WirePublication, Push, SubscribeResult } from "@tautline/wire";
import { resubscribesAfter } from "@tautline/wire";
import { Backoff } from "./backoff.ts";
import type { Outcome } from "./calls.ts";
import {
  insufficientState,
  leastErrorCode,
  stateInvalidated,
  subscriptionStateInvalidated,
  tokenExpired,
} from "./codes.ts";
import type { CallOptions } from "./deadline.ts";
import { patience, waitFor } from "./deadline.ts";
import type { Cancel } from "./environment.ts";
import { CallFailed, CallRefused, isUnauthorized } from "./errors.ts";
import type { HistoryOptions, HistoryPage, Position } from "./history.ts";
import { history, invalidPosition } from "./history.ts";
import type { Listener } from "./listeners.ts";
import { Listeners } from "./listeners.ts";
import { encodeData } from "./payload.ts";
import { presence, presenceStats } from "./presence.ts";
import type { PresenceStats } from "./presence.ts";
import type { Member, Publication } from "./publication.ts";
import { decodeOptional, memberOf, publicationOf } from "./publication.ts";
import type { Reason } from "./reasons.ts";
import { reasons } from "./reasons.ts";
import { Refresher } from "./refresher.ts";
import type { SubscriptionState, SubscriptionTrigger } from "./states.ts";
import { Lifecycle, subscriptionTransitions } from "./states.ts";
import type { SubscribeTerms, SubscriptionHost } from "./subscription-host.ts";
import type { Subscription, SubscriptionChange } from "./subscription.ts";
import type { DeltaDecoder } from "./wire-format.ts";
import { TokenSource } from "./token-source.ts";

export class ChannelSubscription implements Subscription<unknown> {
  readonly channel: string;
  readonly #host: SubscriptionHost;
  readonly #terms: SubscribeTerms;
  readonly #lifecycle = new Lifecycle<SubscriptionState, SubscriptionTrigger>(
    subscriptionTransitions,
    "unsubscribed",
  );
  readonly #publications: Listeners<Publication<unknown>>;
  readonly #joins: Listeners<Member>;
  readonly #leaves: Listeners<Member>;
  readonly #changes: Listeners<SubscriptionChange>;
  readonly #backoff: Backoff;
  readonly #token: TokenSource;
  readonly #refresher: Refresher;
  /** Counts subscribe commands; an answer to another than the last is out of date. */
  #attempt = 0;
  #asking = false;
  #cancelRetry: Cancel | undefined;
  #data: unknown;
  #position: Position | undefined;
  /** Present when the server sends differences. */
  #deltas: DeltaDecoder | undefined;

  constructor(channel: string, terms: SubscribeTerms, host: SubscriptionHost) {
    const { environment, settings } = host;
    this.channel = channel;
    this.#host = host;
    this.#terms = terms;
    this.#position = terms.since;
    this.#token = new TokenSource(terms.token);
    this.#refresher = new Refresher({
      environment,
      calls: host.calls,
      tokens: this.#token,
      request: (token) => ({ sub_refresh: { channel, token } }),
      // The server may still think that the client is subscribed.
      refused: (reason) => void this.#leave(undefined, reason).catch(() => undefined),
    });
    this.#publications = new Listeners(environment);
    this.#joins = new Listeners(environment);
    this.#leaves = new Listeners(environment);
    this.#changes = new Listeners(environment);
    this.#backoff = new Backoff(
      {
        baseDelayMs: settings.reconnectDelayMs,
        maxDelayMs: settings.maxReconnectDelayMs,
        stableAfterMs: settings.stableAfterMs,
      },
      () => environment.random(),
    );
  }

  get state(): SubscriptionState {
    return this.#lifecycle.state;
  }

  get data(): unknown {
    return this.#data;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  onPublication(listener: Listener<Publication<unknown>>): Cancel {
    return this.#publications.add(listener);
  }

  onJoin(listener: Listener<Member>): Cancel {
    return this.#joins.add(listener);
  }

  onLeave(listener: Listener<Member>): Cancel {
    return this.#leaves.add(listener);
  }

  onStateChange(listener: Listener<SubscriptionChange>): Cancel {
    return this.#changes.add(listener);
  }

  async ready(options?: CallOptions): Promise<void> {
    const { environment, settings } = this.#host;
    const waiting = patience(options, settings.callTimeoutMs);
    await waitFor<void>(environment, waiting, (resolve, reject) => {
      const look = ({ state, reason }: { state: SubscriptionState; reason: string }): void => {
        if (state === "subscribed") resolve();
        if (state === "unsubscribed") reject(new CallFailed("unsubscribed", reason));
      };
      look({ state: this.state, reason: "" });
      return this.onStateChange(look);
    });
  }

  async publish(message: unknown, options?: CallOptions): Promise<void> {
    this.#mustBeAlive();
    const request = {
      publish: { channel: this.channel, data: encodeData(message, this.#host.format.codec) },
    };
    await this.#host.calls.call(request, options);
  }

  async presence(options?: CallOptions): Promise<readonly Member[]> {
    this.#mustBeAlive();
    return presence(this.#host.calls, this.channel, options);
  }

  async presenceStats(options?: CallOptions): Promise<PresenceStats> {
    this.#mustBeAlive();
    return presenceStats(this.#host.calls, this.channel, options);
  }

  async history(options: HistoryOptions = {}): Promise<HistoryPage<unknown>> {
    this.#mustBeAlive();
    return history(this.#host.calls, this.channel, options);
  }

  unsubscribe(options?: CallOptions): Promise<void> {
    const confirmed = this.#leave(options);
    // Whoever does not wait for the confirmation is not to be bothered with its failure.
    confirmed.catch(() => undefined);
    return confirmed;
  }

  /** Begins; nobody listens yet. */
  open(): void {
    if (!this.#lifecycle.move("subscribe")) return;
    this.connected();
  }

  /** There is a connection: subscribes over it. */
  connected(): void {
    const { line } = this.#host;
    if (this.state !== "subscribing" || this.#asking || line.liveSession === undefined) return;
    this.#cancelRetry?.();
    this.#attempt += 1;
    this.#asking = true;
    const token = this.#token.current();
    if (typeof token === "string") this.#ask(token);
    else void this.#askLater(token);
  }

  async #askLater(wanted: Promise<string>): Promise<void> {
    const attempt = this.#attempt;
    try {
      const token = await wanted;
      if (attempt === this.#attempt) this.#ask(token);
    } catch (error) {
      if (attempt === this.#attempt) this.#answered({ error });
    }
  }

  #ask(token: string): void {
    const { calls, settings } = this.#host;
    const attempt = this.#attempt;
    const { data, joinLeave, delta } = this.#terms;
    const position = this.#position;
    const subscribe = {
      channel: this.channel,
      join_leave: joinLeave,
      recoverable: true,
      ...(token === "" ? {} : { token }),
      ...(data === undefined ? {} : { data }),
      ...(delta ? { delta: "fossil" } : {}),
      ...(position === undefined ? {} : { recover: true, ...position }),
    };
    const waiting = { timeoutMs: settings.callTimeoutMs, signal: undefined };
    calls.start({ subscribe }, waiting, (outcome) => {
      if (attempt === this.#attempt) this.#answered(outcome);
    });
  }

  /** The connection is gone. */
  lost(reason: Reason): void {
    this.#attempt += 1;
    this.#asking = false;
    this.#cancelRetry?.();
    if (reason.code === stateInvalidated) this.#invalidate();
    if (this.state === "subscribed") this.#move("lost", reason);
  }

  /** A push for the channel. What comes before the server's acceptance belongs to an earlier subscription. */
  push(push: Push): void {
    if (this.state !== "subscribed") return;
    const { pub, join, leave, unsubscribe } = push;
    if (unsubscribe !== undefined) {
      this.#ended({ code: unsubscribe.code ?? 0, reason: unsubscribe.reason ?? "" });
    } else if (pub !== undefined) this.#take(pub);
    else if (join?.info !== undefined) this.#joins.emit(memberOf(join.info));
    else if (leave?.info !== undefined) this.#leaves.emit(memberOf(leave.info));
  }

  #answered(outcome: Outcome): void {
    this.#asking = false;
    if ("reply" in outcome) {
      this.#backoff.established(this.#host.environment.now());
      this.#accepted(outcome.reply.subscribe ?? {});
    } else this.#failed(outcome.error);
  }

  #accepted(result: SubscribeResult): void {
    const { offset = 0, epoch = "", publications = [] } = result;
    this.#data = decodeOptional(result.data);
    this.#position = result.recoverable === true ? { offset, epoch } : undefined;
    this.#deltas = result.delta === true ? this.#host.format.createDeltaDecoder() : undefined;
    this.#move("accepted", reasons.subscribed, result);
    for (const publication of publications) {
      // A listener may have ended it; what is left is not lost, for the position tells.
      if (this.state !== "subscribed") return;
      this.#hand(publication);
    }
  }

  /**
   * A publication as it happens. Numbers may be left out: those of publications that are not for this connection. That
   * nothing else is missing is the server's to see to.
   */
  #take(publication: WirePublication): void {
    const { offset = 0 } = publication;
    if (offset === 0 || offset > (this.#position?.offset ?? 0)) this.#hand(publication);
  }

  #hand(publication: WirePublication): void {
    let whole = publication;
    try {
      whole = this.#deltas?.decode(publication) ?? publication;
    } catch {
      return this.#resubscribe();
    }
    const { offset = 0 } = publication;
    if (this.#position !== undefined && offset > 0) {
      this.#position = { offset, epoch: this.#position.epoch };
    }
    const { info } = publication;
    if (this.#terms.echo || !info || !this.#host.isOwn(info.client)) {
      this.#publications.emit(publicationOf(this.channel, whole));
    }
  }

  /** Something was missed: begins anew from the last publication that was handed on. */
  #resubscribe(): void {
    const { calls, settings } = this.#host;
    const waiting = { timeoutMs: settings.callTimeoutMs, signal: undefined };
    const request = { unsubscribe: { channel: this.channel } };
    calls.start(request, waiting, (outcome) => this.#left(outcome));
    this.#retry();
    this.#move("lost", insufficientState);
  }

  /** The server's state is another one now: what this side has is worth nothing. */
  #invalidate(): void {
    if (this.#position !== undefined) this.#position = invalidPosition;
  }

  #failed(error: unknown): void {
    if (error instanceof CallRefused) {
      const { serverCode, serverMessage, temporary } = error;
      const again = serverCode === tokenExpired && this.#token.expire();
      if (again || temporary || serverCode < leastErrorCode) this.#retry();
      else this.#finish({ code: serverCode, reason: serverMessage });
    } else if (isUnauthorized(error)) this.#finish(reasons.unauthorized);
    else if (!(error instanceof CallFailed)) this.#retry();
    else if (error.code === "timeout") this.#host.restart(reasons.subscribeTimeout);
  }

  /** The server has ended the subscription. */
  #ended(end: Reason): void {
    if (end.code === subscriptionStateInvalidated) this.#invalidate();
    if (resubscribesAfter(end.code)) {
      this.#retry();
      this.#move("lost", end);
    } else this.#finish(end);
  }

  #retry(): void {
    const { environment } = this.#host;
    this.#cancelRetry?.();
    this.#cancelRetry = environment.schedule(
      () => this.connected(),
      this.#backoff.next(environment.now()),
    );
  }

  async #leave(
    options: CallOptions | undefined,
    reason: Reason = reasons.unsubscribeCalled,
  ): Promise<void> {
    const { calls, environment, line, settings } = this.#host;
    const waiting = patience(options, settings.callTimeoutMs);
    const known = line.liveSession !== undefined && (this.state === "subscribed" || this.#asking);
    if (!known) {
      this.#finish(reason);
      return;
    }
    await waitFor<void>(environment, waiting, (resolve) => {
      // Sent before listeners hear of the end: one of them may subscribe again.
      const request = { unsubscribe: { channel: this.channel } };
      const internal = { timeoutMs: settings.callTimeoutMs, signal: undefined };
      calls.start(request, internal, (outcome) => {
        this.#left(outcome);
        resolve();
      });
      this.#finish(reason);
      return undefined;
    });
  }

  /** A server that has not confirmed may go on sending: only a new connection is sure to be free of the channel. */
  #left(outcome: Outcome): void {
    if ("reply" in outcome) return;
    const { error } = outcome;
    const gone = error instanceof CallFailed && error.code !== "timeout";
    if (!gone) this.#host.restart(reasons.unsubscribeFailed);
  }

  #finish(reason: Reason): void {
    if (this.state === "unsubscribed") return;
    this.#attempt += 1;
    this.#asking = false;
    this.#cancelRetry?.();
    this.#host.release(this.channel);
    this.#move("ended", reason);
  }

  #move(
    trigger: SubscriptionTrigger,
    { code, reason }: Reason,
    result: SubscribeResult = {},
  ): void {
    const { was_recovering: wasRecovering = false, recovered = false } = result;
    const previous = this.state;
    if (!this.#lifecycle.move(trigger)) return;
    this.#refresher.watch(result);
    const change = { state: this.state, previous, code, reason, wasRecovering, recovered };
    this.#changes.emit(Object.freeze(change));
  }

  #mustBeAlive(): void {
    if (this.state === "unsubscribed") throw new CallFailed("unsubscribed");
  }
}

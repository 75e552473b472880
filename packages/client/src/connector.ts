/**
 * Keeps the client connected while the application wants it: decides when a session is started, ended and replaced. It
 * holds at most one session and at most one timer for the next, and never both. What goes over a session is not its
 * business.
 */

import type { ConnectResult, Push, Reply } from "@tautline/wire";
import { Backoff } from "./backoff.ts";
import type { Cancel, Environment, NetworkSign } from "./environment.ts";
import { Listeners } from "./listeners.ts";
import type { ClientSettings } from "./options.ts";
import type { Reason, SessionEnd } from "./reasons.ts";
import { reasons } from "./reasons.ts";
import type { Session, SessionEvents } from "./session.ts";
import type { ClientState, ClientTrigger } from "./states.ts";
import { clientTransitions, Lifecycle } from "./states.ts";

/** Where the client stands, and why. A new object with each change, so that it can be compared by identity. */
export interface ConnectionStatus extends Reason {
  readonly state: ClientState;
  /** How many attempts have failed since the connection was last stable; 0 when none has. */
  readonly failedAttempts: number;
  /** When the next attempt starts, in milliseconds since 1970; `undefined` while none is waited for. */
  readonly nextAttemptAt: number | undefined;
}

/** A change of the status. While connecting, there is one for each attempt and one for each wait between two. */
export interface StateChange extends ConnectionStatus {
  readonly previous: ClientState;
}

/** What the connector's owner does when connections come and go. */
interface ConnectorEvents {
  /** Before listeners hear of it. */
  established(result: ConnectResult): void;
  reply(id: number, reply: Reply): void;
  push(push: Push): void;
  /** The session, or the attempt, is over and another one will follow. */
  lost(end: Reason): void;
  /** The client is disconnected. */
  ended(end: Reason): void;
}

export interface ConnectorSetup {
  readonly environment: Environment;
  readonly settings: ClientSettings;
  /** Servers on this machine are reached without a network. */
  readonly needsNetwork: boolean;
  readonly createSession: (events: SessionEvents) => Session;
  readonly events: ConnectorEvents;
}

export class Connector {
  readonly changes: Listeners<StateChange>;
  readonly #setup: ConnectorSetup;
  readonly #backoff: Backoff;
  readonly #lifecycle = new Lifecycle<ClientState, ClientTrigger>(
    clientTransitions,
    "disconnected",
  );
  #status: ConnectionStatus;
  /** Present while an attempt is made or a connection is there. */
  #session: Session | undefined;
  /** Present while the next attempt is waited for. */
  #cancelRetry: Cancel | undefined;
  #cancelSigns: Cancel | undefined;

  constructor(setup: ConnectorSetup) {
    const { environment, settings } = setup;
    this.#setup = setup;
    this.changes = new Listeners(environment);
    this.#backoff = new Backoff(
      {
        baseDelayMs: settings.reconnectDelayMs,
        maxDelayMs: settings.maxReconnectDelayMs,
        stableAfterMs: settings.stableAfterMs,
      },
      () => environment.random(),
    );
    this.#status = this.#describe(reasons.disconnectCalled, undefined);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get state(): ClientState {
    return this.#lifecycle.state;
  }

  /** The session to send over, when there is one that the server has accepted. */
  get liveSession(): Session | undefined {
    return this.state === "connected" ? this.#session : undefined;
  }

  /** Starts connecting; while the next attempt is waited for, makes it now. */
  connect(): void {
    if (this.#lifecycle.move("connect")) {
      this.#backoff.reset();
      this.#cancelSigns = this.#setup.environment.onSign((sign) => this.#heed(sign));
      this.#attempt(reasons.connectCalled);
    } else if (this.#cancelRetry !== undefined) this.#attempt(reasons.connectCalled);
  }

  /** Disconnects for good. Resolves when the link is closed. */
  disconnect(reason: Reason = reasons.disconnectCalled): Promise<void> {
    const closed = this.#session?.close() ?? Promise.resolve();
    this.#finish(reason);
    return closed;
  }

  /** Gives up the present connection for a new one: what the server thinks of this client is no longer known. */
  restart(reason: Reason): void {
    const session = this.liveSession;
    if (session === undefined) return;
    void session.close();
    this.#ended(session, { ...reason, reconnect: true });
  }

  #attempt(reason: Reason): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const session: Session = this.#setup.createSession({
      established: (result) => this.#established(session, result),
      reply: (id, reply) => this.#setup.events.reply(id, reply),
      push: (push) => this.#setup.events.push(push),
      ended: (end) => this.#ended(session, end),
    });
    this.#session = session;
    this.#announce(reason, undefined);
    // A listener may have changed its mind about this session.
    if (this.#session === session) session.start();
  }

  #established(session: Session, result: ConnectResult): void {
    if (session !== this.#session || !this.#lifecycle.move("established")) return;
    this.#backoff.established(this.#setup.environment.now());
    this.#setup.events.established(result);
    this.#announce(reasons.connected, undefined);
  }

  #ended(session: Session, end: SessionEnd): void {
    if (session !== this.#session) return;
    if (end.reconnect) this.#retry(end);
    else this.#finish(end);
  }

  #retry(end: Reason): void {
    this.#session = undefined;
    this.#lifecycle.move("lost");
    const { environment, settings } = this.#setup;
    const now = environment.now();
    const delay = this.#offline() ? settings.offlineDelayMs : this.#backoff.next(now);
    this.#cancelRetry?.();
    this.#cancelRetry = environment.schedule(() => this.#attempt(end), delay);
    this.#announce(end, now + delay);
    this.#setup.events.lost(end);
  }

  #finish(end: Reason): void {
    if (!this.#lifecycle.move("ended")) return;
    this.#session = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#cancelSigns?.();
    this.#backoff.reset();
    this.#announce(end, undefined);
    this.#setup.events.ended(end);
  }

  #heed(sign: NetworkSign): void {
    const waiting = this.#cancelRetry !== undefined;
    if (sign === "offline") {
      // The addresses behind the connection are gone: what it still says is not worth waiting for.
      if (!this.#offline()) return;
      void this.#session?.close();
      this.#retry(reasons.offline);
    } else if (!waiting) this.#session?.checkSilence();
    else if (sign === "online" || !this.#offline()) {
      // Another network is another situation: what failed in the old one says nothing.
      if (sign === "online") this.#backoff.reset();
      this.#attempt(this.#status);
    }
  }

  #offline(): boolean {
    return this.#setup.needsNetwork && !this.#setup.environment.online();
  }

  #describe(reason: Reason, nextAttemptAt: number | undefined): ConnectionStatus {
    const { state } = this.#lifecycle;
    return Object.freeze({
      state,
      code: reason.code,
      reason: reason.reason,
      failedAttempts: this.#backoff.attempts,
      nextAttemptAt,
    });
  }

  #announce(reason: Reason, nextAttemptAt: number | undefined): void {
    const previous = this.#status.state;
    this.#status = this.#describe(reason, nextAttemptAt);
    this.changes.emit(Object.freeze({ ...this.#status, previous }));
  }
}

/**
 * The way to Redis, in the few words that the broker needs: run a script, publish, subscribe. What is asked for in one
 * turn of the event loop goes out together, in the order in which it was asked. While Redis is away everything that is
 * asked for fails at once; what is silent for too long is away. A new session is opened then, again and again, and
 * subscriptions come back with it.
 */

import { clusterSession } from "./cluster-session.ts";
import { nodeSession } from "./node-session.ts";
import type { RedisPlace } from "./place.ts";
import { findPrimary } from "./sentinel.ts";
import type { Script } from "./script.ts";
import type { Listener, OpenSession, Session } from "./session.ts";

/** What a link tells by itself. */
export interface LinkEvents {
  /** The session failed, or an attempt to open another; there will be one more. */
  failed(reason: unknown): void;
  /** Subscriptions are back after they were lost: what was published meanwhile was missed. */
  resumed(): void;
}

/** Longest pause between two attempts to connect, in milliseconds. */
const longestPauseMs = 2000;

/** Subscriptions that are asked for at once when a session has been lost. */
const batch = 1000;

interface Call {
  readonly since: number;
}

export class RedisLink {
  readonly #openSession: OpenSession;
  readonly #timeoutMs: number;
  readonly #events: LinkEvents;
  readonly #topics = new Map<string, Listener>();
  /** Those without an answer, the oldest first. */
  readonly #calls = new Set<Call>();
  #session: Session | undefined;
  #watch: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(place: RedisPlace, timeoutMs: number, events: LinkEvents) {
    this.#openSession = sessionsAt(place, timeoutMs);
    this.#timeoutMs = timeoutMs;
    this.#events = events;
  }

  /** Rejects when Redis cannot be reached now. */
  async open(): Promise<void> {
    await this.#connect();
    this.#watch = setInterval(() => this.#look(), this.#timeoutMs / 2);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#session?.close();
    this.#session = undefined;
  }

  /** Runs a script. Its answer is the caller's to understand. */
  async run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...values];
    const [key = ""] = keys;
    try {
      return await this.#send(key, ["EVALSHA", script.hash, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return this.#send(key, ["EVAL", script.text, ...rest]);
    }
  }

  /** The command that publishes, for scripts. */
  get publishCommand(): string {
    return this.#session?.publishCommand ?? "PUBLISH";
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#send(topic, [this.publishCommand, topic, message]);
  }

  async remove(key: string): Promise<void> {
    await this.#send(key, ["DEL", key]);
  }

  async subscribe(topic: string, listener: Listener): Promise<void> {
    await this.#call((session) => session.subscribe(topic, listener));
    this.#topics.set(topic, listener);
  }

  async unsubscribe(topic: string): Promise<void> {
    this.#topics.delete(topic);
    await this.#call((session) => session.unsubscribe(topic));
  }

  async #send(key: string, command: readonly string[]): Promise<unknown> {
    try {
      return await this.#call((session) => session.send(key, command));
    } catch (error) {
      // A primary that has become a replica goes on answering.
      if (error instanceof Error && error.message.startsWith("READONLY")) this.#lose(error);
      throw error;
    }
  }

  async #call<Answer>(ask: (session: Session) => Promise<Answer>): Promise<Answer> {
    const session = this.#session;
    if (session === undefined) throw new Error("Redis is away");
    const call = { since: Date.now() };
    this.#calls.add(call);
    try {
      return await ask(session);
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Whether Redis answers; a session that does not is no longer used, and what waits for it fails. */
  #look(): void {
    const session = this.#session;
    if (session === undefined) return;
    if (!this.#isSilent()) {
      this.#call(() => session.ping()).catch(() => undefined);
      return;
    }
    // If it was this process that did not get round to anything, answers are there, and taken before this.
    setImmediate(() => {
      if (!this.#isSilent()) return;
      this.#lose(new Error(`Redis has not answered for ${this.#timeoutMs} ms`), session);
    });
  }

  #isSilent(): boolean {
    const [oldest] = this.#calls;
    return oldest !== undefined && Date.now() - oldest.since >= this.#timeoutMs;
  }

  #lose(reason: unknown, lost = this.#session): void {
    if (lost === undefined || lost !== this.#session) return;
    this.#session = undefined;
    lost.close();
    this.#events.failed(reason);
    this.#connectLater(0);
  }

  #connectLater(attempts: number): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#connect().then(
        () => this.#events.resumed(),
        (error: unknown) => {
          if (this.#closed) return;
          this.#events.failed(error);
          this.#connectLater(attempts + 1);
        },
      );
    }, pause(attempts));
  }

  /** Opens a session with all subscriptions there are. */
  async #connect(): Promise<void> {
    let wasLost: unknown;
    const session: Session = await this.#openSession((reason) => {
      wasLost = reason;
      this.#lose(reason, session);
    });
    const timer = setTimeout(() => session.close(), this.#timeoutMs * 2);
    try {
      await this.#restore(session);
      if (wasLost !== undefined) throw wasLost;
      if (this.#closed) throw new Error("The link was closed");
    } catch (error) {
      session.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.#session = session;
  }

  async #restore(session: Session): Promise<void> {
    const topics = [...this.#topics];
    for (let first = 0; first < topics.length; first += batch) {
      const part = topics.slice(first, first + batch);
      await Promise.all(part.map(([topic, listener]) => session.subscribe(topic, listener)));
    }
  }
}

function sessionsAt({ redis = {}, sentinel, cluster }: RedisPlace, timeoutMs: number): OpenSession {
  if (cluster !== undefined) return clusterSession(cluster, timeoutMs);
  if (sentinel === undefined) {
    return nodeSession({ find: async () => redis, timeoutMs, mustBePrimary: false });
  }
  return nodeSession({
    find: () => findPrimary(sentinel, timeoutMs),
    timeoutMs,
    mustBePrimary: true,
  });
}

/** The time before the next attempt: longer each time, and different for each hub. */
function pause(attempts: number): number {
  const most = Math.min(longestPauseMs, 50 * 2 ** Math.min(attempts, 10));
  return most / 2 + (Math.random() * most) / 2;
}

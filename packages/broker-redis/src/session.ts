/**
 * One set of connections to Redis, from its opening until the first of them is lost: whoever uses it then opens another. So
 * there is one way back from everything that can happen: a Redis that was started anew, a primary that is another one now,
 * a network that was silent.
 */

/** Takes what is published to a topic. */
export type Listener = (message: string) => void;

export interface Session {
  /** The command that publishes to a topic. */
  readonly publishCommand: "PUBLISH" | "SPUBLISH";
  /** Sends a command about `key` and what is in the same slot. Rejects when Redis refuses it, or the session is lost. */
  send(key: string, command: readonly string[]): Promise<unknown>;
  /** Resolves when all later messages of the topic arrive. */
  subscribe(topic: string, listener: Listener): Promise<void>;
  unsubscribe(topic: string): Promise<void>;
  /** Resolves when all connections have answered. */
  ping(): Promise<void>;
  close(): void;
}

/** Opens a session; rejects when it cannot be. `lost` is called once at most, and not before the session is open. */
export type OpenSession = (lost: (reason: unknown) => void) => Promise<Session>;

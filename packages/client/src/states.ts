/**
 * The states of a client and of a subscription, and every way from one to another. The tables are the whole truth: what
 * is not in them cannot happen. `Lifecycle` is the only writer of a state; who holds one asks it to move and learns
 * from the answer whether the trigger meant anything.
 */

export type ClientState = "disconnected" | "connecting" | "connected";

/**
 * - `connect`: the application wants to be connected.
 * - `established`: the server has accepted the connect command.
 * - `lost`: the connection, or the attempt at one, ended in a way that allows another attempt.
 * - `ended`: the application disconnected, or the server said not to come back.
 */
export type ClientTrigger = "connect" | "established" | "lost" | "ended";

export type SubscriptionState = "unsubscribed" | "subscribing" | "subscribed";

/**
 * - `subscribe`: the application wants the channel.
 * - `accepted`: the server has accepted the subscribe command.
 * - `lost`: the connection ended, or the server asked to subscribe again.
 * - `ended`: the application unsubscribed, or the server refused or ended the subscription for good.
 */
export type SubscriptionTrigger = "subscribe" | "accepted" | "lost" | "ended";

/** From each state, by trigger, to the next. */
export type Transitions<State extends string, Trigger extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Trigger, State>>>>
>;

/** The client's table. From `connecting`, `lost` leads back to it: another attempt follows. */
export const clientTransitions: Transitions<ClientState, ClientTrigger> = Object.freeze({
  disconnected: { connect: "connecting" },
  connecting: { established: "connected", lost: "connecting", ended: "disconnected" },
  connected: { lost: "connecting", ended: "disconnected" },
});

/** The subscription's table. */
export const subscriptionTransitions: Transitions<SubscriptionState, SubscriptionTrigger> =
  Object.freeze({
    unsubscribed: { subscribe: "subscribing" },
    subscribing: { accepted: "subscribed", lost: "subscribing", ended: "unsubscribed" },
    subscribed: { lost: "subscribing", ended: "unsubscribed" },
  });

/** One state, moved along its table. */
export class Lifecycle<State extends string, Trigger extends string> {
  readonly #transitions: Transitions<State, Trigger>;
  #state: State;

  constructor(transitions: Transitions<State, Trigger>, initial: State) {
    this.#transitions = transitions;
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  /** Moves if the table has a way for `trigger` from here; says whether it had. */
  move(trigger: Trigger): boolean {
    const next = this.#transitions[this.#state][trigger];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}

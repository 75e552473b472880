/**
 * Who is in a channel, kept up to date: a snapshot from the server after each subscribe, and joins and leaves from then
 * on. Those that come while a snapshot is under way are applied on top of it, for it may be older than they are. When
 * somebody leaves who is not on the list, the list has missed something, such as a member's quick return on another
 * connection, of which nobody was told: it is taken anew.
 */

import { defaultEnvironment } from "./default-environment.ts";
import type { Cancel, Environment } from "./environment.ts";
import type { Listener } from "./listeners.ts";
import { Listeners } from "./listeners.ts";
import type { Member } from "./publication.ts";
import type { Subscription } from "./subscription.ts";

/** A list of members that changes. */
export interface MemberList {
  /** The members as of now, by the order of their joining as far as it is known. A new array with each change. */
  readonly current: readonly Member[];
  /** Why there is no list: the last request for a snapshot failed. `undefined` when it did not. */
  readonly error: unknown;
  /** Hears of each new `current`, and of each new `error`. */
  onChange(listener: Listener<MemberList>): Cancel;
  /** Ends the updates. */
  stop(): void;
}

/** The subscription as far as it is needed here. */
type MemberSource = Omit<Subscription<unknown>, "onPublication" | "publish">;

type Step =
  | { readonly joined: Member; readonly left?: undefined }
  | { readonly left: Member; readonly joined?: undefined };

/**
 * A list of the members of `subscription`'s channel, which must have been subscribed to with `joinLeave: true`. While
 * the subscription is not subscribed, the list keeps what was last known.
 *
 * @param environment where errors of listeners are reported; that of the browser or of Node.js by default.
 */
export function memberList(
  subscription: MemberSource,
  environment: Pick<Environment, "reportError"> = defaultEnvironment,
): MemberList {
  return new LiveMemberList(subscription, environment);
}

class LiveMemberList implements MemberList {
  readonly #subscription: MemberSource;
  readonly #changes: Listeners<MemberList>;
  readonly #cancels: readonly Cancel[];
  #members = new Map<string, Member>();
  #current: readonly Member[] = Object.freeze([]);
  #error: unknown;
  /** What has happened since the snapshot was asked for; `undefined` when none is under way. */
  #steps: Step[] | undefined;
  #snapshot = 0;

  constructor(subscription: MemberSource, environment: Pick<Environment, "reportError">) {
    this.#subscription = subscription;
    this.#changes = new Listeners(environment);
    this.#cancels = [
      subscription.onJoin((joined) => this.#take({ joined })),
      subscription.onLeave((left) => this.#take({ left })),
      subscription.onStateChange(({ state }) => {
        if (state === "subscribed") void this.#refresh();
      }),
    ];
    if (subscription.state === "subscribed") void this.#refresh();
  }

  get current(): readonly Member[] {
    return this.#current;
  }

  get error(): unknown {
    return this.#error;
  }

  onChange(listener: Listener<MemberList>): Cancel {
    return this.#changes.add(listener);
  }

  stop(): void {
    this.#snapshot += 1;
    for (const cancel of this.#cancels) cancel();
  }

  async #refresh(): Promise<void> {
    this.#snapshot += 1;
    const snapshot = this.#snapshot;
    const steps: Step[] = [];
    this.#steps = steps;
    try {
      const members = await this.#subscription.presence();
      if (snapshot !== this.#snapshot) return;
      this.#members = new Map(members.map((member) => [member.client, member]));
      for (const step of steps) this.#apply(step);
      this.#error = undefined;
    } catch (error) {
      if (snapshot !== this.#snapshot) return;
      this.#error = error;
    }
    this.#steps = undefined;
    this.#publish();
  }

  #take(step: Step): void {
    const { left } = step;
    const missed = left && !this.#steps && !this.#members.has(left.client);
    this.#steps?.push(step);
    this.#apply(step);
    this.#publish();
    if (missed) void this.#refresh();
  }

  #apply(step: Step): void {
    const { joined, left } = step;
    if (joined === undefined) this.#members.delete(left.client);
    else this.#members.set(joined.client, joined);
  }

  #publish(): void {
    this.#current = Object.freeze([...this.#members.values()]);
    this.#changes.emit(this);
  }
}

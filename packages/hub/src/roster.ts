/**
 * The connected clients of one hub, found by their id and by their user. It keeps the list and does what is asked of several at once; who
 * comes onto it and when is decided elsewhere.
 */

import { replyErrors } from "@tautline/wire";
import type { HubClient } from "./hub-client.ts";
import type { Listing, ListFilter } from "./listing.ts";
import { listed } from "./listing.ts";
import { Refusal } from "./refusal.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";

/**
 * Whom something is for: all clients of a user, or one client; with both, the client if it is that user's. "" is a user, too:
 * those of whom nothing is known.
 */
export interface ClientSelection {
  readonly user?: string | undefined;
  /** The connection's id. */
  readonly client?: string | undefined;
  /** Ids of connections that are left out. */
  readonly except?: readonly string[] | undefined;
}

/** Which clients are listed. */
export interface ClientFilter extends ListFilter {
  /** Those of this user alone. */
  readonly user?: string | undefined;
  /** Those subscribed to this channel alone. */
  readonly channel?: string | undefined;
}

export class Roster {
  readonly #clients = new Map<string, HubClient>();
  readonly #byUser = new Map<string, Set<HubClient>>();

  add(client: HubClient): void {
    this.#clients.set(client.id, client);
    const ofUser = this.#byUser.get(client.user);
    if (ofUser === undefined) this.#byUser.set(client.user, new Set([client]));
    else ofUser.add(client);
  }

  /** False when it was not on the list. */
  remove(client: HubClient): boolean {
    if (!this.#clients.delete(client.id)) return false;
    const ofUser = this.#byUser.get(client.user);
    ofUser?.delete(client);
    if (ofUser?.size === 0) this.#byUser.delete(client.user);
    return true;
  }

  get clients(): ReadonlyMap<string, HubClient> {
    return this.#clients;
  }

  /** How many users have a client here; those of whom nothing is known count as one. */
  get users(): number {
    return this.#byUser.size;
  }

  /** How many clients the user has here. */
  countOf(user: string): number {
    return this.#byUser.get(user)?.size ?? 0;
  }

  /**
   * The clients that are meant, in a list of its own: what is done with them may change the roster.
   *
   * @throws TypeError when neither a user nor a client is named: nobody means everybody by saying nothing
   */
  select({ user, client, except = [] }: ClientSelection): readonly HubClient[] {
    if (user === undefined && client === undefined) {
      throw new TypeError("Name a user, a client, or both");
    }
    return this.#candidates(user, client).filter(({ id }) => !except.includes(id));
  }

  /** Subscribes those who are meant and are not subscribed yet; resolves with the number of all. Rejects as one of them does. */
  async subscribe(whom: ClientSelection, subscription: ServerSubscription): Promise<number> {
    const clients = this.select(whom);
    const attempts = await Promise.allSettled(
      clients.map((client) => subscribeOnce(client, subscription)),
    );
    let count = 0;
    for (const attempt of attempts) {
      if (attempt.status === "rejected") throw attempt.reason;
      if (attempt.value) count += 1;
    }
    return count;
  }

  list({ user, channel, ...filter }: ClientFilter): Listing<HubClient> {
    const among = user === undefined ? this.#clients : idsOf(this.#byUser.get(user) ?? []);
    return listed(among, filter, (_, { channels }) => {
      return channel === undefined || channels.includes(channel);
    });
  }

  #candidates(user: string | undefined, id: string | undefined): HubClient[] {
    if (id === undefined) return [...(this.#byUser.get(user ?? "") ?? [])];
    const client = this.#clients.get(id);
    return client !== undefined && (user ?? client.user) === client.user ? [client] : [];
  }
}

function idsOf(clients: Iterable<HubClient>): [id: string, client: HubClient][] {
  return Array.from(clients, (client) => [client.id, client]);
}

/** Subscribes the client, unless it is subscribed already; false when it is gone. */
async function subscribeOnce(
  client: HubClient,
  subscription: ServerSubscription,
): Promise<boolean> {
  try {
    return await client.subscribe(subscription);
  } catch (error) {
    if (error instanceof Refusal && error.answer === replyErrors.alreadySubscribed) return true;
    throw error;
  }
}

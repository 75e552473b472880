/** The members of channels, of one hub, by the id of their connection. */

import type { ClientInfo } from "@tautline/wire";
import type { MemberStats } from "../ports/broker.ts";

export class LocalMembers {
  readonly #channels = new Map<string, Map<string, ClientInfo>>();

  add(channel: string, member: ClientInfo): void {
    let members = this.#channels.get(channel);
    if (members === undefined) this.#channels.set(channel, (members = new Map()));
    members.set(member.client, member);
  }

  remove(channel: string, client: string): void {
    const members = this.#channels.get(channel);
    members?.delete(client);
    if (members?.size === 0) this.#channels.delete(channel);
  }

  /** A map of the caller's own. */
  of(channel: string): ReadonlyMap<string, ClientInfo> {
    return new Map(this.#channels.get(channel));
  }

  statsOf(channel: string): MemberStats {
    const members = [...(this.#channels.get(channel)?.values() ?? [])];
    return { clients: members.length, users: new Set(members.map(({ user }) => user)).size };
  }

  clear(): void {
    this.#channels.clear();
  }
}

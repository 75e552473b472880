/**
 * One room: what was said, who is there, and what waits to go out. It lives longer than the connection and than the
 * view that shows it, so nothing is lost by a reconnect, a new name or a look into another room.
 */
import { CallFailed, CallRefused, memberList } from "@tautline/client";
import type { Cancel, Client, Member as Party, Publication, Subscription } from "@tautline/client";

import { outageSeconds } from "../../line/line-state.ts";
import { cleanPersonName } from "../../line/person.ts";
import { Observable } from "../../shell/observable.ts";
import type { ChatMessage, Fate, Line, Member, Message } from "./conversation.ts";
import {
  longestOutbox,
  readChatMessage,
  waitingCount,
  withLine,
  withoutLine,
  withReceived,
  withFate,
} from "./conversation.ts";
import { roomChannel } from "./room-name.ts";

export class Room {
  readonly name: string;
  readonly lines = new Observable<readonly Line[]>([]);
  readonly members = new Observable<readonly Member[]>([]);
  /** This window's own member; undefined until connected. */
  readonly self = new Observable<string | undefined>(undefined);
  /** How many messages have come in while nobody looked at the room. */
  readonly unread = new Observable(0);
  /** Why the room is closed to us. */
  readonly problem = new Observable<string | undefined>(undefined);
  #subscription: Subscription<ChatMessage> | undefined;
  #cancels: readonly Cancel[] = [];
  /** When the room was lost to us, in milliseconds since the epoch. */
  #lostAt: number | undefined;
  /** Who was here when the room was lost: their coming back is no news. */
  #returning = new Set<string>();
  #nextId = 1;
  #watched = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Enters the room over a client; a client from before is let go. */
  enter(client: Client): void {
    this.leave();
    const subscription = client.subscribe<ChatMessage>(roomChannel(this.name), {
      joinLeave: true,
    });
    this.#subscription = subscription;
    const own = (party: Party | undefined): boolean => party?.client === client.connection?.client;
    this.#cancels = [
      subscription.onPublication((publication) => this.#hear(publication, own)),
      // Before the list takes up the same events, so that these see it as it was.
      subscription.onJoin((party) => !own(party) && this.#joined(nameOf(party))),
      subscription.onLeave((party) => !own(party) && this.#left(party)),
      subscription.onStateChange(({ state, previous, reason }) => {
        if (state === "subscribed") this.#entered(client.connection?.client);
        else if (previous === "subscribed") this.#lost();
        this.problem.set(state === "unsubscribed" ? reason : undefined);
      }),
    ];
    const list = memberList(subscription);
    const stopFollowing = list.onChange(({ current }) => {
      this.members.set(current.map((party) => ({ client: party.client, name: nameOf(party) })));
    });
    this.#cancels = [...this.#cancels, stopFollowing, () => list.stop()];
  }

  leave(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    if (this.#subscription !== undefined) void this.#subscription.unsubscribe();
    this.#subscription = undefined;
    this.#lostAt = undefined;
  }

  /** Says something, now or when the line is back. "full": too much waits already, nothing was taken. */
  say(author: string, text: string): "taken" | "full" {
    if (waitingCount(this.lines.value) >= longestOutbox) return "full";
    const message: Message = {
      kind: "message",
      id: crypto.randomUUID(),
      author,
      own: true,
      text,
      at: Date.now(),
      status: "pending",
    };
    this.#add(message);
    this.#post(message);
    return "taken";
  }

  /** Tells that somebody looks at the room, until the returned function is called. */
  watch(): () => void {
    this.#watched = true;
    this.unread.set(0);
    return () => {
      this.#watched = false;
    };
  }

  retry(id: string): void {
    const line = this.lines.value.find((known) => known.id === id);
    if (line?.kind !== "message" || line.status !== "failed") return;
    this.#mark(id, { status: "pending" });
    this.#post(line);
  }

  discard(id: string): void {
    this.lines.set(withoutLine(this.lines.value, id));
  }

  #entered(self: string | undefined): void {
    this.self.set(self);
    if (this.#lostAt !== undefined) {
      const at = Date.now();
      const seconds = outageSeconds(this.#lostAt, at);
      this.#add({ kind: "gap", id: this.#localId(), seconds, at });
      this.#lostAt = undefined;
    }
    for (const line of this.lines.value) {
      if (line.kind === "message" && line.status === "pending") this.#post(line);
    }
  }

  #lost(): void {
    this.#lostAt = Date.now();
    this.#returning = new Set(this.members.value.map((member) => member.name));
  }

  /** Sends a message that waits, if there is a line; what becomes of it is marked on it. */
  #post({ id, text }: Message): void {
    const subscription = this.#subscription;
    if (subscription?.state !== "subscribed") return;
    this.#mark(id, { status: "sending" });
    subscription.publish({ id, text }).then(
      () => this.#mark(id, { status: "sent" }),
      (error: unknown) => this.#mark(id, this.#afterFailure(subscription, error)),
    );
  }

  /**
   * A message that was under way when the line broke may have arrived or not. It is sent again: its id keeps it from
   * being shown twice.
   */
  #afterFailure(subscription: Subscription<ChatMessage>, error: unknown): Fate {
    if (error instanceof CallRefused) return { status: "failed", failure: error.serverMessage };
    const over = subscription !== this.#subscription || subscription.state !== "subscribed";
    const lost = error instanceof CallFailed && error.code !== "timeout";
    return { status: over || lost ? "pending" : "failed" };
  }

  #hear(publication: Publication<unknown>, own: (party: Party | undefined) => boolean): void {
    const heard = readChatMessage(publication.data);
    if (heard === undefined) return;
    const { publisher } = publication;
    if (!this.#watched && !own(publisher)) this.unread.set(this.unread.value + 1);
    this.lines.set(
      withReceived(this.lines.value, {
        kind: "message",
        id: heard.id ?? this.#localId(),
        author: publisher === undefined ? "" : nameOf(publisher),
        own: own(publisher),
        text: heard.text,
        at: Date.now(),
        status: "sent",
      }),
    );
  }

  #joined(author: string): void {
    if (this.#returning.delete(author)) return;
    if (this.members.value.some((member) => member.name === author)) return;
    this.#add({ kind: "joined", id: this.#localId(), author, at: Date.now() });
  }

  #left(party: Party): void {
    const author = nameOf(party);
    const windows = this.members.value.filter((member) => member.name === author);
    if (windows.some((member) => member.client !== party.client)) return;
    this.#add({ kind: "left", id: this.#localId(), author, at: Date.now() });
  }

  #add(line: Line): void {
    this.lines.set(withLine(this.lines.value, line));
  }

  #mark(id: string, fate: Fate): void {
    this.lines.set(withFate(this.lines.value, id, fate));
  }

  /** An id for a line that no peer names; a UUID from a peer never looks like it. */
  #localId(): string {
    this.#nextId += 1;
    return `local ${this.#nextId}`;
  }
}

/** The name the server vouches for, cleaned: the server may be anybody's. Empty when there is none. */
function nameOf(party: Party): string {
  const { info } = party;
  if (typeof info !== "object" || info === null || !("name" in info)) return "";
  return typeof info.name === "string" ? cleanPersonName(info.name) : "";
}

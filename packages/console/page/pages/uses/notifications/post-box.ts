/**
 * A person's notifications over the hub: one channel for everybody and one for this name. What was missed while the line was down the hub
 * sends after; a window that comes new reads the channel's log. What the browser has kept is joined with both, and with what other
 * windows of the same browser keep.
 */
import { CallRefused, memberList } from "@tautline/client";
import type { Client, Subscription } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { rememberText, rememberedText } from "../../../shell/memory.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { memberName } from "../member-name.ts";
import {
  joined,
  readPost,
  restoredInbox,
  storedInbox,
  unreadOf,
  withNotice,
  withRead,
} from "./inbox.ts";
import type { Inbox, Notice } from "./inbox.ts";

const everybody = "uses-notices:everybody";
/** Those that wait for the line; more are not taken. */
const longestOutbox = 20;

/** "#" in a channel's name has a meaning of its own. */
function inboxChannel(name: string): string {
  return `uses-notices:to/${name.replaceAll(/[%#]/gu, encodeURIComponent)}`;
}

/** One that is on its way out, or was refused. */
export interface Letter {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly failure: string | undefined;
}

export class PostBox {
  readonly inbox: Observable<Inbox>;
  readonly outbox = new Observable<readonly Letter[]>([]);
  /** Names of who is there, without this one. */
  readonly people = new Observable<readonly string[]>([]);
  readonly problem = new Observable<string | undefined>(undefined);
  /** Hears of each that comes in while the window is open. */
  onNews: ((notice: Notice) => void) | undefined;
  readonly #name: string;
  readonly #memoryKey: string;
  #client: Client | undefined;
  /** Marks that the server has not heard of. */
  #unsaid: readonly string[] = [];

  constructor(name: string) {
    this.#name = name;
    this.#memoryKey = `notices.${name}`;
    this.inbox = new Observable(restoredInbox(rememberedText(this.#memoryKey)));
  }

  /** Begins to listen; the returned function ends it. */
  open(line: HubLine): () => void {
    const follow = (): void => {
      this.#take(joined(this.inbox.value, restoredInbox(rememberedText(this.#memoryKey))));
    };
    addEventListener("storage", follow);
    const leave = attend(line, (client) => this.#enter(client));
    return () => {
      removeEventListener("storage", follow);
      leave();
    };
  }

  /** Sends one, now or when the line is back. False when too many wait already. */
  send(to: string, text: string): boolean {
    if (this.outbox.value.length >= longestOutbox) return false;
    const letter = { id: crypto.randomUUID(), to, text, failure: undefined };
    this.outbox.set([...this.outbox.value, letter]);
    void this.#post(letter);
    return true;
  }

  discard(id: string): void {
    this.outbox.set(this.outbox.value.filter((letter) => letter.id !== id));
  }

  /** Marks as read, here at once and in the person's other windows when the server has heard it. */
  markRead(ids: readonly string[]): void {
    this.#take(withRead(this.inbox.value, ids));
    this.#unsaid = [...this.#unsaid, ...ids].slice(-100);
    void this.#tellRead();
  }

  markAllRead(): void {
    const ids = unreadOf(this.inbox.value, this.#name).map(({ id }) => id);
    if (ids.length > 0) this.markRead(ids);
  }

  #enter(client: Client): () => void {
    this.#client = client;
    this.problem.set(undefined);
    const own = client.subscribe(inboxChannel(this.#name));
    const all = client.subscribe(everybody, { joinLeave: true });
    for (const subscription of [own, all]) this.#listen(subscription);
    const list = memberList(all);
    list.onChange(({ current }) => {
      const names = new Set(current.map(memberName));
      this.people.set([...names].filter((name) => name !== "" && name !== this.#name).sort());
    });
    return () => {
      list.stop();
      this.#client = undefined;
      void own.unsubscribe();
      void all.unsubscribe();
    };
  }

  #listen(subscription: Subscription<unknown>): void {
    subscription.onPublication(({ data }) => this.#hear(data, true));
    subscription.onStateChange(({ state, recovered, reason }) => {
      if (state === "unsubscribed" && this.#client !== undefined) this.problem.set(reason);
      if (state !== "subscribed") return;
      // What was missed follows by itself; without a place to go on from, the log is read.
      if (!recovered) void this.#readLog(subscription);
      for (const letter of this.outbox.value) {
        if (letter.failure === undefined) void this.#post(letter);
      }
      void this.#tellRead();
    });
  }

  async #readLog(subscription: Subscription<unknown>): Promise<void> {
    try {
      const page = await subscription.history({ limit: 100, reverse: true });
      for (const { data } of page.publications) this.#hear(data, false);
    } catch {
      // The line broke again: the next subscription reads it.
    }
  }

  #hear(data: unknown, isNew: boolean): void {
    const post = readPost(data);
    if (post === undefined) return;
    const before = this.inbox.value;
    if (post.kind === "read") this.#take(withRead(before, post.ids));
    else {
      this.discard(post.notice.id);
      this.#take(withNotice(before, post.notice));
      const fresh = this.inbox.value !== before && post.notice.from !== this.#name;
      if (isNew && fresh) this.onNews?.(post.notice);
    }
  }

  async #post({ id, to, text }: Letter): Promise<void> {
    const client = this.#client;
    if (client?.state !== "connected") return;
    try {
      await client.rpc("uses.notices.send", { id, to, text });
      this.discard(id);
    } catch (error) {
      // Whether it was heard or not, the same id is sent again when the line is back, and counts once.
      if (!(error instanceof CallRefused)) return;
      this.outbox.set(
        this.outbox.value.map((letter) =>
          letter.id === id ? { ...letter, failure: error.serverMessage } : letter,
        ),
      );
    }
  }

  async #tellRead(): Promise<void> {
    const ids = this.#unsaid;
    if (ids.length === 0 || this.#client?.state !== "connected") return;
    try {
      await this.#client.rpc("uses.notices.read", { ids });
      this.#unsaid = this.#unsaid.filter((id) => !ids.includes(id));
    } catch {
      // They are told with the next, or when the line is back.
    }
  }

  #take(inbox: Inbox): void {
    if (inbox === this.inbox.value) return;
    this.inbox.set(inbox);
    rememberText(this.#memoryKey, storedInbox(inbox));
  }
}

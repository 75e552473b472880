/**
 * The logs of channels: a subject of one stream for each. Whoever writes says which message of the subject was the last
 * that it knows, and the server takes the write only if that is still so: thereby writing and taking a place are one step,
 * without any hub being in charge. Who comes too late reads the last message and tries again. The stream sends on what it has
 * taken, so hubs hear it in the order of the log, and nothing that was refused.
 */

import { headers } from "@nats-io/transport-node";
import type { Clock, LogPage, LogPolicy, LogQuery, Position } from "@tautline/hub";
import { decodePublication } from "@tautline/hub";
import type { Head, LogMessage } from "./log-message.ts";
import {
  baseOf,
  cleared,
  decodeLogMessage,
  encodeLogMessage,
  forgetTime,
  grown,
  isEmpty,
  newHead,
  remembered,
} from "./log-message.ts";
import type { NatsLink } from "./nats-link.ts";
import type { StoredMessage, StoredMessages } from "./stored-messages.ts";
import type { Streams } from "./streams.ts";
import { apiErrors, isApiError } from "./api-errors.ts";
import type { Subjects } from "./subjects.ts";
import { Sweeper } from "./sweeper.ts";

export interface ChannelLogsSetup {
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly link: NatsLink;
  readonly subjects: Subjects;
  readonly streams: Streams;
  readonly messages: StoredMessages;
}

/** A publication that is to be written. */
export interface Entry {
  readonly line: string;
  /** What tells a second attempt from another publication. */
  readonly once?: Once | undefined;
}

/** An idempotency key, and the message of the log after which a publication with it may stand already. */
export interface Once {
  readonly key: string;
  readonly after: number;
}

/** Where an entry stands, and whether it stood there already. */
export interface Written {
  readonly position: Position;
  readonly duplicate: boolean;
}

/** The last message of a channel's log, as far as is known. */
interface Last {
  /** Its number in the stream; 0 when there is none. */
  readonly seq: number;
  readonly head: Head | undefined;
  /** Whether it adds no publication. */
  readonly isBare: boolean;
  /** All of it, where it was read or written just now: what is kept in mind has to be small. */
  readonly message?: LogMessage | undefined;
}

/** A change of a log: the message to write, and whether it takes the place of all before it. */
interface Change {
  readonly message: LogMessage;
  readonly replaces: boolean;
}

/** Entries that may have been written before. */
interface Search {
  readonly entries: readonly Entry[];
  readonly after: number;
  /** Where those that are there stand. */
  readonly found: Map<Entry, Position>;
}

/** Channels whose last message is kept in mind. */
const maxKnown = 10_000;

/** What a log is made of stays for so many times the time that it is remembered for. */
const roomy = 2;

/** So often in a row others may be faster. */
const maxAttempts = 100;

const noKeys: ReadonlyMap<number, string> = new Map();

export class ChannelLogs {
  readonly #setup: ChannelLogsSetup;
  readonly #known = new Map<string, Last>();
  readonly #sweeper: Sweeper;

  constructor(setup: ChannelLogsSetup) {
    this.#setup = setup;
    this.#sweeper = new Sweeper({ clock: setup.clock, sweep: (channel) => this.#sweep(channel) });
  }

  stop(): void {
    this.#sweeper.stop();
  }

  /** Forgets what is known: it may have changed in any way. */
  reset(): void {
    this.#known.clear();
  }

  /** The number of the newest message that is known of the channel's log; any that stands in it is not beyond it. */
  async lastKnown(channel: string): Promise<number> {
    return (await this.#last(channel)).seq;
  }

  /** Writes publications, in their order, in one step. */
  async append(
    channel: string,
    entries: readonly Entry[],
    policy: LogPolicy,
  ): Promise<readonly Written[]> {
    await this.#setup.streams.makeRoom(policy.size, roomy * policy.metaTtlMs);
    const found = new Map<Entry, Position>();
    let looked = Math.min(...entries.map(({ once }) => once?.after ?? Number.POSITIVE_INFINITY));
    const last = await this.#change(channel, async (before) => {
      if (before.seq > looked) await this.#find(channel, { entries, after: looked, found });
      looked = Math.max(looked, before.seq);
      const missing = entries.filter((entry) => !found.has(entry));
      return missing.length === 0 ? undefined : this.#appending(before, missing, policy);
    });
    const { clearAt } = last.head ?? {};
    if (clearAt !== undefined) this.#sweeper.note(channel, clearAt);
    return this.#places(entries, found, last);
  }

  /** Reads parts of a log, all at the same moment. */
  async read(channel: string, queries: readonly LogQuery[]): Promise<readonly LogPage[]> {
    const { clock, streams } = this.#setup;
    const metaTtlMs = Math.max(...queries.map((query) => query.metaTtlMs));
    await streams.makeRoom(1, roomy * metaTtlMs);
    this.#known.delete(channel);
    const last = await this.#change(channel, async (before) => {
      const now = clock.now();
      const head = remembered(before.head, now);
      if (head !== undefined && head.forgetAt >= now + metaTtlMs) return undefined;
      const forgetAt = forgetTime(now, metaTtlMs);
      return {
        message: head === undefined ? this.#begun(forgetAt) : emptyMessage({ ...head, forgetAt }),
        replaces: head === undefined,
      };
    });
    const { head } = last;
    if (head === undefined) throw new Error("The log was lost while it was read");
    const position = { offset: head.top, epoch: head.epoch };
    const isWanted = !isEmpty(head, clock.now()) && queries.some((query) => wants(query, head));
    const held = isWanted ? await this.#held(channel, last, queries) : [];
    return queries.map((query) => ({ publications: partOf(held, query), position }));
  }

  /** Empties a log. */
  async clear(channel: string): Promise<void> {
    const { clock } = this.#setup;
    await this.#change(channel, async (before) => {
      const head = remembered(before.head, clock.now());
      if (head === undefined || head.top === head.gone) return undefined;
      return { message: emptyMessage(cleared(head)), replaces: true };
    });
  }

  /** Removes what a log no longer shows; nothing if anybody has written to it since. */
  async #sweep(channel: string): Promise<void> {
    const last = await this.#last(channel);
    const { head } = last;
    if (head === undefined || head.top === head.gone || !isEmpty(head, this.#setup.clock.now())) {
      return;
    }
    await this.#write(channel, last, { message: emptyMessage(cleared(head)), replaces: true });
  }

  /** Changes a log as it is when the change is written; gives its last message. */
  async #change(
    channel: string,
    decide: (before: Last) => Promise<Change | undefined>,
  ): Promise<Last> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = await this.#last(channel);
      const change = await decide(before);
      if (change === undefined) return before;
      const after = await this.#write(channel, before, change);
      if (after !== undefined) return after;
    }
    throw new Error("Others have written to the log all the time");
  }

  /** Writes a message after the one before; nothing when that is the last no more. */
  async #write(channel: string, before: Last, change: Change): Promise<Last | undefined> {
    const { link, subjects } = this.#setup;
    const conditions = headers();
    if (change.replaces) conditions.set("Nats-Rollup", "sub");
    const options = { headers: conditions, expect: { lastSubjectSequence: before.seq } };
    try {
      const { seq } = await link.askJetStream(({ client }) =>
        client.publish(subjects.log(channel), encodeLogMessage(change.message), options),
      );
      const last = lastOf(seq, change.message);
      this.#know(channel, last);
      // What only said how the log stands is of no use any more.
      if (!change.replaces && before.isBare) this.#drop(before.seq);
      return last;
    } catch (error) {
      this.#known.delete(channel);
      if (isApiError(error, apiErrors.wrongLastSequence)) return undefined;
      throw error;
    }
  }

  #drop(seq: number): void {
    const { link, subjects } = this.#setup;
    link
      .askJetStream(({ manager }) =>
        manager.streams.deleteMessage(subjects.name("log"), seq, false),
      )
      .catch(() => undefined);
  }

  async #last(channel: string): Promise<Last> {
    const { link, subjects } = this.#setup;
    const known = this.#known.get(channel);
    if (known !== undefined) return known;
    const found = await link.askJetStream(({ manager }) =>
      manager.streams.getMessage(subjects.name("log"), { last_by_subj: subjects.log(channel) }),
    );
    const last: Last =
      found === null
        ? { seq: 0, head: undefined, isBare: false }
        : lastOf(found.seq, decodeLogMessage(found.string()));
    this.#know(channel, last);
    return last;
  }

  #know(channel: string, last: Last): void {
    this.#known.delete(channel);
    this.#known.set(channel, { ...last, message: undefined });
    if (this.#known.size <= maxKnown) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }

  #begun(forgetAt: number): LogMessage {
    return emptyMessage(newHead(this.#setup.randomId(), forgetAt));
  }

  #appending(before: Last, entries: readonly Entry[], policy: LogPolicy): Change {
    const now = this.#setup.clock.now();
    const known = remembered(before.head, now);
    const head = known ?? newHead(this.#setup.randomId(), 0);
    const keys = new Map<number, string>();
    for (const [index, { once }] of entries.entries()) {
      if (once !== undefined) keys.set(index, once.key);
    }
    return {
      message: {
        head: grown(head, entries.length, { ...policy, now }),
        lines: entries.map(({ line }) => line),
        keys,
      },
      replaces: known === undefined || isEmpty(known, now),
    };
  }

  /** Which entries stand in messages after a certain one, under their keys. */
  async #find(channel: string, { entries, after, found }: Search): Promise<void> {
    const wanted = new Map(entries.map((entry) => [entry.once?.key, entry]));
    for (const { seq, text } of await this.#stored(channel, after)) {
      const message = decodeLogMessage(text);
      for (const [index, key] of message.keys) {
        const entry = wanted.get(key);
        // Before that it is another publication: the key has been used again, after its time.
        if (entry?.once === undefined || seq <= entry.once.after) continue;
        found.set(entry, { offset: baseOf(message) + index + 1, epoch: message.head.epoch });
      }
    }
  }

  #places(
    entries: readonly Entry[],
    found: ReadonlyMap<Entry, Position>,
    { head }: Last,
  ): readonly Written[] {
    let offset = (head?.top ?? 0) - (entries.length - found.size);
    return entries.map((entry) => {
      const before = found.get(entry);
      if (before !== undefined) return { position: before, duplicate: true };
      offset += 1;
      return { position: { offset, epoch: head?.epoch ?? "" }, duplicate: false };
    });
  }

  #stored(channel: string, after?: number): Promise<readonly StoredMessage[]> {
    const { messages, subjects } = this.#setup;
    return messages.read({ stream: subjects.name("log"), filter: subjects.log(channel), after });
  }

  /** What the log holds, oldest first, as far as anybody wants to know it. */
  async #held(
    channel: string,
    { head, message }: Last,
    queries: readonly LogQuery[],
  ): Promise<readonly HeldPublication[]> {
    if (head === undefined) return [];
    let messages: readonly LogMessage[] = message === undefined ? [] : [message];
    if (message === undefined || !queries.every((query) => isIn(message, query))) {
      const stored = await this.#stored(channel);
      messages = stored
        .map(({ text }) => decodeLogMessage(text))
        .filter(({ head: { epoch } }) => epoch === head.epoch);
    }
    return publicationsIn(messages).filter(
      ({ offset }) => offset > head.gone && offset <= head.top,
    );
  }
}

const lastOf = (seq: number, message: LogMessage): Last => ({
  seq,
  head: message.head,
  isBare: message.lines.length === 0,
  message,
});

interface HeldPublication {
  readonly offset: number;
  readonly line: string;
}

const emptyMessage = (head: Head): LogMessage => ({ head, lines: [], keys: noKeys });

function publicationsIn(messages: readonly LogMessage[]): readonly HeldPublication[] {
  return messages.flatMap((message) => {
    const base = baseOf(message);
    return message.lines.map((line, index) => ({ offset: base + index + 1, line }));
  });
}

/** Whether there can be publications that the query asks for. */
function wants({ limit, since, reverse = false }: LogQuery, { top, gone }: Head): boolean {
  if (limit <= 0) return false;
  if (since === undefined) return true;
  return reverse ? since.offset > gone + 1 : since.offset < top;
}

/** Whether the last message alone has all that the query asks for. */
function isIn(message: LogMessage, query: LogQuery): boolean {
  const { limit, since, reverse = false } = query;
  const { head, lines } = message;
  if (!wants(query, head)) return true;
  const first = Math.max(baseOf(message), head.gone);
  if (first === head.gone) return true;
  if (!reverse) return since !== undefined && since.offset >= first;
  return since === undefined && limit <= lines.length;
}

function partOf(
  held: readonly HeldPublication[],
  { limit, since, reverse = false }: LogQuery,
): LogPage["publications"] {
  if (limit <= 0) return [];
  const fitting = held.filter(({ offset }) => {
    if (since === undefined) return true;
    return reverse ? offset < since.offset : offset > since.offset;
  });
  if (reverse) fitting.reverse();
  return fitting
    .slice(0, limit)
    .map(({ line, offset }) => ({ ...decodePublication(line), offset }));
}

/**
 * The broker of a worker: it asks the one that the primary process holds, over a socket of this machine. While that is away,
 * what is asked fails; when it is back, it is told again what the worker has there, and the hub looks at its positions.
 */
import { connect } from "node:net";

import type {
  Broker,
  BrokerEvents,
  Cancel,
  Clock,
  LogPage,
  LogQuery,
  MemberStats,
  PublishResult,
  PublishTerms,
} from "@tautline/hub";
import { decodeMember, decodePublication, encodeMember, encodePublication } from "@tautline/hub";

import { LineSocket } from "./line-socket.ts";
import type { LineLimits } from "./line-socket.ts";
import type { LocalAnswer, LocalCalls, LocalMember, LocalMethod, Word } from "./local-call.ts";
import { storedQuery, tellEvent } from "./local-call.ts";

export interface LocalBrokerSetup {
  /** Where the primary's `BrokerHost` listens. */
  readonly path: string;
  readonly clock: Clock;
  readonly limits?: LineLimits | undefined;
}

/** Questions that may be under way; more fail at once. */
const maxQuestions = 100_000;

/** Between two attempts to come back, in milliseconds. */
const returnPauseMs = 100;

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: Error) => void;
}

export class LocalBroker implements Broker {
  readonly #setup: LocalBrokerSetup;
  readonly #asked = new Map<number, Asked>();
  readonly #subscribed = new Set<string>();
  readonly #members = new Map<string, readonly [channel: string, member: string]>();
  #events: BrokerEvents | undefined;
  #node = "";
  #line: LineSocket<Word> | undefined;
  #ids = 0;
  #return: Cancel | undefined;

  constructor(setup: LocalBrokerSetup) {
    this.#setup = setup;
  }

  async start(events: BrokerEvents, node: string): Promise<void> {
    this.#events = events;
    this.#node = node;
    await this.#arrive();
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#subscribed.clear();
    this.#return?.();
    this.#line?.cut();
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscribed.add(channel);
    try {
      await this.#ask("subscribe", channel);
    } catch (error) {
      this.#subscribed.delete(channel);
      throw error;
    }
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
    await this.#ask("unsubscribe", channel);
  }

  publish(
    channel: string,
    publication: Parameters<Broker["publish"]>[1],
    terms: PublishTerms = {},
  ): Promise<PublishResult> {
    return this.#ask("publish", channel, encodePublication(publication), terms);
  }

  async history(channel: string, query: LogQuery): Promise<LogPage> {
    const page = await this.#ask("history", channel, storedQuery(query));
    return { publications: page.publications.map(decodePublication), position: page.position };
  }

  async removeHistory(channel: string): Promise<void> {
    await this.#ask("removeHistory", channel);
  }

  async addMember(channel: string, member: LocalMember): Promise<void> {
    const stored = encodeMember(member);
    this.#members.set(JSON.stringify([channel, member.client]), [channel, stored]);
    await this.#ask("addMember", channel, stored);
  }

  async removeMember(channel: string, client: string): Promise<void> {
    this.#members.delete(JSON.stringify([channel, client]));
    await this.#ask("removeMember", channel, client);
  }

  async announceJoin(channel: string, member: LocalMember): Promise<void> {
    await this.#ask("announceJoin", channel, encodeMember(member));
  }

  async announceLeave(channel: string, member: LocalMember): Promise<void> {
    await this.#ask("announceLeave", channel, encodeMember(member));
  }

  async members(channel: string): Promise<ReadonlyMap<string, LocalMember>> {
    const stored = await this.#ask("members", channel);
    const members = stored.map((text) => decodeMember(text));
    return new Map(members.map((member) => [member.client, member]));
  }

  memberStats(channel: string): Promise<MemberStats> {
    return this.#ask("memberStats", channel);
  }

  async tell(message: string, node?: string): Promise<void> {
    await this.#ask("tell", message, node ?? null);
  }

  async #arrive(): Promise<void> {
    const { path, limits } = this.#setup;
    const line = new LineSocket<Word>(
      connect(path),
      { message: (word) => this.#take(word), closed: () => this.#lost(line) },
      limits,
    );
    this.#line = line;
    const arrival = {
      node: this.#node,
      channels: [...this.#subscribed],
      members: [...this.#members.values()],
    };
    await this.#ask("arrive", arrival);
  }

  #ask<Method extends LocalMethod>(
    method: Method,
    ...given: Parameters<LocalCalls[Method]>
  ): Promise<LocalAnswer<Method>> {
    const id = (this.#ids += 1);
    return new Promise<LocalAnswer<Method>>((resolve, reject) => {
      const room = this.#asked.size < maxQuestions;
      if (room && this.#line?.send([id, method, ...given]) === true) {
        this.#asked.set(id, { resolve, reject });
      } else reject(new Error("The broker of this machine is away, or has too much to do"));
    });
  }

  #take(word: Word): void {
    if (word[0] === "answer" || word[0] === "failure") {
      const asked = this.#asked.get(word[1]);
      this.#asked.delete(word[1]);
      if (word[0] === "answer") asked?.resolve(word[2]);
      else asked?.reject(new Error(word[2]));
      return;
    }
    if (this.#events === undefined) return;
    const isOfChannel = word[0] !== "told" && word[0] !== "gone";
    if (isOfChannel && !this.#subscribed.has(word[1])) return;
    tellEvent(this.#events, word);
  }

  #lost(line: LineSocket<Word>): void {
    if (line !== this.#line) return;
    this.#line = undefined;
    for (const { reject } of this.#asked.values()) {
      reject(new Error("The broker of this machine is away"));
    }
    this.#asked.clear();
    this.#comeBack();
  }

  #comeBack(): void {
    if (this.#events === undefined) return;
    this.#return = this.#setup.clock.schedule(() => {
      this.#arrive().then(
        () => this.#events?.resumed?.(),
        // The end of the connection brings the next attempt.
        () => undefined,
      );
    }, returnPauseMs);
  }
}

/**
 * What workers ask of the broker that the primary process holds, and what they hear from it, as it travels: publications and
 * members as lines of text, a log without end as none. Both sides are the same program, started together.
 */
import type { Broker, BrokerEvents, LogQuery, MemberStats, PublishResult } from "@tautline/hub";
import type { PublishTerms, Position } from "@tautline/hub";
import { decodeMember, decodePublication } from "@tautline/hub";

export type LocalMember = Parameters<Broker["addMember"]>[1];

/** A query of which the limit may be absent: JSON has no infinity. */
export interface StoredQuery extends Omit<LogQuery, "limit"> {
  readonly limit?: number | undefined;
}

export interface StoredPage {
  readonly publications: readonly string[];
  readonly position: Position;
}

/** The first call of a worker on each connection: its name, and what it has there already. */
export interface Arrival {
  readonly node: string;
  readonly channels: readonly string[];
  readonly members: readonly (readonly [channel: string, member: string])[];
}

/** A question by its name, with what it takes and gives. */
export interface LocalCalls {
  arrive(arrival: Arrival): Promise<null>;
  subscribe(channel: string): Promise<null>;
  unsubscribe(channel: string): Promise<null>;
  publish(channel: string, publication: string, terms: PublishTerms): Promise<PublishResult>;
  history(channel: string, query: StoredQuery): Promise<StoredPage>;
  removeHistory(channel: string): Promise<null>;
  addMember(channel: string, member: string): Promise<null>;
  removeMember(channel: string, client: string): Promise<null>;
  announceJoin(channel: string, member: string): Promise<null>;
  announceLeave(channel: string, member: string): Promise<null>;
  members(channel: string): Promise<readonly string[]>;
  memberStats(channel: string): Promise<MemberStats>;
  tell(message: string, node: string | null): Promise<null>;
}

export type LocalMethod = keyof LocalCalls;

/** From a worker. */
export type Question = readonly [id: number, method: LocalMethod, ...given: never[]];

/** What a method gives. */
export type LocalAnswer<Method extends LocalMethod> = Awaited<ReturnType<LocalCalls[Method]>>;

/** To a worker: an answer with its question's id, what went wrong, or an event. */
export type Word =
  | readonly [kind: "answer", id: number, value: never]
  | readonly [kind: "failure", id: number, message: string]
  | readonly [kind: "pub", channel: string, stored: string, position: Position | null]
  | readonly [kind: "join" | "leave", channel: string, member: string]
  | readonly [kind: "told", message: string]
  | readonly [kind: "gone", node: string];

export function storedQuery({ limit, ...query }: LogQuery): StoredQuery {
  return Number.isFinite(limit) ? { ...query, limit } : query;
}

export function queryFrom({ limit = Number.POSITIVE_INFINITY, ...query }: StoredQuery): LogQuery {
  return { ...query, limit };
}

/** Tells a hub of an event. */
export function tellEvent(events: BrokerEvents, word: Word): void {
  switch (word[0]) {
    case "pub":
      events.publication(word[1], decodePublication(word[2]), word[3] ?? undefined);
      break;
    case "join":
      events.join(word[1], decodeMember(word[2]));
      break;
    case "leave":
      events.leave(word[1], decodeMember(word[2]));
      break;
    case "told":
      events.told?.(word[1]);
      break;
    case "gone":
      events.gone?.(word[1]);
      break;
    case "answer":
    case "failure":
      break;
  }
}

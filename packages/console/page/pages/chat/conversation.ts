/**
 * What a room shows: lines of talk and of events, and who is there. Pure steps from one value to the next; it knows
 * neither the network nor the screen.
 */

export interface Message {
  readonly kind: "message";
  /** Made by the sender and travelling with the message, so that a message sent twice is shown once. */
  readonly id: string;
  readonly author: string;
  readonly own: boolean;
  readonly text: string;
  /** Milliseconds since the epoch, by this browser's clock. */
  readonly at: number;
  /** Waiting for the line; under way; taken by the server; refused by it or not taken in time. */
  readonly status: "pending" | "sending" | "sent" | "failed";
  /** Why it failed, in the server's words; absent when the server said nothing. */
  readonly failure?: string | undefined;
}

interface Event {
  readonly kind: "joined" | "left";
  readonly id: string;
  readonly author: string;
  readonly at: number;
}

/** The line was down: messages of others may be missing here. */
interface Gap {
  readonly kind: "gap";
  readonly id: string;
  readonly seconds: number;
  readonly at: number;
}

export type Line = Message | Event | Gap;

/** One window that is in the room. */
export interface Member {
  readonly client: string;
  readonly name: string;
}

/** One name in the list of people, with how many windows it is there with. */
export interface Person {
  readonly name: string;
  readonly windows: number;
  readonly self: boolean;
}

/** So many lines are kept; the oldest go first. */
export const keptLines = 500;
/** So many messages may wait for the line. */
export const longestOutbox = 50;
export const longestMessage = 2000;

/** Adds a line, or puts it in the place of the one with the same id. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  const index = lines.findIndex((known) => known.id === line.id);
  if (index >= 0) return lines.with(index, line);
  return [...lines, line].slice(-keptLines);
}

export function withoutLine(lines: readonly Line[], id: string): readonly Line[] {
  return lines.filter((line) => line.id !== id);
}

/** What has become of a message. */
export type Fate = Pick<Message, "status" | "failure">;

/** Changes what has become of a message; a line that is gone or is no message stays as it is. */
export function withFate(lines: readonly Line[], id: string, fate: Fate): readonly Line[] {
  return lines.map((line) =>
    line.kind === "message" && line.id === id ? { ...line, failure: undefined, ...fate } : line,
  );
}

/**
 * Takes up a message that came in. A message of this window comes back from the server too: then it counts as sent and
 * keeps its place.
 */
export function withReceived(lines: readonly Line[], message: Message): readonly Line[] {
  const known = lines.find((line) => line.id === message.id);
  if (known === undefined) return withLine(lines, message);
  if (known.kind !== "message" || !known.own || !message.own) return lines;
  return withFate(lines, message.id, { status: "sent" });
}

/** How many messages have not been taken yet and will be tried again. */
export function waitingCount(lines: readonly Line[]): number {
  return lines.filter(
    (line) => line.kind === "message" && (line.status === "pending" || line.status === "sending"),
  ).length;
}

/** The people of a room by name: this window's own name first, the others in the order of the language. */
export function people(
  members: readonly Member[],
  self: string | undefined,
  language: string,
): readonly Person[] {
  const counted = new Map<string, { windows: number; self: boolean }>();
  for (const member of members) {
    const person = counted.get(member.name) ?? { windows: 0, self: false };
    counted.set(member.name, {
      windows: person.windows + 1,
      self: person.self || member.client === self,
    });
  }
  return [...counted]
    .map(([name, person]) => ({ name, ...person }))
    .sort((one, other) =>
      one.self === other.self ? one.name.localeCompare(other.name, language) : one.self ? -1 : 1,
    );
}

/** What is in a publication of the chat; the sender's name comes from the server, not from here. */
export interface ChatMessage {
  readonly id?: string;
  readonly text: string;
}

/** Reads what a peer published; anything that is no chat message gives undefined. */
export function readChatMessage(data: unknown): ChatMessage | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { id, text } = data as { id?: unknown; text?: unknown };
  if (typeof text !== "string" || text.trim() === "") return undefined;
  const shown = Array.from(text).slice(0, longestMessage).join("");
  return typeof id === "string" && id.length > 0 && id.length <= 64
    ? { id, text: shown }
    : { text: shown };
}

/**
 * A person's notifications and which of them have been read. Pure steps from one value to the next; where they come from and where they
 * are kept is not known here.
 */
import { cleanPersonName } from "../../../line/person.ts";
import { fieldsOf, listOf, numberOf, textOf } from "../fields.ts";

export interface Notice {
  /** Made by the sender, so that what comes twice is shown once. */
  readonly id: string;
  readonly from: string;
  /** Empty for everybody. */
  readonly to: string;
  readonly text: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
}

export interface Inbox {
  /** The newest first. */
  readonly notices: readonly Notice[];
  /** Ids of those that were read; some may be of notices that have not come in yet. */
  readonly read: readonly string[];
}

/** What a channel of notifications carries. */
export type Post =
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "read"; readonly ids: readonly string[] };

export const longestNotice = 280;
const keptNotices = 100;
const keptMarks = 400;

export const emptyInbox: Inbox = Object.freeze({ notices: [], read: [] });

export function withNotice(inbox: Inbox, notice: Notice): Inbox {
  if (inbox.notices.some(({ id }) => id === notice.id)) return inbox;
  const notices = [notice, ...inbox.notices].sort((one, other) => other.at - one.at);
  return { ...inbox, notices: notices.slice(0, keptNotices) };
}

export function withRead(inbox: Inbox, ids: readonly string[]): Inbox {
  const fresh = ids.filter((id) => !inbox.read.includes(id));
  if (fresh.length === 0) return inbox;
  return { ...inbox, read: [...inbox.read, ...fresh].slice(-keptMarks) };
}

/** What two windows know together. */
export function joined(one: Inbox, other: Inbox): Inbox {
  const all = other.notices.reduce(withNotice, one);
  return withRead(all, other.read);
}

export function isRead(inbox: Inbox, { id }: Notice): boolean {
  return inbox.read.includes(id);
}

/** What one wrote oneself is no news. */
export function unreadOf(inbox: Inbox, name: string): readonly Notice[] {
  return inbox.notices.filter((notice) => notice.from !== name && !isRead(inbox, notice));
}

/** Reads what came in; anything else gives undefined. */
export function readPost(data: unknown): Post | undefined {
  const fields = fieldsOf(data);
  if (fields?.["kind"] === "read") {
    return { kind: "read", ids: listOf(fields["ids"], textOf) };
  }
  const notice = fields?.["kind"] === "notice" ? readNotice(fields) : undefined;
  return notice === undefined ? undefined : { kind: "notice", notice };
}

function readNotice(data: unknown): Notice | undefined {
  const fields = fieldsOf(data);
  const id = textOf(fields?.["id"]);
  const text = textOf(fields?.["text"]);
  const at = numberOf(fields?.["at"]);
  if (id === undefined || text === undefined || at === undefined) return undefined;
  return {
    id,
    from: cleanPersonName(textOf(fields?.["from"]) ?? ""),
    to: cleanPersonName(textOf(fields?.["to"]) ?? ""),
    text: Array.from(text).slice(0, longestNotice).join(""),
    at,
  };
}

/** As the browser keeps it. */
export function storedInbox(inbox: Inbox): string {
  return JSON.stringify(inbox);
}

/** What the browser has kept; whatever cannot be read counts as nothing. */
export function restoredInbox(text: string | undefined): Inbox {
  if (text === undefined) return emptyInbox;
  try {
    const fields = fieldsOf(JSON.parse(text));
    const notices = listOf(fields?.["notices"], readNotice).reduce(withNotice, emptyInbox);
    return withRead(notices, listOf(fields?.["read"], textOf));
  } catch {
    return emptyInbox;
  }
}

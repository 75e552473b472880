/** Pages of the same list, each of what one node has, as the page of what all have. */

/** What one node has, sorted by key and cut after so many; `next` when there is more. */
interface NodePage<Entry> {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly next?: string | undefined;
}

/**
 * The first `limit` entries of all. Each page begins at the same place and has `limit` entries or all that there are: so
 * whatever belongs to the first `limit` of all is on the page of every node that has it.
 */
export function joinedPages<Entry>(
  pages: readonly NodePage<Entry>[],
  limit: number,
  join: (one: Entry, other: Entry) => Entry,
): NodePage<Entry> {
  const all = new Map<string, Entry>();
  for (const { entries } of pages) {
    for (const [key, entry] of entries) {
      const known = all.get(key);
      all.set(key, known === undefined ? entry : join(known, entry));
    }
  }
  const keys = [...all.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  const isCut = keys.length > limit || pages.some(({ next }) => next !== undefined);
  const entries = new Map<string, Entry>();
  for (const key of keys.slice(0, limit)) {
    const entry = all.get(key);
    if (entry !== undefined) entries.set(key, entry);
  }
  return { entries, next: isCut ? [...entries.keys()].at(-1) : undefined };
}

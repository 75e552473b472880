/**
 * Long lists a page at a time, in the order of their keys: what comes and goes between two pages moves nothing else to
 * another page. A page costs one look at each key, however long the list is.
 */

/** Which page is wanted. */
export interface ListFilter {
  /** Begins after this key, which need not be there any more. Default: at the beginning. */
  readonly after?: string | undefined;
  /** Entries at most, from 1. Default: 100. */
  readonly limit?: number | undefined;
}

/** A page. */
export interface Listing<Entry> {
  readonly entries: ReadonlyMap<string, Entry>;
  /** What to give as `after` for the next page; `undefined` when there is none. */
  readonly next: string | undefined;
}

const defaultLimit = 100;

/**
 * The page of those that `fits` takes.
 *
 * @throws RangeError when `limit` is no whole number from 1
 */
export function listed<Entry>(
  all: Iterable<readonly [key: string, entry: Entry]>,
  { after, limit = defaultLimit }: ListFilter,
  fits: (key: string, entry: Entry) => boolean,
): Listing<Entry> {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError("limit must be a whole number from 1");
  }
  const first: (readonly [key: string, entry: Entry])[] = [];
  for (const entry of all) {
    const [key] = entry;
    if (after !== undefined && key <= after) continue;
    const last = first.at(-1);
    // One more than wanted is kept: it tells that there is a next page.
    if (first.length > limit && last !== undefined && key > last[0]) continue;
    if (!fits(key, entry[1])) continue;
    first.splice(placeOf(key, first), 0, entry);
    if (first.length > limit + 1) first.pop();
  }
  const isLast = first.length <= limit;
  if (!isLast) first.pop();
  return { entries: new Map(first), next: isLast ? undefined : first.at(-1)?.[0] };
}

/** Where `key` belongs among sorted entries. */
function placeOf(key: string, sorted: readonly (readonly [key: string, entry: unknown])[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.[0] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

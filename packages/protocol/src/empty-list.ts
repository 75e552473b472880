/**
 * A list for those that are empty most of the time: ten thousand idle connections share it instead of having some each.
 */

/** Never to be changed: {@link withLast} starts another. */
export const emptyList: never[] = [];

/** `list` with `item` at its end: the same list, unless it was empty. */
export function withLast<Item>(list: Item[], item: Item): Item[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

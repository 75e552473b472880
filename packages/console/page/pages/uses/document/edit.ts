/** What somebody has typed, found by comparing a text field's content with what it was. */

/** `removed` characters at `at` made room for `inserted`; in UTF-16 code units, as text fields count. */
export interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/**
 * The one edit that makes `after` of `before`, ending at the caret where there are several ways to see it: "a" typed behind another "a" is
 * where the caret is. Undefined when nothing changed.
 */
export function editBetween(before: string, after: string, caret: number): Edit | undefined {
  if (before === after) return undefined;
  const behind = Math.min(after.length - caret, before.length);
  let end = 0;
  while (end < behind && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const most = Math.min(before.length, after.length) - end;
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  // Half of a character that takes two units is no character.
  if (start > 0 && isLeading(before, start - 1)) start -= 1;
  if (end > 0 && isTrailing(before, before.length - end)) end -= 1;
  return {
    at: start,
    removed: before.length - end - start,
    inserted: after.slice(start, after.length - end),
  };
}

function isLeading(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isTrailing(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** The word that somebody may have meant, by the distance of Levenshtein. */

/** So many letters may be wrong; more, and it would be a guess. */
const mostMistakes = 2;

/** The nearest of the words; `undefined` when none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((known) => ({ known, distance: distance(word.toLowerCase(), known.toLowerCase()) }))
    .filter((one) => one.distance <= mostMistakes)
    .toSorted((a, b) => a.distance - b.distance);
  return best?.known;
}

function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 0; at < from.length; at += 1) {
    const next = [at + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (from[at] === to[column] ? 0 : 1);
      const inserted = (next[column] ?? 0) + 1;
      next.push(Math.min(replaced, inserted, (row[column + 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

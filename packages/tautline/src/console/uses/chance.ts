/** Chance that can be repeated: the same words and numbers give the same result on every machine. */

/** A number in [0, 1) that follows from `text` and `index` alone (FNV-1a, mixed as MurmurHash3 ends). */
export function chanceAt(text: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${text} ${index}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

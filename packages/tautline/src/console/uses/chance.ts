/** Chance that can be repeated: the same words and numbers give the same result on every machine. */

/** A number for a name (FNV-1a), from which a row of chances follows. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** The chance at a place of a row, in [0, 1): mixed as MurmurHash3 ends. */
export function chanceAt(seed: number, place: number): number {
  let hash = seed ^ Math.imul(place, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

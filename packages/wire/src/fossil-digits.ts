/** Numbers as Fossil's deltas write them: most significant digit first, 64 digits from "0" to "~", no sign. */

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

const values = new Map(Array.from(digits, (digit, value) => [digit.charCodeAt(0), value]));

/** @param value a whole number from 0 to 2³² − 1 */
export function digitsOf(value: number): string {
  let text = "";
  let rest = value;
  do {
    text = digits.charAt(rest % 64) + text;
    rest = Math.floor(rest / 64);
  } while (rest > 0);
  return text;
}

/** The number that begins at `start`, and where it ends. Without any digit it is 0; beyond 2³² it is infinite. */
export function readDigits(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = start;
  for (;;) {
    const digit = values.get(bytes[end] ?? 0);
    if (digit === undefined) break;
    value = value * 64 + digit;
    end += 1;
  }
  return { value: value < 2 ** 32 ? value : Number.POSITIVE_INFINITY, end };
}

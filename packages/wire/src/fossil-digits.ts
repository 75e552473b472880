/** Numbers as Fossil's deltas write them: most significant digit first, 64 digits from "0" to "~", no sign. */

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

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
  text: string,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = start;
  for (; end < text.length; end += 1) {
    const digit = digits.indexOf(text.charAt(end));
    if (digit < 0) break;
    value = value * 64 + digit;
  }
  return { value: value < 2 ** 32 ? value : Number.POSITIVE_INFINITY, end };
}

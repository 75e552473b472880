/** Patterns of channels' names, in which `*` stands for any text and everything else for itself. */

/**
 * Whether the pattern fits the whole text. Each piece between stars is looked for once, from left to right, so that no
 * pattern takes long: an expression with backtracking could be made to run for ever.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

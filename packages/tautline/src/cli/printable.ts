/**
 * Makes text from a peer safe to print on a terminal. A terminal obeys control characters: they can move the cursor,
 * recolour or overwrite what was printed, set the clipboard or the title, and on some terminals type commands. Other
 * invisible characters reorder what is read. Each is shown as an escape instead, so nothing is hidden either.
 */

/**
 * C0 controls but tab, DEL, and C1 (ECMA-48: a lone U+009B is as good as ESC [); the line separators; the controls of
 * the bidirectional algorithm (UAX #9 §2); zero-width characters that carry no joining; the byte order mark; language
 * tags; and lone surrogates, which no terminal can print.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}\p{Surrogate}]/gu;

const shortEscapes: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
  "\u001b": "\\e",
};

/** The character as an escape a programmer reads at once: `\n`, `\e`, `\x9b`, `\u202e`, `\u{e0041}`. */
function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}

/**
 * `text` on one line and without power over the terminal. `mark` wraps each escape, for a colour that tells it from
 * the same characters typed by the peer.
 */
export function printable(
  text: string,
  mark: (escape: string) => string = (escape) => escape,
): string {
  return text.replace(unsafe, (character) => mark(escapeCharacter(character)));
}

/** Short texts that people type and others see: without what nobody sees, and no longer than there is room for. */

/**
 * Control characters, line separators and the characters that turn the direction of the text around them or show
 * nothing at all: a name made of them could pose as another name.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu;

/** `longest` counts code points. Empty when nothing usable is left. */
export function visibleText(text: string, longest: number): string {
  const visible = text.normalize("NFC").replace(unprintable, "").replace(/\s+/gu, " ").trim();
  return Array.from(visible).slice(0, longest).join("").trim();
}

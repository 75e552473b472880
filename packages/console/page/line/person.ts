/** The name that a person goes by on all pages, as this browser remembers it. The server has its own limits. */
import { rememberText, rememberedText } from "../shell/memory.ts";
import { visibleText } from "../shell/visible-text.ts";

const memoryKey = "name";

/** In characters as people count them: code points, not UTF-16 units. */
export const longestPersonName = 24;

/** A person's name as the page shows it; empty when nothing usable is left. */
export function cleanPersonName(text: string): string {
  return visibleText(text, longestPersonName);
}

/** Empty when none was given yet. */
export function rememberedName(): string {
  return cleanPersonName(rememberedText(memoryKey) ?? "");
}

export function rememberName(name: string): void {
  rememberText(memoryKey, name);
}

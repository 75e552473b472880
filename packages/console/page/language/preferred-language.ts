/** The languages of the page, and which of them suits a browser. */
import { en } from "./en.ts";
import { zh } from "./zh.ts";

/** The languages of the page, by their code in HTML's `lang`. */
export const languages = { en, zh } as const;
export type LanguageCode = keyof typeof languages;
export const languageCodes: readonly LanguageCode[] = ["en", "zh"];

/** The first of the browser's languages that the page speaks; `zh-TW` and `zh-Hans-CN` both mean `zh` here. */
export function preferredLanguage(preferences: readonly string[]): LanguageCode {
  for (const preference of preferences) {
    const primary = preference.toLowerCase().split("-")[0];
    const code = languageCodes.find((known) => known === primary);
    if (code !== undefined) return code;
  }
  return "en";
}

/** The browser's own kind of a language, for times and numbers: `en-GB` for `en` where that is what it wants. */
export function regionalLanguage(code: LanguageCode, preferences: readonly string[]): string {
  return preferences.find((preference) => preference.toLowerCase().split("-")[0] === code) ?? code;
}

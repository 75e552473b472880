/** The dashboard's strings in the language in use. */
import { useSpeech } from "../../language/language.tsx";
import type { LanguageCode } from "../../language/preferred-language.ts";
import { en, zh } from "./words.ts";
import type { DashboardWords } from "./words.ts";

const words: Readonly<Record<LanguageCode, DashboardWords>> = { en, zh };

export function useDashboardWords(): DashboardWords {
  return words[useSpeech().code];
}

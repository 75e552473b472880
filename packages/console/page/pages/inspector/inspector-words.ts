/** The inspector's strings in the language in use. */
import { useSpeech } from "../../language/language.tsx";
import type { LanguageCode } from "../../language/preferred-language.ts";
import { en } from "./words-en.ts";
import { zh } from "./words-zh.ts";
import type { InspectorWords } from "./words.ts";

const words: Readonly<Record<LanguageCode, InspectorWords>> = { en, zh };

export function useInspectorWords(): InspectorWords {
  return words[useSpeech().code];
}

/**
 * Which language the page speaks: the one chosen in the page, else the browser's first that the page knows, else
 * English. It knows the list of languages and nothing of what their strings say.
 */
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";

import { rememberText, rememberedText } from "../shell/memory.ts";
import type { Dictionary } from "./dictionary.ts";
import { en } from "./en.ts";
import type { LanguageCode } from "./preferred-language.ts";
import {
  languageCodes,
  languages,
  preferredLanguage,
  regionalLanguage,
} from "./preferred-language.ts";

const memoryKey = "language";

function initialLanguage(): LanguageCode {
  const remembered = rememberedText(memoryKey);
  return (
    languageCodes.find((code) => code === remembered) ?? preferredLanguage(navigator.languages)
  );
}

interface Speech {
  readonly code: LanguageCode;
  /** For times, numbers and the order of names. */
  readonly locale: string;
  readonly words: Dictionary;
  readonly speak: (code: LanguageCode) => void;
}

const SpeechContext = createContext<Speech>({
  code: "en",
  locale: "en",
  words: en,
  speak: () => undefined,
});

export function LanguageProvider(props: { children: ComponentChildren }) {
  const [code, setCode] = useState(initialLanguage);

  useEffect(() => {
    document.documentElement.lang = code === "zh" ? "zh-Hans" : code;
  }, [code]);

  const speech = useMemo(
    () => ({
      code,
      locale: regionalLanguage(code, navigator.languages),
      words: languages[code],
      speak(next: LanguageCode) {
        rememberText(memoryKey, next);
        setCode(next);
      },
    }),
    [code],
  );
  return <SpeechContext.Provider value={speech}>{props.children}</SpeechContext.Provider>;
}

/** The page's strings in the language in use. */
export function useWords(): Dictionary {
  return useContext(SpeechContext).words;
}

/** The language in use and the way to change it. */
export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

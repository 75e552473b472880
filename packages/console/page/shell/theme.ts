/**
 * Light, dark, or as the system says. The choice is an attribute on the root element; the stylesheet does the rest.
 */
import { useEffect, useState } from "preact/hooks";

import { rememberText, rememberedText } from "./memory.ts";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const memoryKey = "theme";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const remembered = rememberedText(memoryKey);
    return themes.find((known) => known === remembered) ?? "auto";
  });

  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    rememberText(memoryKey, theme);
  }, [theme]);

  return [theme, setTheme];
}

/** The bar at the top: where you are, how the line is, which language and which colours. */
import type { ComponentChildren } from "preact";

import { useSpeech } from "../language/language.tsx";
import { languageCodes, languages } from "../language/preferred-language.ts";
import { LineStatus } from "../line/line-status.tsx";
import { HalfIcon, Mark, MoonIcon, SunIcon } from "./icons.tsx";
import type { Page } from "./page.ts";
import { routeHash } from "./route.ts";
import type { Theme } from "./theme.ts";
import { themes, useTheme } from "./theme.ts";

export function Header(props: { pages: readonly Page[]; current: Page | undefined }) {
  const { code, words } = useSpeech();
  return (
    <header class="header">
      <a class="brand" href={routeHash("")} aria-label="Tautline">
        <Mark />
        <span class="brand-name">Tautline</span>
      </a>
      <nav class="pages" aria-label={words.shell.pages}>
        {props.pages.map((page) => (
          <a
            key={page.id}
            href={routeHash(page.id)}
            aria-current={page === props.current ? "page" : undefined}
          >
            {page.title(words)}
          </a>
        ))}
        <a href={code === "zh" ? "./docs/zh/" : "./docs/"}>{words.shell.docs}</a>
      </nav>
      <div class="header-end">
        <LineStatus />
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
}

function LanguageSwitch() {
  const { code, words, speak } = useSpeech();
  return (
    <div class="segments" role="group" aria-label={words.shell.language}>
      {languageCodes.map((known) => (
        <button
          key={known}
          type="button"
          lang={known}
          aria-pressed={known === code}
          onClick={() => speak(known)}
        >
          {languages[known].ownName}
        </button>
      ))}
    </div>
  );
}

const themeIcons: Readonly<Record<Theme, () => ComponentChildren>> = {
  auto: HalfIcon,
  light: SunIcon,
  dark: MoonIcon,
};

function ThemeSwitch() {
  const { words } = useSpeech();
  const [theme, setTheme] = useTheme();
  const names: Readonly<Record<Theme, string>> = {
    auto: words.shell.themeAuto,
    light: words.shell.themeLight,
    dark: words.shell.themeDark,
  };
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto";
  const ThemeIcon = themeIcons[theme];
  return (
    <button
      type="button"
      class="icon-button"
      title={names[theme]}
      aria-label={names[theme]}
      onClick={() => setTheme(next)}
    >
      <ThemeIcon />
    </button>
  );
}

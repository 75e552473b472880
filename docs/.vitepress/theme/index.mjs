// The default theme with the fonts of the reader's system, the colours of the console, and the way back to it.
import { useData, withBase } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";

import "./style.css";

/** Leads out of the site, to the console of the server that serves it. */
function ConsoleLink() {
  const { theme } = useData();
  return h("a", { class: "console-link", href: "/", target: "_self" }, theme.value.consoleText);
}

/** What stands where there is no page: the theme's own has no landmark, and a link that is called something else than it says. */
function NoSuchPage() {
  const { localeIndex, theme } = useData();
  const { title, quote, linkText } = theme.value.notFound;
  const first = withBase(localeIndex.value === "root" ? "/" : `/${localeIndex.value}/`);
  return h("main", { class: "no-such-page vp-doc" }, [
    h("h1", title),
    h("p", quote),
    h("p", h("a", { href: first }, linkText)),
  ]);
}

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "nav-bar-content-after": () => h(ConsoleLink),
      "not-found": () => h(NoSuchPage),
    }),
};

// The default theme with the fonts of the reader's system, the colours of the console, and the way back to it.
import { useData } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";

import "./style.css";

/** Leads out of the site, to the console of the server that serves it. */
function ConsoleLink() {
  const { theme } = useData();
  return h("a", { class: "console-link", href: "/", target: "_self" }, theme.value.consoleText);
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "nav-bar-content-after": () => h(ConsoleLink) }),
};

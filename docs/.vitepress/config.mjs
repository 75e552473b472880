// The site of the documentation: `npm run docs` builds it, and `tautline serve` has it under /docs. What is on it is decided by
// pages.mjs and docs/README.md; here is only how.

import { fileURLToPath } from "node:url";

import { defineConfig } from "vitepress";

import { drawDiagrams } from "./diagrams.mjs";
import { sidebar } from "./navigation.mjs";
import { slug, stage, writeStage } from "./pages.mjs";
import { tokenize } from "./search.mjs";
import { CodeColours, moveIcons, strictPage } from "./strict-files.mjs";
import { strictTables } from "./tables.mjs";
import { chinese, chineseSearch, english } from "./words.mjs";

const base = "/docs/";
const outDir = fileURLToPath(new URL("../../packages/console/dist/docs/", import.meta.url));
const colours = new CodeColours();

writeStage();

export default defineConfig({
  base,
  title: "Tautline",
  outDir,
  srcDir: stage,
  cacheDir: `${stage}-cache`,
  locales: {
    root: { ...english, themeConfig: { ...english.themeConfig, sidebar: sidebar("") } },
    zh: { ...chinese, themeConfig: { ...chinese.themeConfig, sidebar: sidebar("zh") } },
  },
  // In the place of a style of VitePress's own, which says the same as this class.
  contentProps: { class: "content-frame" },
  head: [
    ["link", { rel: "stylesheet", href: `${base}code.css` }],
    ["link", { rel: "icon", href: `${base}mark.svg`, type: "image/svg+xml" }],
  ],
  // Addresses of the reader's own server are right only while it runs.
  ignoreDeadLinks: "localhostLinks",
  // Its switch writes a style into the page for a moment, which the policy does not allow.
  appearance: { disableTransition: false },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        locales: { zh: chineseSearch },
        miniSearch: {
          options: { tokenize },
          searchOptions: { combineWith: "AND" },
        },
      },
    },
  },
  markdown: {
    anchor: { slugify: slug },
    codeTransformers: [colours.transformer],
    config(md) {
      strictTables(md);
      drawDiagrams(md);
    },
  },
  vite: { build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 } },
  transformHtml: (html) => strictPage(html, outDir, base),
  buildEnd() {
    moveIcons(outDir);
    colours.write(outDir);
  },
});

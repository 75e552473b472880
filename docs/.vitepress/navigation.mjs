// The column of pages beside the text. It is the index of the documentation, docs/README.md, read as what it is: headings, groups
// and links in their order. Nothing is listed twice.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { docs, onSite, pages, title } from "./pages.mjs";

const linkTarget = /\]\(([\w./-]+\.md)(?:#[^)]*)?\)/gu;

/** `[{ heading, lines }]` of the index. */
function shelves(text) {
  return text
    .split(/^## /mu)
    .slice(1)
    .map((part) => {
      const [heading = "", ...lines] = part.split("\n");
      return { heading, lines };
    });
}

/** A shelf as VitePress wants it, in groups where the index has a line such as `Channels:` above a list. */
function shelfItems(lines, entry) {
  const items = [];
  let group;
  for (const line of lines) {
    const [, name] = /^([^-\s[].*)[:：]$/u.exec(line) ?? [];
    if (name !== undefined) {
      group = { text: name.replaceAll("`", ""), items: [] };
      items.push(group);
    }
    for (const [, target] of line.matchAll(linkTarget)) {
      const item = entry(target);
      if (item !== undefined) (group?.items ?? items).push(item);
    }
  }
  return items;
}

/** The sidebar in a language: `""` or `"zh"`. */
export function sidebar(language) {
  const known = new Map(pages().map((page) => [page.english, page]));
  const index = readFileSync(
    join(docs, language === "zh" ? "README.zh-CN.md" : "README.md"),
    "utf8",
  );
  const seen = new Set();
  const entry = (target) => {
    const page = known.get(target);
    if (page === undefined || seen.has(target)) return undefined;
    seen.add(target);
    const source = (language === "zh" && page.chinese) || page.english;
    const link = `/${language === "" ? "" : "zh/"}${onSite(target)}`.replace(/index\.md$/u, "");
    return {
      text: title(readFileSync(join(docs, source), "utf8")),
      link: link.replace(/\.md$/u, ""),
    };
  };
  return shelves(index).map(({ heading, lines }) => ({
    text: heading,
    collapsed: false,
    items: shelfItems(lines, entry),
  }));
}

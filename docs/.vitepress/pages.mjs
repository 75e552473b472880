// Which pages the site has, and what becomes of their Markdown. Sources stay where people read them in the repository, as pairs
// `<name>.md` and `<name>.zh-CN.md`; the site has each page under the same path in both languages. Where there is no
// translation the English text stands in for it, with a note.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const docs = fileURLToPath(new URL("../", import.meta.url));
export const stage = join(docs, "..", ".cache", "site");

const chinese = ".zh-CN.md";
const translatedShelves = ["tutorial", "how-to", "explanation"];

/** The mark of the console is the site's, too. */
const mark = join(docs, "..", "packages", "console", "page", "mark.svg");

/** What is offered as it is. */
const passedOn = new Set([".png", ".json"]);

/** Every file below docs, by its path from there. */
function files(folder = "") {
  return readdirSync(join(docs, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    });
}

const read = (path) => readFileSync(join(docs, path), "utf8");

/** The name of a page on the site. */
export const onSite = (path) =>
  path.replace(chinese, ".md").replace(/(^|\/)README\.md/u, "$1index.md");

/** A page as `{ path, english, chinese }`: its place on the site, and the sources there are. */
export function pages() {
  const all = files();
  return all
    .filter((path) => path.endsWith(".md") && !path.endsWith(chinese))
    .map((path) => {
      const pair = path.replace(/\.md$/u, chinese);
      return { path: onSite(path), english: path, chinese: all.includes(pair) ? pair : undefined };
    });
}

const fence = /^```.*?^```$/gmsu;
const heading = /^(#{1,6}) (.+)$/gmu;

/** The name by which a heading is linked to, as GitHub makes it: links have to hold there, too. */
export function slug(text) {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/gu, "-");
}

export function title(text) {
  const [, name = ""] = /^# (.+)$/mu.exec(text) ?? [];
  return name.replaceAll("`", "");
}

/** Applies `change` to the text outside of code blocks. */
function outsideCode(text, change) {
  const blocks = text.match(fence) ?? [];
  return text
    .split(fence)
    .map((part, index) => change(part) + (blocks[index] ?? ""))
    .join("");
}

/** The names of the headings of a page, in order; one that comes again is numbered. */
function slugs(text) {
  const seen = new Map();
  return [...text.replaceAll(fence, "").matchAll(heading)].map(([, , name]) => {
    const first = slug(name);
    const count = seen.get(first) ?? 0;
    seen.set(first, count + 1);
    return count === 0 ? first : `${first}-${count}`;
  });
}

/** Where a link of the page `from` leads on the site; undefined when it leads to a file that is not there. */
function destination(from, link) {
  const [target, fragment] = link.split("#", 2);
  const hash = fragment === undefined ? "" : `#${fragment}`;
  const path = posix.join(posix.dirname(from), target);
  if (path.startsWith("../")) return undefined;
  if (path.endsWith(".md")) return onSite(target) + hash;
  return passedOn.has(extname(path)) ? `/${path}${hash}` : undefined;
}

/** A link to what only the repository has: the words, and the name of the file where they do not say it. */
function withoutLink(words, from, link) {
  const path = relative(join(docs, ".."), join(docs, dirname(from), link.split("#", 1)[0]));
  const name = basename(path).replace(/\..*$/u, "");
  return words.includes(name) ? words : `${words} (\`${path}\`)`;
}

function withLinks(text, from) {
  return outsideCode(text, (part) =>
    part.replaceAll(
      /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/gu,
      (all, mark, words, link) => {
        if (/^(?:https?:|mailto:|#)/u.test(link)) return all;
        const to = destination(from, link);
        return to === undefined ? withoutLink(words, from, link) : `${mark}[${words}](${to})`;
      },
    ),
  );
}

/** The first link of a page leads to its other language, for readers of the repository; the site has a switch for that. */
const withoutLanguages = (text) => text.replace(/^.*简体中文.*\n\n/mu, "");

/** Gives Chinese headings the names of the English ones, so that one link holds in both languages. */
function withEnglishNames(text, english) {
  const own = slugs(text);
  const names = slugs(english);
  let index = 0;
  const renamed = new Map(own.map((name, at) => [name, names[at]]));
  return outsideCode(text, (part) =>
    part
      .replaceAll(heading, (line) => `${line} {#${names[index++]}}`)
      .replaceAll(
        /\]\(#([^()\s]+)\)/gu,
        (_, name) => `](#${renamed.get(decodeURIComponent(name))})`,
      ),
  );
}

function englishPage({ english, chinese: pair }) {
  const text = read(english);
  return withLinks(pair === undefined ? text : withoutLanguages(text), english);
}

/** Chinese has no spaces: where a line of the source ends, HTML would show one. */
const joined = (text) =>
  outsideCode(text, (part) =>
    part.replaceAll(/(?<=[\p{Script=Han}，。；：、！？）”])\n *(?=[\p{Script=Han}（“])/gu, ""),
  );

function chinesePage(page) {
  if (page.chinese === undefined) return `${englishPage(page)}${untranslated(page)}`;
  const text = withEnglishNames(withoutLanguages(read(page.chinese)), read(page.english));
  return joined(withLinks(text, page.chinese));
}

/** What is generated from the code is English on purpose. */
function untranslated({ path }) {
  const [shelf] = path.split("/", 1);
  return translatedShelves.includes(shelf) ? "\n\n::: info\n本页暂无中文译文。\n:::\n" : "";
}

function write(path, text) {
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  writeFileSync(join(stage, path), text);
}

/** Writes what VitePress builds from. */
export function writeStage() {
  rmSync(stage, { recursive: true, force: true });
  for (const page of pages()) {
    write(page.path, englishPage(page));
    write(`zh/${page.path}`, chinesePage(page));
  }
  mkdirSync(join(stage, "public"), { recursive: true });
  cpSync(mark, join(stage, "public", "mark.svg"));
  for (const path of files().filter((one) => passedOn.has(extname(one)))) {
    mkdirSync(dirname(join(stage, "public", path)), { recursive: true });
    cpSync(join(docs, path), join(stage, "public", path));
  }
}

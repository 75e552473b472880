// Makes the built site fit the content security policy of the server (`default-src 'none'`, everything else 'self'): no script
// and no style stands in the HTML, and no picture in the CSS. What VitePress writes there moves to files of its own.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 8);

function writeAsset(folder, name, text) {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "assets", name), text);
}

/** The page with its inline scripts as files, which still run before anything is drawn, and without styles of elements. */
export function strictPage(html, outDir, base) {
  const plain = html.replaceAll(/ style="[^"]*"/gu, "");
  return plain.replaceAll(/<script id="([\w-]+)">(.*?)<\/script>/gsu, (_, id, code) => {
    const name = `${id}.${hash(code)}.js`;
    writeAsset(outDir, name, code);
    return `<script id="${id}" src="${base}assets/${name}"></script>`;
  });
}

/** Moves the icons out of the style sheets. */
export function moveIcons(outDir) {
  const assets = join(outDir, "assets");
  for (const name of readdirSync(assets).filter((one) => one.endsWith(".css"))) {
    const css = readFileSync(join(assets, name), "utf8");
    const moved = css.replaceAll(
      /url\((["']?)data:image\/svg\+xml,(.*?)\1\)/gsu,
      (_, quote, data) => {
        const svg = decodeURIComponent(data.replaceAll("\\", ""));
        const icon = `icon.${hash(svg)}.svg`;
        writeAsset(outDir, icon, svg);
        return `url(./${icon})`;
      },
    );
    writeFileSync(join(assets, name), moved);
  }
}

/** Classes in the place of the colours that the highlighter writes into each word of code. */
export class CodeColours {
  #names = new Map();

  /** For the highlighter, which calls it with each element. */
  transformer = {
    name: "colours-as-classes",
    pre: (node) => this.#move(node),
    line: (node) => this.#move(node),
    span: (node) => this.#move(node),
  };

  #move(node) {
    const { style } = node.properties;
    if (typeof style !== "string" || style === "") return;
    const name = this.#names.get(style) ?? `c${hash(style)}`;
    this.#names.set(style, name);
    delete node.properties.style;
    const classes = node.properties.class ?? [];
    node.properties.class = [...(Array.isArray(classes) ? classes : classes.split(" ")), name];
  }

  write(outDir) {
    const rules = [...this.#names].map(([style, name]) => `.${name}{${style}}`).toSorted();
    writeFileSync(join(outDir, "code.css"), rules.join("\n"));
  }
}

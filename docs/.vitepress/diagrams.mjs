// Diagrams of the pages, written as Mermaid and drawn while the site is built: as SVG in the page, with its colours from
// theme/style.css, so that no script draws in the browser and no style stands in the page. What a diagram shows also stands
// beside it as a list, for those who do not see it.

import { renderMermaidSVG } from "beautiful-mermaid";

/** Room between states, in pixels; less of it and lines end beside the boxes. */
const spacing = { nodeSpacing: 60, layerSpacing: 60, padding: 16 };

/** A character that has a width and no ink. Wide boxes of participants keep their lines, and what is written between, apart. */
const filler = "\u2800";
const boxWidth = 18;

const participant = /^( *participant (\w+) as )(.+)$/gmu;
const note = /^Note over ([\w,]+): (.+)$/u;
const arrow = /^(\S+?) ?--?>>? ?(\S+?)(?:: (.+))?$/u;

function withWideBoxes(source) {
  return source.replaceAll(participant, (_, head, id, name) => {
    const side = filler.repeat(Math.max(0, Math.ceil((boxWidth - name.length) / 2)));
    return `${head}${side}${name}${side}`;
  });
}

/** What a line of a diagram says, in words; undefined where it says nothing. */
function sentence(line, names) {
  const nameOf = (id) => names.get(id) ?? id;
  const [, over, remark] = note.exec(line) ?? [];
  if (remark !== undefined) return `${over.split(",").map(nameOf).join(", ")}: ${remark}`;
  const [, from, to, text] = arrow.exec(line) ?? [];
  if (from === undefined) throw new Error(`A diagram has a line that cannot be read out: ${line}`);
  if (from === "[*]") return `It begins with ${nameOf(to)}.`;
  if (to === "[*]") return `It ends with ${nameOf(from)}.`;
  return `${nameOf(from)} to ${nameOf(to)}${text === undefined ? "" : `: ${text}`}`;
}

function sentences(source) {
  const names = new Map([...source.matchAll(participant)].map(([, , id, name]) => [id, name]));
  const [, ...lines] = source.trim().split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("participant "))
    .map((line) => sentence(line, names));
}

/** The drawing without the library's styles, a request for a font among them, and with names that are its own in the page. */
function drawing(source, number) {
  return renderMermaidSVG(withWideBoxes(source), spacing)
    .replaceAll(filler, "")
    .replaceAll(/<style>.*?<\/style>/gsu, "")
    .replace(/ style="[^"]*"/u, ' aria-hidden="true"')
    .replaceAll(/(id="|url\(#)/gu, `$1diagram-${number}-`)
    .replaceAll(/\n\s*/gu, "");
}

/** Draws blocks of Mermaid in the place of showing their source. */
export function drawDiagrams(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (...all) => {
    const [tokens, index] = all;
    const { info, content } = tokens[index];
    if (info.trim() !== "mermaid") return fence(...all);
    const items = sentences(content).map((text) => `<li>${md.utils.escapeHtml(text)}</li>`);
    // Everything is English, in the Chinese pages too. It scrolls on narrow screens, so the keyboard has to reach it.
    return (
      `<figure class="diagram" lang="en" tabindex="0" v-pre>${drawing(content, index)}` +
      `<figcaption class="visually-hidden"><ol>${items.join("")}</ol></figcaption></figure>\n`
    );
  };
}

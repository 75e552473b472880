/** The frame of a report in HTML: a page that stands by itself, light or dark as its reader likes. */
import { printable } from "./printable.ts";

export interface HtmlPage {
  readonly title: string;
  readonly style: string;
  /** HTML already: what comes from elsewhere has been through {@link escapeHtml}. */
  readonly body: string;
}

const baseStyle = `
:root{color-scheme:light dark;--line:light-dark(#d0d7de,#3d444d);--good:light-dark(#1a7f37,#3fb950);--bad:light-dark(#cf222e,#f85149);--mild:light-dark(#9a6700,#d29922);--dim:light-dark(#59636e,#9198a1);--accent:light-dark(#0969da,#4493f8)}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
code{font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.75rem 0}
th,td{border-bottom:1px solid var(--line);padding:.4rem .75rem .4rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.3rem 0}
svg{max-width:100%;height:auto}
`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that a page shows as it is. Invisible characters are shown as escapes, as on a terminal. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Nothing in it may load anything: the policy says so to the browser too. */
export function htmlPage({ title, style, body }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${baseStyle}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

// Tables as HTML that fits: Markdown's own way to align a column is a style, which the policy does not allow, and an empty head of a
// column is announced as a heading without a name.

/** Columns of figures are aligned by a class. */
function alignByClass(md) {
  for (const kind of ["th_open", "td_open"]) {
    md.renderer.rules[kind] = (...[tokens, index, options, , self]) => {
      const token = tokens[index];
      const [, side] = /text-align:(\w+)/u.exec(token.attrGet("style") ?? "") ?? [];
      token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
      if (side !== undefined) token.attrJoin("class", `to-${side}`);
      return self.renderToken(tokens, index, options);
    };
  }
}

/** The corner above the names of rows is a cell like any other. */
function emptyHeadsAsCells(md) {
  md.core.ruler.push("empty-heads-as-cells", ({ tokens }) => {
    for (const [index, open] of tokens.entries()) {
      if (open.type !== "th_open" || tokens[index + 1].content !== "") continue;
      open.tag = "td";
      tokens[index + 2].tag = "td";
    }
  });
}

export function strictTables(md) {
  alignByClass(md);
  emptyHeadsAsCells(md);
}

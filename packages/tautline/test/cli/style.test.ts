import { describe, expect, it } from "vitest";

import { styleFor } from "../../src/cli/style.ts";

const rows = [
  { name: "a terminal", isTTY: true, env: {}, coloured: true },
  { name: "a pipe", isTTY: false, env: {}, coloured: false },
  { name: "a terminal with NO_COLOR", isTTY: true, env: { NO_COLOR: "1" }, coloured: false },
  { name: "a terminal with NO_COLOR empty", isTTY: true, env: { NO_COLOR: "" }, coloured: true },
  { name: "a dumb terminal", isTTY: true, env: { TERM: "dumb" }, coloured: false },
  { name: "a pipe with FORCE_COLOR", isTTY: false, env: { FORCE_COLOR: "1" }, coloured: true },
  {
    name: "a terminal with FORCE_COLOR=0",
    isTTY: true,
    env: { FORCE_COLOR: "0" },
    coloured: false,
  },
  {
    name: "NO_COLOR beside FORCE_COLOR",
    isTTY: true,
    env: { NO_COLOR: "1", FORCE_COLOR: "1" },
    coloured: false,
  },
];

describe("styleFor", () => {
  for (const { name, isTTY, env, coloured } of rows) {
    it(`${coloured ? "colours" : "does not colour"} for ${name}`, () => {
      expect(styleFor({ isTTY }, env).red("x")).toBe(coloured ? "\u001b[31mx\u001b[39m" : "x");
    });
  }
});

// What the command line and the environment say about history.
import { describe, expect, it } from "vitest";

import { historyChoice as choiceFrom, historySettings } from "../../src/cli/history-options.ts";
import { choose } from "../../src/cli/settings/choose.ts";

const historyChoice = (flags: Record<string, string>, env: Record<string, string>) =>
  choiceFrom(choose(historySettings, { flags, env }));

const kept = (historySize: number) => ({
  historySize,
  historyTtlMs: 86_400_000,
  recovery: "stream",
});

describe("history on the command line", () => {
  it.each([
    { name: "nothing", flags: {}, env: {}, dataDir: undefined, channels: {} },
    { name: "history", flags: { history: "5" }, env: {}, dataDir: undefined, channels: kept(5) },
    { name: "no history", flags: { history: "0" }, env: {}, dataDir: undefined, channels: {} },
    {
      name: "a directory",
      flags: { "data-dir": "x" },
      env: { TAUTLINE_DATA_DIR: "y" },
      dataDir: "x",
      channels: kept(100),
    },
    {
      name: "variables",
      flags: {},
      env: { TAUTLINE_DATA_DIR: "y", TAUTLINE_HISTORY: "7" },
      dataDir: "y",
      channels: kept(7),
    },
    {
      name: "variables that are empty",
      flags: {},
      env: { TAUTLINE_DATA_DIR: "", TAUTLINE_HISTORY: "" },
      dataDir: undefined,
      channels: {},
    },
  ])("takes $name", ({ flags, env, dataDir, channels }) => {
    expect(historyChoice(flags, env)).toEqual({ broker: undefined, dataDir, channels });
  });

  it("takes the address of a broker, from the environment too", () => {
    const address = "redis://localhost";
    expect(historyChoice({ broker: address }, {}).broker).toBe(address);
    expect(historyChoice({}, { TAUTLINE_BROKER: address }).broker).toBe(address);
  });

  it.each([
    { flags: { "data-dir": "x", broker: "redis://x" }, text: "for one server" },
    { flags: { "data-dir": "" }, text: "--data-dir" },
    { flags: { history: "many" }, text: "--history" },
    { flags: { "data-dir": "x", history: "0" }, text: "history of 0" },
  ])("refuses $flags", ({ flags, text }) => {
    expect(() => historyChoice(flags, {})).toThrow(text);
  });
});

// How long a server takes to end, as the command line and the environment have it.
import { describe, expect, it } from "vitest";

import { drainChoice as choiceFrom, drainSettings } from "../../src/cli/drain-options.ts";
import { choose } from "../../src/cli/settings/choose.ts";

const drainChoice = (flags: Record<string, string>, env: Record<string, string>) =>
  choiceFrom(choose(drainSettings, { flags, env }));

const nothing = { drainGraceMs: 0, drainSpreadMs: 0 };

describe("the times of the end", () => {
  it.each([
    { name: "nothing", values: {}, env: {}, choice: nothing },
    {
      name: "flags",
      values: { "drain-grace-seconds": "5", "drain-seconds": "0.5" },
      env: { TAUTLINE_DRAIN_SECONDS: "9" },
      choice: { drainGraceMs: 5000, drainSpreadMs: 500 },
    },
    {
      name: "variables",
      values: {},
      env: { TAUTLINE_DRAIN_GRACE_SECONDS: "3", TAUTLINE_DRAIN_SECONDS: "" },
      choice: { ...nothing, drainGraceMs: 3000 },
    },
  ])("come from $name", ({ values, env, choice }) => {
    expect(drainChoice(values, env)).toEqual(choice);
  });

  it("are numbers of seconds", () => {
    expect(() => drainChoice({ "drain-seconds": "soon" }, {})).toThrow("--drain-seconds takes");
    expect(() => drainChoice({}, { TAUTLINE_DRAIN_SECONDS: "-1" })).toThrow(
      "TAUTLINE_DRAIN_SECONDS takes",
    );
  });
});

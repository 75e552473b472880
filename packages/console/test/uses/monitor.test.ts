import { describe, expect, it } from "vitest";

import {
  later,
  newLamp,
  obey,
  readCommand,
  readReport,
} from "../../page/pages/uses/monitor/lamp.ts";
import {
  pointsOf,
  readVitals,
  rowsOfNode,
  shownMs,
  withVitals,
} from "../../page/pages/uses/monitor/vitals.ts";
import type { Vitals } from "../../page/pages/uses/monitor/vitals.ts";

function vitals(at: number, node = "one"): Vitals {
  const read = readVitals({ at, node, cpuPercent: at });
  if (read === undefined) throw new Error("These are no vitals.");
  return read;
}

describe("vitals", () => {
  it("stand in the order of time, each once, the last two minutes", () => {
    const rows = [2_000, 1_000, 3_000, 2_000].map((at) => vitals(at)).reduce(withVitals, []);
    expect(rows.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000]);
    const much = withVitals(rows, vitals(2_500 + shownMs));
    expect(much.map(({ at }) => at)).toEqual([3_000, 2_500 + shownMs]);
  });

  it("are points of a chart", () => {
    expect(pointsOf([vitals(1), vitals(2)], "cpuPercent")).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("are shown of the own server, or of one that tells", () => {
    const rows = [vitals(1, "one"), vitals(1, "two")].reduce(withVitals, []);
    expect(rowsOfNode(rows, "one").map(({ node }) => node)).toEqual(["one"]);
    expect(rowsOfNode(rows, "gone").map(({ node }) => node)).toEqual(["two"]);
    expect(rowsOfNode([], "one")).toEqual([]);
  });

  it("are not read from what has no time", () => {
    for (const data of [null, {}, { at: 1 }, { at: "1", node: "one" }]) {
      expect(readVitals(data)).toBeUndefined();
    }
  });
});

describe("the lamp", () => {
  it("obeys, and says which command it was", () => {
    const command = readCommand({ id: "one", on: true, brightness: 250, by: " Ada " });
    expect(command).toEqual({ id: "one", on: true, brightness: 100, by: "Ada" });
    const lamp = obey(newLamp, command!);
    expect(lamp).toEqual({ on: true, brightness: 100, command: "one", warmth: newLamp.warmth });
    expect(readReport(lamp)).toEqual(lamp);
  });

  it("gets warm while it burns, and cools down after", () => {
    let lamp = obey(newLamp, { id: "a", on: true, brightness: 100, by: "" });
    const hot = later(lamp, 120);
    expect(hot.warmth).toBeCloseTo(63, 0);
    lamp = obey(hot, { id: "b", on: false, brightness: 100, by: "" });
    expect(later(lamp, 5).warmth).toBeLessThan(hot.warmth);
    expect(later(lamp, 300).warmth).toBeCloseTo(newLamp.warmth, 0);
    expect(later(newLamp, 60)).toEqual(newLamp);
  });

  for (const data of [
    null,
    7,
    {},
    { id: "a", on: 1, brightness: 5 },
    { on: true, brightness: 5 },
  ]) {
    it(`takes ${JSON.stringify(data)} for neither a command nor a report`, () => {
      expect(readCommand(data)).toBeUndefined();
      expect(readReport(data)).toBeUndefined();
    });
  }
});

/**
 * Holds the lists of requirements and the tests that cite them together: an id that a test cites exists, the lists are
 * well-formed, and every MUST is cited by a test unless its item says why none can or does.
 */
import { describe, expect, test } from "vitest";
import { citations } from "./citations.ts";
import type { Specification } from "./requirement.ts";
import { rfc6455 } from "./rfc6455.ts";
import { rfc7692 } from "./rfc7692.ts";
import { rfc8441 } from "./rfc8441.ts";

const specifications: readonly Specification[] = [
  { prefix: "RFC6455", requirements: rfc6455 },
  { prefix: "RFC7692", requirements: rfc7692 },
  { prefix: "RFC8441", requirements: rfc8441 },
];
const cited = citations();

describe.each(specifications)("the list $prefix", ({ prefix, requirements }) => {
  test("gives each item a unique id made of prefix, section and number", () => {
    const ids = requirements.map((item) => item.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const wrong = requirements.filter(({ id, section }) => {
      const start = `${prefix}-${section}-`;
      return (
        !/^\d+(\.\d+)*$/.test(section) ||
        !id.startsWith(start) ||
        !/^[1-9]\d*$/.test(id.slice(start.length))
      );
    });
    expect(wrong).toEqual([]);
  });

  test("says something in every item, with a reason where a test is not to be had", () => {
    const silent = requirements.filter(
      ({ text, notApplicable, departure }) =>
        text.length < 10 ||
        (notApplicable !== undefined && notApplicable.length < 10) ||
        (departure !== undefined && departure.length < 10) ||
        (notApplicable !== undefined && departure !== undefined),
    );
    expect(silent).toEqual([]);
  });

  test("has every MUST cited by a test, save those with a reason", () => {
    const missing = requirements
      .filter(({ level }) => level === "MUST")
      .filter(({ notApplicable, departure }) => (notApplicable ?? departure) === undefined)
      .filter(({ id }) => !cited.has(id))
      .map(({ id, text }) => `${id}: ${text}`);
    expect(missing).toEqual([]);
  });

  test("has no item that a test cites and that is marked as not applicable or departed from", () => {
    const both = requirements
      .filter(
        ({ notApplicable, departure }) => notApplicable !== undefined || departure !== undefined,
      )
      .filter(({ id }) => cited.has(id))
      .map(({ id }) => `${id} is cited in ${cited.get(id)?.join(", ")}`);
    expect(both).toEqual([]);
  });
});

test("every id that a test cites is in a list", () => {
  const known = new Set(
    specifications.flatMap(({ requirements }) => requirements.map(({ id }) => id)),
  );
  const unknown = [...cited]
    .filter(([id]) => !known.has(id))
    .map(([id, files]) => `${id} in ${files.join(", ")}`);
  expect(unknown).toEqual([]);
});

import { describe, expect, it } from "vitest";

import { parseArguments, secondsInMs, UsageMistake, wholeNumber } from "../../src/cli/command.ts";
import type { OptionTable } from "../../src/cli/command.ts";

const table = {
  port: { type: "string", short: "p", value: "port", text: "" },
  header: { type: "string", multiple: true, value: "line", text: "" },
  binary: { type: "boolean", text: "" },
} as const satisfies OptionTable;

describe("parseArguments", () => {
  it("reads options and operands in any order", () => {
    const { values, operands } = parseArguments(
      ["one", "-p", "80", "--header", "a: b", "--header=c: d", "--binary", "--", "-x"],
      table,
    );
    expect(values).toEqual({ port: "80", header: ["a: b", "c: d"], binary: true });
    expect(operands).toEqual(["one", "-x"]);
  });

  const mistakes = [
    { args: ["--prot", "80"], says: "Unknown option '--prot'" },
    { args: ["--port"], says: "Option '-p, --port <value>' argument missing" },
    { args: ["--binary=yes"], says: "Option '--binary' does not take an argument" },
  ];
  for (const { args, says } of mistakes) {
    it(`refuses ${args.join(" ")} in one sentence`, () => {
      expect(() => parseArguments(args, table)).toThrow(new UsageMistake(says));
    });
  }
});

describe("wholeNumber", () => {
  const range = { least: 0, most: 65_535 };
  it("takes what lies in the range", () => {
    expect(wholeNumber("0", "--port", range)).toBe(0);
    expect(wholeNumber("65535", "--port", range)).toBe(65_535);
  });
  for (const text of ["65536", "-1", "1.5", "", "0x10", "1e3", " 8", "99999999999999999999"]) {
    it(`refuses '${text}'`, () => {
      expect(() => wholeNumber(text, "--port", range)).toThrow(UsageMistake);
    });
  }
});

describe("secondsInMs", () => {
  it("takes whole and broken seconds", () => {
    expect(secondsInMs("0", "--wait")).toBe(0);
    expect(secondsInMs("0.25", "--wait")).toBe(250);
    expect(secondsInMs("30", "--wait")).toBe(30_000);
  });
  for (const text of ["", "-1", "1s", "Infinity", "0.0001"]) {
    it(`refuses '${text}'`, () => {
      expect(() => secondsInMs(text, "--wait")).toThrow(UsageMistake);
    });
  }
});

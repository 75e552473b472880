/**
 * docs/reference/command-line.md and the schema of the configuration file are generated from the tables that the program reads its
 * arguments by: these tests compare them, and `npx vitest run tests/docs/command-line.test.ts -u` writes them anew.
 */
import { join } from "node:path";

import { Ajv2020 } from "ajv/dist/2020.js";
import { format } from "prettier";
import { expect, test } from "vitest";

import type { Command, OptionSpec } from "../../packages/tautline/src/cli/command.ts";
import { commands } from "../../packages/tautline/src/cli/commands/commands.ts";
import { serveSettings } from "../../packages/tautline/src/cli/serve/serve-settings.ts";
import { settingsSchema } from "../../packages/tautline/src/cli/settings/json-schema.ts";
import { valueFromJson } from "../../packages/tautline/src/cli/settings/reading.ts";
import type { Setting } from "../../packages/tautline/src/cli/settings/setting.ts";
import { variableOf } from "../../packages/tautline/src/cli/settings/setting.ts";
import { root } from "./documents.ts";

const settings: readonly (readonly [string, Setting])[] = Object.entries(serveSettings);

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

function optionRow([name, spec]: readonly [string, OptionSpec]): string {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  const value = spec.type === "string" ? ` <${spec.value ?? "value"}>` : "";
  const flag = `${short}--${spec.negated === true ? "no-" : ""}${name}${value}`;
  const repeat = spec.multiple === true ? " (may be repeated)" : "";
  return `| \`${flag.replaceAll("|", "\\|")}\` | ${cell(spec.text)}${repeat} |`;
}

function section(command: Command): string {
  const usage = ["tautline", command.name, command.operands, "[options]"].filter(Boolean).join(" ");
  const examples = command.examples.map(([line, meaning]) => `# ${meaning}\n${line}`);
  const codes = command.exitCodes.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`);
  const options = Object.entries(command.options).map(optionRow);
  return [
    `## tautline ${command.name}`,
    `${command.summary}.`,
    `\`\`\`sh\n${usage}\n\n${examples.join("\n\n")}\n\`\`\``,
    ["| option | what it does |", "| --- | --- |", ...options].join("\n"),
    ["| exit code | when |", "| --- | --- |", ...codes].join("\n"),
  ].join("\n\n");
}

function page(): string {
  const rows = settings.map(([key, setting]) => {
    return `| \`${key}\` | \`${variableOf(key, setting)}\` | ${setting.secret === true ? "yes" : ""} |`;
  });
  return [
    "# The command line",
    "Generated from the code. Where `tautline` is not on your path, it is `npx tautline`. Every command takes `--help`, and ends with 2 " +
      "for a wrong command line. Colours are for terminals alone; `NO_COLOR` turns them off.",
    ...commands.map(section),
    "## Configuration of tautline serve",
    "A flag comes before a variable, a variable before the file that `--config` names, the file before the default; " +
      "`tautline serve --print-config` shows what holds, and who said so. The file is JSON and has a " +
      "[schema](config.schema.json), which is in the package too: begin the file with " +
      '`"$schema": "./node_modules/tautline/config.schema.json"`. Names of files in it are meant from where it is. Secrets have no ' +
      "flags, because every program on a machine can read arguments.",
    ["| key in the file | variable | secret |", "| --- | --- | --- |", ...rows].join("\n"),
  ].join("\n\n");
}

test("the page about the command line says what the code says", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot(join(root, "docs/reference/command-line.md"));
});

const schema = settingsSchema(serveSettings, "Configuration of tautline serve");

test.each(["docs/reference/config.schema.json", "packages/tautline/config.schema.json"])(
  "the schema in %s says what the code says",
  async (file) => {
    const text = await format(JSON.stringify(schema), { parser: "json" });
    await expect(text).toMatchFileSnapshot(join(root, file));
  },
);

/** Values that some setting takes and others do not. */
const values: readonly unknown[] = [
  [0, 1, 8080, 65_536, 0.5, 61, -1, 1e9, "", "a", "8080", "true", "json", "info", "none", null],
  [true, false, [], ["a"], ["a", ""], [1], {}],
  [{ connect: "http://localhost/" }, { connect: "" }, { conect: "a" }, { connect: 1 }],
].flat(1);

function isRead(setting: Setting, value: unknown): boolean {
  try {
    valueFromJson(setting, "it", value);
    return true;
  } catch {
    return false;
  }
}

test.each(settings)("the schema takes for %s what the program takes", (key, setting) => {
  const isValid = new Ajv2020({ strict: true }).compile(schema);
  const taken = values.filter((value) => isValid({ [key]: value }));
  expect(taken).toEqual(values.filter((value) => isRead(setting, value)));
  expect(taken).not.toEqual([]);
});

test.each(commands)(
  "$name has an example, an exit code for each end, and a text for each flag",
  (command) => {
    expect(command.examples).not.toEqual([]);
    expect(command.examples.every(([line]) => line.includes(`tautline ${command.name}`))).toBe(
      true,
    );
    expect(command.exitCodes.map(([code]) => code)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(Object.values(command.options).filter(({ text }) => text === "")).toEqual([]);
  },
);

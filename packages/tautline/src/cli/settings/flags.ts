/** The flags of a table of settings, as the parser and the help of commands take them. */
import type { OptionSpec } from "../command.ts";
import type { Setting, SettingTable } from "./setting.ts";
import { flagOf, variableOf } from "./setting.ts";

/** Every setting that is no secret, by its flag. */
export function flagsOf(table: SettingTable): Record<string, OptionSpec> {
  const open = Object.entries(table).filter(([, setting]) => setting.secret !== true);
  return Object.fromEntries(open.map(([key, setting]) => [flagOf(key), flagSpec(key, setting)]));
}

function flagSpec(key: string, setting: Setting): OptionSpec {
  const { kind, short, value } = setting;
  const negated = kind === "switch" && setting.default === true;
  const words = negated ? `do not ${setting.text}` : setting.text;
  const text = `${words} (${variableOf(key, setting)}${fallback(setting)})`;
  const base = { text, ...(short !== undefined && { short }) };
  if (kind === "switch") return { ...base, type: "boolean", negated };
  const multiple = kind === "list" || kind === "pairs";
  return { ...base, type: "string", multiple, value: placeholder(setting) ?? value ?? "number" };
}

function placeholder(setting: Setting): string | undefined {
  if (setting.kind === "choice") return setting.of.join("|");
  if (setting.kind === "seconds") return "seconds";
  return setting.kind === "pairs" ? `name=${setting.value ?? "value"}` : undefined;
}

/** As in `, or 8080`. */
function fallback(setting: Setting): string {
  if (setting.otherwise !== undefined) return `, or ${setting.otherwise}`;
  if (!("default" in setting) || setting.default === undefined) return "";
  if (setting.kind === "switch") return "";
  return `, or ${setting.default}`;
}

/**
 * A paragraph of the help about what has no flag; nothing when everything has one.
 *
 * @param fromFile whether the command reads a configuration file
 */
export function secretsNote(table: SettingTable, fromFile = false): readonly string[] {
  const secrets = Object.entries(table).filter(([, setting]) => setting.secret === true);
  if (secrets.length === 0) return [];
  const rows = secrets.map(([key, setting]) => {
    return `  ${variableOf(key, setting)}${fromFile ? ` (${key})` : ""}: ${setting.text}`;
  });
  const places = fromFile ? "variables\n(and keys of the configuration file)" : "variables";
  return [
    `Secrets are no flags, because every program on a machine can read those. Beside the files above there are ${places}:\n${rows.join("\n")}`,
  ];
}

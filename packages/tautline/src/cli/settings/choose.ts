/** Which value holds: a flag's before a variable's, that before a configuration file's, and that before the default. */
import type { ConfigFile } from "./config-file.ts";
import { valueFromText, valueFromTexts } from "./reading.ts";
import type { Choice, Choices, Setting, SettingTable, SettingValue } from "./setting.ts";
import { flagOf, variableOf } from "./setting.ts";

export interface Sources {
  /** The flags that were given, by name, as the parser has them. */
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigFile | undefined;
}

/** @throws UsageMistake for a value that is none, by the name that it was given */
export function choose<Table extends SettingTable>(table: Table, sources: Sources): Choices<Table> {
  const entries = Object.entries<Setting>(table).map(
    ([key, setting]) => [key, choiceOf(key, setting, sources)] as const,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was read as its setting says
  return Object.fromEntries(entries) as Choices<Table>;
}

function choiceOf(key: string, setting: Setting, sources: Sources): Choice | undefined {
  const { flags, env, file } = sources;
  const flag = setting.secret === true ? undefined : flags[flagOf(key)];
  if (flag !== undefined) return fromFlag(setting, `--${flagOf(key)}`, flag);
  const variable = variableOf(key, setting);
  const text = env[variable];
  // A variable that is empty says nothing: many systems cannot take one away.
  if (text !== undefined && text !== "") {
    return { value: valueFromText(setting, variable, text), source: "variable", name: variable };
  }
  const value = file?.values.get(key);
  if (file !== undefined && value !== undefined) {
    return { value, source: "file", name: `${key} in ${file.file}` };
  }
  const standard: SettingValue | undefined = "default" in setting ? setting.default : undefined;
  return standard === undefined
    ? undefined
    : { value: standard, source: "default", name: `--${flagOf(key)}` };
}

function fromFlag(
  setting: Setting,
  name: string,
  flag: string | boolean | readonly string[],
): Choice {
  const source = "flag";
  if (typeof flag === "boolean") return { value: flag, source, name };
  const value =
    typeof flag === "string"
      ? valueFromText(setting, name, flag)
      : valueFromTexts(setting, name, flag);
  return { value, source, name };
}

/** How a value is read from a text, as flags and variables have it, and from JSON, as configuration files do. */
import { UsageMistake } from "../command.ts";
import type { PairsSetting, Setting, SettingValue } from "./setting.ts";
import { allowed } from "./setting.ts";

const wholeGrammar = /^\d{1,15}$/u;
const secondsGrammar = /^\d{1,7}(\.\d{1,3})?$/u;

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["on", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["off", false],
  ["no", false],
]);

/**
 * Reads a flag's value or a variable's.
 *
 * @throws UsageMistake that says what `name` takes; of a secret it repeats nothing
 */
export function valueFromText(setting: Setting, name: string, text: string): SettingValue {
  const value = textRead(setting, text);
  if (value === undefined) throw mistake(setting, name, text);
  return value;
}

function textRead(setting: Setting, text: string): SettingValue | undefined {
  switch (setting.kind) {
    case "whole":
      return wholeGrammar.test(text) ? inRange(Number(text), setting) : undefined;
    case "seconds":
      return secondsGrammar.test(text) ? inRange(Number(text), setting) : undefined;
    case "switch":
      return switchWords.get(text.toLowerCase());
    case "choice":
      return setting.of.includes(text) ? text : undefined;
    case "list":
      return some(text.split(/\s+/u).filter((part) => part !== ""));
    case "pairs":
      return pairsRead(setting, text.split(/\s+/u));
    case "text":
    default:
      return text === "" ? undefined : text;
  }
}

/** Reads the values of a flag that was repeated. @throws UsageMistake as `valueFromText` does */
export function valueFromTexts(
  setting: Setting,
  name: string,
  texts: readonly string[],
): SettingValue {
  if (setting.kind === "pairs") {
    const pairs = pairsRead(setting, texts);
    if (pairs === undefined) throw mistake(setting, name, texts.join(" "));
    return pairs;
  }
  const empty = texts.find((text) => text === "");
  if (empty !== undefined) throw mistake(setting, name, empty);
  return texts;
}

/**
 * Reads a value of a configuration file.
 *
 * @throws UsageMistake that says what `name` takes; of a secret it repeats nothing
 */
export function valueFromJson(setting: Setting, name: string, json: unknown): SettingValue {
  const value = jsonRead(setting, json);
  if (value === undefined) throw mistake(setting, name, JSON.stringify(json) ?? "nothing");
  return value;
}

function jsonRead(setting: Setting, json: unknown): SettingValue | undefined {
  switch (setting.kind) {
    case "whole":
      return Number.isInteger(json) ? inRange(Number(json), setting) : undefined;
    case "seconds":
      return typeof json === "number" ? inRange(json, setting) : undefined;
    case "switch":
      return typeof json === "boolean" ? json : undefined;
    case "choice":
      return setting.of.find((word) => word === json);
    case "list":
      return textsRead(typeof json === "string" ? [json] : json);
    case "pairs":
      return objectRead(setting, json);
    case "text":
    default:
      return typeof json === "string" && json !== "" ? json : undefined;
  }
}

function inRange(
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  return value >= least && value <= most ? value : undefined;
}

function some(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts;
}

function textsRead(json: unknown): readonly string[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const texts = json.filter((one: unknown) => typeof one === "string" && one !== "");
  return texts.length === json.length ? texts : undefined;
}

function pairsRead(
  setting: PairsSetting,
  texts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const pairs = texts.map((text) => {
    const [name = "", ...rest] = text.split("=");
    return [name, rest.join("=")] as const;
  });
  return pairsIn(setting, pairs);
}

function objectRead(
  setting: PairsSetting,
  json: unknown,
): Readonly<Record<string, string>> | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const pairs = Object.entries(json).map(([name, value]: [string, unknown]) => {
    return [name, typeof value === "string" ? value : ""] as const;
  });
  return pairsIn(setting, pairs);
}

function pairsIn(
  { names }: PairsSetting,
  pairs: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> | undefined {
  const good = pairs.every(([name, value]) => names.includes(name) && value !== "");
  return good && pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function mistake(setting: Setting, name: string, said: string): UsageMistake {
  const not = setting.secret === true ? "" : `, not '${said}'`;
  return new UsageMistake(`${name} takes ${allowed(setting)}${not}`);
}

/** A configuration file: JSON, held to a table of settings. What is wrong is told by file, key, and what would be right. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { UsageMistake } from "../command.ts";
import { nearest } from "./nearest.ts";
import { valueFromJson } from "./reading.ts";
import type { Setting, SettingTable, SettingValue } from "./setting.ts";

/** Where editors find the schema; every file may say it. */
const schemaKey = "$schema";

/** What a configuration file says. */
export interface ConfigFile {
  readonly file: string;
  readonly values: ReadonlyMap<string, SettingValue>;
}

/** @throws UsageMistake when it cannot be read, is no JSON object, or has a key or a value that is none */
export async function readConfigFile(table: SettingTable, file: string): Promise<ConfigFile> {
  const json = parsed(file, await textOf(file));
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new UsageMistake(`${file} is no JSON object, as in {"port": 8080}`);
  }
  const values = new Map<string, SettingValue>();
  for (const [key, value] of Object.entries(json)) {
    if (key === schemaKey) continue;
    const setting = Object.hasOwn(table, key) ? table[key] : undefined;
    if (setting === undefined) throw unknownKey(table, file, key);
    const read = valueFromJson(setting, `${key} in ${file}`, value);
    values.set(key, found(setting, file, read));
  }
  return { file, values };
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/u, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new UsageMistake(`--config cannot read '${file}' (${code})`);
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageMistake(`${file} is no JSON${place(text, error)}`);
  }
}

/** Where the mistake is. The parser's own words may quote the file, and with it a secret. */
function place(text: string, error: unknown): string {
  const position = /at position (\d+)/u.exec(error instanceof Error ? error.message : "")?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return `: look at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

function unknownKey(table: SettingTable, file: string, key: string): UsageMistake {
  const near = nearest(key, Object.keys(table));
  const advice =
    near === undefined ? `It may have: ${Object.keys(table).join(", ")}` : `Is it '${near}'?`;
  return new UsageMistake(`${file} has a key '${key}' that means nothing. ${advice}`);
}

/** A path is meant from where the file is, which does not change with where the program is started. */
function found(setting: Setting, file: string, value: SettingValue): SettingValue {
  if (!("path" in setting && setting.path)) return value;
  const from = dirname(resolve(file));
  if (typeof value === "string") return resolve(from, value);
  return Array.isArray(value) ? value.map((one) => resolve(from, String(one))) : value;
}

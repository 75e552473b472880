/** What `--print-config` prints: every setting with its value and where that comes from. No secret is shown. */
import { maskText, withoutPassword } from "../log/mask.ts";
import type { Choice, Setting, SettingTable } from "./setting.ts";

/** A line for each setting. The column of values is JSON, as a configuration file has it. */
export function printedSettings(
  table: SettingTable,
  choices: Readonly<Record<string, Choice | undefined>>,
): string {
  const rows = Object.entries(table).map(
    ([key, setting]) =>
      [key, shown(setting, choices[key]), sourceOf(setting, choices[key])] as const,
  );
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map(([key, value, source]) => {
    return `${key.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${source}`;
  });
  return `${lines.join("\n")}\n`;
}

function shown(setting: Setting, choice: Choice | undefined): string {
  if (choice === undefined) return "-";
  if (setting.secret === true) {
    const count = Array.isArray(choice.value) ? choice.value.length : 1;
    return Array.from({ length: count }, () => maskText).join(" ");
  }
  return JSON.stringify(choice.value, (_, value: unknown) => {
    return typeof value === "string" ? withoutPassword(value) : value;
  });
}

function sourceOf(setting: Setting, choice: Choice | undefined): string {
  if (choice === undefined) return setting.otherwise ?? "not set";
  return choice.source === "default" ? "default" : choice.name;
}

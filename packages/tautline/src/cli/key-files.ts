/** Files that hold a key or a secret each. No message repeats what is in them. */
import { readFile } from "node:fs/promises";

import { UsageMistake } from "./command.ts";
import type { Choice } from "./settings/setting.ts";

/**
 * The files' texts, without the end of the line that editors put there.
 *
 * @throws UsageMistake that names the file which cannot be read, and who named it
 */
export function keyTexts(files: Choice<readonly string[]> | undefined): Promise<string[]> {
  if (files === undefined) return Promise.resolve([]);
  return Promise.all(files.value.map((file) => keyText(file, files.name)));
}

/** The same of one file. @throws UsageMistake as `keyTexts` does */
export function keyTextIn({ value, name }: Choice<string>): Promise<string> {
  return keyText(value, name);
}

/** @throws UsageMistake as `keyTexts` does */
async function keyText(file: string, name: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/u, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new UsageMistake(`${name} cannot read '${file}' (${code})`);
  }
}

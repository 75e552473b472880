/**
 * A folder of its own for a test that runs a real tool over files it makes up: below .cache where the tool has to find
 * node_modules, or among the system's temporary files where the repository's ignore rules must not reach.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

export const root: string = fileURLToPath(new URL("../", import.meta.url));

/** Writes the files given by relative path and returns the folder, which goes away with the test. */
export function scratch(
  files: Readonly<Record<string, string>>,
  below: string = join(root, ".cache"),
): string {
  mkdirSync(below, { recursive: true });
  const folder = mkdtempSync(join(below, "tautline-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const absolute = join(folder, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  }
  return folder;
}

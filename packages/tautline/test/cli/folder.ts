/** A directory of a test's own, gone with the test. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** Makes the files, and gives the path of the directory. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tautline-cli-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const written = Object.entries(files).map(([name, text]) =>
    writeFile(join(directory, name), text),
  );
  await Promise.all(written);
  return directory;
}

/** Makes one file, and gives its path. */
export async function fileWith(text: string, name = "key"): Promise<string> {
  return join(await folderWith({ [name]: text }), name);
}

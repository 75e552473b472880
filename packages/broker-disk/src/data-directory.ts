/**
 * The directory that a server is given for its data: whose it is, and in which format. A file at its top says both, so
 * that neither a wrong path nor another version's data is written to. It knows nothing of what the store keeps below.
 */

import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { DataDirectoryError } from "./data-directory-error.ts";

/** Counts up whenever older versions cannot read what newer ones write. */
const format = 1;

const label = "tautline.json";

/** Below it, the store has a directory to itself. */
const storeName = "history";

/** What a store has besides names, locks and logs of its own doings once anything was written to it. */
const storeData = /^CURRENT$|\.(?:ldb|sst|log)$/u;

export interface DataDirectory {
  /** Where the store is. */
  readonly store: string;
  /** Whether the store has yet to be made. What was one is never made anew: that would throw away what is left of it. */
  readonly isNew: boolean;
}

/**
 * Makes the directory ours, or finds that it is.
 *
 * @throws DataDirectoryError when it is not
 */
export async function claimDirectory(path: string): Promise<DataDirectory> {
  try {
    await mkdir(path, { recursive: true });
    const names = await readdir(path);
    if (names.includes(label)) await checkLabel(path);
    else if (names.every((name) => name === "lost+found" || name === labelDraft)) {
      await writeLabel(path);
    } else {
      const message = `${path} holds something else. Give an empty directory, or one that is not there yet`;
      throw new DataDirectoryError("DATA_DIR_FOREIGN", message);
    }
    const store = join(path, storeName);
    await mkdir(store, { recursive: true });
    return { store, isNew: !(await readdir(store)).some((name) => storeData.test(name)) };
  } catch (cause) {
    if (cause instanceof DataDirectoryError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataDirectoryError("DATA_DIR_UNUSABLE", `${path} cannot be used: ${reason}`, {
      cause,
    });
  }
}

async function checkLabel(path: string): Promise<void> {
  const found = formatIn(await readFile(join(path, label), "utf8"));
  if (found === format) return;
  if (found === undefined) {
    const message = `${join(path, label)} is damaged. The directory cannot be used as it is`;
    throw new DataDirectoryError("DATA_DIR_DAMAGED", message);
  }
  const message = `${path} is in format ${found}, and this version of Tautline knows format ${format}`;
  throw new DataDirectoryError("DATA_DIR_FORMAT", message);
}

function formatIn(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("format" in value)) return undefined;
    return typeof value.format === "number" ? value.format : undefined;
  } catch {
    return undefined;
  }
}

const labelDraft = `${label}.new`;

/** Half a label is never seen: it is written beside its place and moved there. */
async function writeLabel(path: string): Promise<void> {
  const draft = join(path, labelDraft);
  const file = await open(draft, "w");
  try {
    await file.writeFile(`${JSON.stringify({ format })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(path, label));
}

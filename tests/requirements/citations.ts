/**
 * Finds which requirements the tests cite. A citation is an id written out anywhere in a test file or in a vector
 * table next to one; this folder, where the ids are defined, does not count.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const here = join("tests", "requirements") + sep;
// "RFC6455-5.2-3": loose on purpose, so that an id with a slip in it is reported and not passed over.
const citation = /\bRFC\d{3,5}-[0-9A-Za-z.]+(?:-[0-9A-Za-z]+)*/g;

/** Every cited id with the files that cite it, as paths from the root of the repository. */
export function citations(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of testSources()) {
    const text = readFileSync(join(root, file), "utf8");
    for (const id of new Set(text.match(citation))) {
      found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

function testSources(): string[] {
  const packages = readdirSync(join(root, "packages")).map((name) =>
    join("packages", name, "test"),
  );
  return ["tests", ...packages].flatMap(sourcesUnder).filter((file) => !file.startsWith(here));
}

function sourcesUnder(folder: string): string[] {
  const start = join(root, folder);
  return readdirOrNothing(start)
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|json)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes(`node_modules${sep}`));
}

function readdirOrNothing(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    // A package without tests of its own has no such folder.
    return [];
  }
}

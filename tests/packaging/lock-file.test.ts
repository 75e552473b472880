/**
 * The lock files are whole: `npm ci` on any system finds every package that another one asks for. A registry that lacks
 * the builds of a tool for other systems leaves them out without a word when the lock is written, and then a clean
 * clone cannot be installed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { root } from "./tarballs.ts";

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly link?: boolean;
}

type Entries = Readonly<Record<string, Entry>>;

/** Whether Node.js would find `name` from the package at `path`. */
function resolves(packages: Entries, path: string, name: string): boolean {
  for (let from = path; ; from = from.replace(/(^|\/)[^/]*$/, "")) {
    const here = from === "" ? `node_modules/${name}` : `${from}/node_modules/${name}`;
    if (packages[here] !== undefined) return true;
    if (from === "") return false;
  }
}

test.each(["package-lock.json", join("bench", "package-lock.json")])(
  "%s has an entry for every dependency on every system",
  (path) => {
    const { packages } = JSON.parse(readFileSync(join(root, path), "utf8")) as {
      packages: Entries;
    };
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys({
        ...entry.dependencies,
        ...entry.devDependencies,
        ...entry.optionalDependencies,
      })
        .filter((name) => !resolves(packages, path, name))
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  },
);

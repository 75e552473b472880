/** Programs in C, compiled when first asked for and whenever their sources change. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "./children.ts";
import { cacheFolder } from "./folders.ts";

export type Built = { readonly path: string } | { readonly problem: string };

/** All C files of a folder. */
export function sourcesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.[ch]$/u.test(name));
  return names.sort().map((name) => join(folder, name));
}

/**
 * The path of the program made from `sources`, or why there is none. The environment's `CC` names the compiler.
 *
 * @param libraries as the linker wants them: `-lz`
 */
export async function buildProgram(
  name: string,
  sources: readonly string[],
  libraries: readonly string[] = [],
): Promise<Built> {
  const compiler = process.env["CC"] ?? "cc";
  const hash = createHash("sha256").update(compiler);
  for (const source of sources) hash.update(`\0${source}\0`).update(readFileSync(source));
  const path = join(cacheFolder, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(path)) return { path };
  mkdirSync(cacheFolder, { recursive: true });
  const made = `${path}.${process.pid}`;
  const files = sources.filter((source) => source.endsWith(".c"));
  try {
    const args = ["-O2", "-o", made, ...files, ...libraries];
    const { code, errors } = await runToEnd({ command: compiler, args });
    if (code !== 0) return { problem: `${compiler} failed: ${errorIn(errors)}` };
  } catch {
    return { problem: `there is no C compiler (${compiler})` };
  }
  renameSync(made, path);
  return { path };
}

function errorIn(errors: string): string {
  const lines = errors.trim().split("\n");
  return lines.find((line) => line.includes("error")) ?? lines[0] ?? "no message";
}

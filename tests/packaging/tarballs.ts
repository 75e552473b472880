/**
 * The packages as npm would publish them: built, packed, and installed from the tarballs alone into a project of its
 * own, far from the workspace, so that nothing is found by accident.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

export const root: string = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly private?: boolean;
}

/** The manifests of the packages that are published, by the name of their folder. */
export const published: ReadonlyMap<string, Manifest> = new Map(
  readdirSync(join(root, "packages"))
    .map((folder): [string, Manifest] => [folder, readManifest(folder)])
    .filter(([, manifest]) => manifest.private !== true),
);

function readManifest(folder: string): Manifest {
  return JSON.parse(
    readFileSync(join(root, "packages", folder, "package.json"), "utf8"),
  ) as Manifest;
}

export interface Tarball {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Runs a program to its end and returns what it printed; what it complained about is in the error's message. */
export async function output(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  try {
    const windows = process.platform === "win32";
    const options = { cwd, maxBuffer: 64 * 1024 * 1024, shell: windows && command === "npm" };
    return (await execute(command, [...args], options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** A folder outside of the repository with the packages packed, and `project` with them installed. */
export class Shipment {
  readonly folder: string = mkdtempSync(join(tmpdir(), "tautline-packaging-"));
  readonly project: string = join(this.folder, "project");
  tarballs: readonly Tarball[] = [];

  async prepare(): Promise<void> {
    await output(process.execPath, [join(root, "scripts", "build.mjs")], root);
    const names = [...published.values()].flatMap(({ name }) => ["--workspace", name]);
    const pack = ["pack", "--json", "--pack-destination", this.folder, ...names];
    this.tarballs = JSON.parse(await output("npm", pack, root)) as Tarball[];

    const dependencies = Object.fromEntries(
      this.tarballs.map(({ name, filename }) => [name, `file:../${filename}`]),
    );
    mkdirSync(this.project);
    this.write("package.json", JSON.stringify({ private: true, type: "module", dependencies }));
    await output("npm", ["install", "--offline", "--no-audit", "--no-fund"], this.project);
  }

  /** Writes a file into the project. */
  write(path: string, text: string): string {
    const absolute = join(this.project, path);
    writeFileSync(absolute, text);
    return absolute;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

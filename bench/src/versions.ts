/** Versions of what was measured. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder, root } from "./folders.ts";
import { uwsFolder } from "./peers.ts";
import type { Runner } from "./run.ts";

/** Where the package of a peer is, for those that are one. */
const packageFolders: Readonly<Record<string, string>> = {
  ws: join(root, "node_modules", "ws"),
  tautline: join(root, "packages", "node"),
  "tautline-ws": join(root, "packages", "ws"),
  hub: join(root, "packages", "hub"),
  websocket: join(benchFolder, "node_modules", "websocket"),
  uws: uwsFolder,
  bun: join(benchFolder, "node_modules", "bun"),
  deno: join(benchFolder, "node_modules", "deno"),
};

export function findVersions(runners: readonly Runner[]): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node };
  for (const { peer } of runners) {
    const folder = packageFolders[peer.name];
    const manifest = folder === undefined ? undefined : join(folder, "package.json");
    if (manifest === undefined || !existsSync(manifest)) continue;
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    versions[peer.name] = version;
  }
  return versions;
}

// Finds a Redis server for the tests, which start it themselves, and installs one where that is ours to do.

import { installPackage, isDebian, onPath } from "./debian.mjs";

const names = ["redis-server", "valkey-server"];
const variable = "REDIS_SERVER_PATH";

/** `{ path }`, or `{ problem }`: a sentence with what to install. */
export async function ensureRedis() {
  const found = findRedis();
  if (found !== undefined) return { path: found };
  if (!isDebian()) return { problem: `No Redis server was found. ${advice()}` };
  const problem = await installPackage("redis-server");
  const installed = findRedis();
  if (installed !== undefined) return { path: installed };
  return { problem: `No Redis server was found. ${problem ?? advice()}` };
}

function findRedis(env = process.env) {
  return env[variable] || onPath(names)[0];
}

function advice() {
  const how =
    process.platform === "darwin"
      ? "Run: brew install redis"
      : "Install the package redis of your distribution";
  return `${how}, or set ${variable} to the executable of redis-server.`;
}

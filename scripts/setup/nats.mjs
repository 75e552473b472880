// Finds a NATS server for the tests, which start it themselves, and installs one where that is ours to do.

import { installPackage, isDebian, onPath } from "./debian.mjs";

const names = ["nats-server"];
const variable = "NATS_SERVER_PATH";

/** `{ path }`, or `{ problem }`: a sentence with what to install. */
export async function ensureNats() {
  const found = findNats();
  if (found !== undefined) return { path: found };
  if (!isDebian()) return { problem: `No NATS server was found. ${advice()}` };
  const problem = await installPackage("nats-server");
  const installed = findNats();
  if (installed !== undefined) return { path: installed };
  return { problem: `No NATS server was found. ${problem ?? advice()}` };
}

function findNats(env = process.env) {
  return env[variable] || onPath(names)[0];
}

function advice() {
  const how =
    process.platform === "darwin"
      ? "Run: brew install nats-server"
      : "Install the package nats-server of your distribution";
  return `${how}, or set ${variable} to the executable of nats-server.`;
}

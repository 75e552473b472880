// Finds the load balancers that the tests start with the files of deploy/, and installs them where that is ours to do.

import { isDebian, installPackage, onPath } from "./debian.mjs";

const names = ["nginx", "haproxy", "caddy"];

/** Debian keeps them where users' paths do not lead. */
const withSystem = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

/** `{ env }`, the variables that tell tests where they are, or `{ problem }`: a sentence with what to install. */
export async function ensureBalancers() {
  const env = {};
  for (const name of names) {
    const variable = `${name.toUpperCase()}_PATH`;
    const problem =
      find(name, variable) === undefined && isDebian() && (await installPackage(name));
    const path = find(name, variable);
    if (path === undefined) {
      return { problem: `${name} was not found. ${problem || advice(name, variable)}` };
    }
    env[variable] = path;
  }
  return { env };
}

function find(name, variable) {
  return process.env[variable] || onPath([name], withSystem)[0];
}

function advice(name, variable) {
  const how =
    process.platform === "darwin"
      ? `Run: brew install ${name}`
      : `Install the package ${name} of your distribution`;
  return `${how}, or set ${variable} to its executable.`;
}

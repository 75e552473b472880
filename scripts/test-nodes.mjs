// `npm run test:nodes`: the library's tests on every supported Node.js, each fetched from npm when it is not the one
// that runs this. Flags are majors or filters for Vitest: `npm run test:nodes -- 22 24 packages/node`.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { wasInterrupted } = await import("./setup/child.mjs");
const { ensureInstalled } = await import("./setup/install.mjs");
const { buildPage, compile } = await import("./setup/build.mjs");
const { supportedMajors } = await import("./setup/nodes.mjs");
const { testOnNodes } = await import("./steps/nodes.mjs");
const { printSummary } = await import("./steps/summary.mjs");

const majors = process.argv.slice(2).filter((text) => /^\d+$/u.test(text));
const filters = process.argv.slice(2).filter((text) => !/^\d+$/u.test(text));

async function main() {
  if (!(await ensureInstalled()) || !(await compile()) || !(await buildPage())) return false;
  const chosen = majors.length > 0 ? majors.map(Number) : supportedMajors;
  return printSummary(await testOnNodes(chosen, { filters })) && !wasInterrupted();
}

if (!(await main())) process.exitCode = process.exitCode || 1;

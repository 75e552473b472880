// The steps of `npm test` in their order. Each is one noun with one function; none depends on another's success, so
// that a single run shows everything there is to mend.

import { availableParallelism } from "node:os";

import { buildDocs, buildPage, compile } from "../setup/build.mjs";
import { run } from "../setup/child.mjs";
import { supportedMajors } from "../setup/nodes.mjs";
import { packages, root, tool } from "../setup/workspace.mjs";
import { testCompatibility } from "./compat.mjs";
import { onNode, testOnNodes } from "./nodes.mjs";
import { oneCheck, sum } from "./outcome.mjs";
import { runTests } from "./tests.mjs";

const timeLimitMs = 5 * 60_000;

/** Name, what it does, whether it needs a browser, a Redis or NATS server, load balancers or WebSocket servers of others, and the function that does it, given the environment for tests. */
export const steps = [
  {
    name: "format",
    title: "Prettier finds nothing to change",
    run: () => check("prettier", ["--check", "--log-level", "warn", "."]),
  },
  {
    name: "lint",
    title: "oxlint, with types, and the layer rules",
    run: () => check("oxlint", ["--type-aware"]),
  },
  {
    name: "types",
    title: "the compiler accepts and builds everything, the page and the documentation included",
    run: async () => oneCheck((await compile()) && (await buildPage()) && (await buildDocs())),
  },
  {
    name: "knip",
    title: "no unused file, export or dependency",
    run: () => check("knip", ["--no-progress"]),
  },
  { name: "publint", title: "the packages can be published as they are", run: checkPackages },
  {
    name: "coverage",
    // Small, pure, and what everything stands on: their own tests reach every branch.
    title: "protocol and wire: every line and branch, from their own tests",
    run: testsOf("coverage", ["core"], "--coverage"),
  },
  {
    name: "unit",
    title: "the tests of the other packages",
    redis: true,
    nats: true,
    run: testsOf("unit", ["unit", "measuring"]),
  },
  {
    name: "integration",
    redis: true,
    balancers: true,
    foreign: true,
    nats: true,
    title: "tests/: packages together, requirements, layers, packaging, documents",
    run: testsOf("integration", ["integration", "workshop"]),
  },
  {
    name: "documented",
    title: "what goes over sockets again, by documented means of Node.js only",
    run: testsOf("documented", ["documented", "documented-measuring"]),
  },
  {
    name: "browser",
    title: "the page in a real browser",
    browser: true,
    // A browser is several processes itself: more files at a time take longer.
    run: testsOf("browser", ["browser"], `--maxWorkers=${availableParallelism()}`),
  },
  {
    name: "compat",
    title: "what depends on ws, with ws and with ours in its place",
    browser: true,
    run: testCompatibility,
  },
  {
    name: "nodes",
    title: "what stands on Node.js itself, at the far end of the supported versions",
    redis: true,
    nats: true,
    run: async ({ env }) =>
      sum((await testOnNodes([farEnd()], { env, filters: onNode })).map(({ outcome }) => outcome)),
  },
];

/** The newest supported major, or the oldest when this is the newest. `npm run test:nodes` has them all. */
function farEnd() {
  const newest = supportedMajors.at(-1);
  return process.versions.node.startsWith(`${newest}.`) ? supportedMajors[0] : newest;
}

/** The function of a step that runs these projects of vitest.config.ts. */
function testsOf(name, projects, ...flags) {
  const args = [...projects.flatMap((project) => ["--project", project]), ...flags];
  return ({ env }) => runTests({ name, env, args });
}

async function check(packageName, args) {
  const { code, reason } = await run(process.execPath, [tool(packageName), ...args], {
    cwd: root,
    timeLimitMs,
  });
  return oneCheck(code === 0, reason && `${packageName}: ${reason}`);
}

async function checkPackages() {
  const outcomes = [];
  for (const { folder, manifest } of packages()) {
    if (manifest.private) continue;
    console.log(`${manifest.name}:`);
    outcomes.push(await check("publint", ["run", folder, "--strict"]));
  }
  return sum(outcomes);
}

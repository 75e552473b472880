// The library's tests on other versions of Node.js. What only exercises the tools (lint rules, documents) is left
// out, and so is the browser, which is the same whatever runs the test. `npm test` leaves out more: what another
// Node.js could hardly change.

import { ensureNode } from "../setup/nodes.mjs";
import { wasInterrupted } from "../setup/child.mjs";
import { runTests } from "./tests.mjs";

const projects = [
  "core",
  "unit",
  "integration",
  "measuring",
  "documented",
  "documented-measuring",
].flatMap((name) => ["--project", name]);

/**
 * The packages themselves, and what joins them over sockets, streams, HTTP, WebSocket and processes of Node.js. The
 * others of tests/ put the same code behind other programs (brokers, load balancers, npm) or look at files alone.
 */
export const onNode = [
  "packages/",
  ...[
    "cli",
    "client-hub",
    "cluster",
    "conformance",
    "flow",
    "frameworks",
    "standard",
    "transports",
  ].map((name) => `tests/${name}/`),
];

/** Runs the tests on each major in turn. Returns one `{ name, outcome, ms }` per Node.js. */
export async function testOnNodes(majors, { filters = [], env } = {}) {
  const results = [];
  for (const major of majors) {
    if (wasInterrupted()) break;
    const started = performance.now();
    const { path, version, problem } = await ensureNode(major);
    if (path === undefined) {
      const outcome = { passed: 0, failed: 1, skipped: 0, notes: [problem] };
      results.push({ name: `node ${major}`, outcome, ms: performance.now() - started });
      continue;
    }
    console.log(`\n── tests on Node.js ${version} ──`);
    const name = `node-${major}`;
    const outcome = await runTests({
      name,
      args: [...projects, ...filters],
      env,
      node: path,
    });
    outcome.notes = outcome.notes.map((note) => `Node.js ${version}: ${note}`);
    results.push({ name: `node ${version}`, outcome, ms: performance.now() - started });
  }
  return results;
}

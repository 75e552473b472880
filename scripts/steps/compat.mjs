// The packages that everybody uses with ws, each run twice: with ws, as the control, and with ours in its place. A
// scenario does not know which; afterwards it is looked up which files were loaded, so that a copy of ws hidden in a
// package cannot pass for ours.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { wasInterrupted } from "../setup/child.mjs";
import { ensureCompatProjects, runIn } from "../setup/compat.mjs";
import { readJson, root } from "../setup/workspace.mjs";
import { oneCheck, sum } from "./outcome.mjs";

const timeLimitMs = 40_000;
const harness = join(root, "tests", "compat");

/** Runs the scenarios whose names contain one of `only`, or all of them. */
export async function testCompatibility({ env, only = [] }) {
  const { projects, problem } = await ensureCompatProjects();
  if (problem !== undefined) return oneCheck(false, problem);
  const scenarios = readdirSync(join(harness, "scenarios"))
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => name.replace(/\.test\.mjs$/u, ""))
    .filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
  const pairs = scenarios.flatMap((scenario) => projects.map((project) => ({ scenario, project })));
  const outcomes = await inParallel(pairs, (pair) => runScenario(pair, env));
  return sum([...projects.map(checkCopies), ...outcomes]);
}

/** A few at a time: they wait more than they work. */
async function inParallel(items, action) {
  const waiting = [...items];
  const results = [];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      if (wasInterrupted()) return;
      results.push(await action(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return results;
}

async function runScenario({ scenario, project }, env) {
  const started = performance.now();
  const results = join(project.folder, "results");
  mkdirSync(results, { recursive: true });
  const [report, loaded] = [".jsonl", ".loaded.json"].map((end) => join(results, scenario + end));
  for (const path of [report, loaded]) rmSync(path, { force: true });
  const { code, reason, output } = await runIn(
    project,
    process.execPath,
    [
      `--import=${pathToFileURL(join(harness, "loaded-copies.mjs")).href}`,
      `--test-reporter=${pathToFileURL(join(harness, "reporter.mjs")).href}`,
      `--test-reporter-destination=${report}`,
      join("scenarios", `${scenario}.test.mjs`),
    ],
    { env: { ...env, COMPAT_LOADED: loaded }, timeLimitMs },
  );
  const outcome = read({ report, loaded, scenario, project, code, reason });
  const ms = performance.now() - started;
  console.log(line({ scenario, project, outcome, ms }));
  if (outcome.failed > 0) console.log(outcome.details.join("\n"), output.trim());
  return outcome;
}

function line({ scenario, project, outcome, ms }) {
  const state = outcome.failed > 0 ? "FAILED" : outcome.passed > 0 ? "ok" : "skipped";
  const failed = outcome.failed > 0 ? `, ${outcome.failed} failed` : "";
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : "";
  return `${state.padEnd(8)}${scenario.padEnd(26)}${project.name.padEnd(14)}${outcome.passed} passed${failed}${skipped}, ${(ms / 1000).toFixed(1)} s`;
}

function read({ report, loaded, scenario, project, code, reason }) {
  const name = `${scenario} with ${project.name}`;
  const outcome = { passed: 0, failed: 0, skipped: 0, notes: [], details: [] };
  const lines = existsSync(report) ? readFileSync(report, "utf8").split("\n").filter(Boolean) : [];
  for (const { result, test, text } of lines.map((line) => JSON.parse(line))) {
    outcome[result] += 1;
    if (result !== "passed") outcome.notes.push(`${result}: ${name} > ${test}: ${text}`);
    if (result === "failed") outcome.details.push(`  ${test}\n${text}`);
  }
  const fail = (text) => {
    outcome.failed += 1;
    outcome.notes.push(`failed: ${name}: ${text}`);
    outcome.details.push(`  ${text}`);
  };
  if ((code !== 0 && outcome.failed === 0) || reason !== undefined) {
    fail(reason ?? `ended with code ${code}`);
  }
  // Nothing to look up when everything was left out, with a reason, on this Node.js.
  if (outcome.passed === 0 && outcome.failed === 0 && outcome.skipped > 0) return outcome;
  if (!existsSync(loaded)) fail("did not say which files it loaded");
  else for (const problem of strangers(readJson(loaded), project)) fail(problem);
  return outcome;
}

/** What was loaded of WebSocket implementations and should not have been, or was not and should. */
function strangers({ own, copies, expected }, project) {
  const modules = pathToFileURL(join(project.folder, "node_modules") + sep).href;
  const home = project.name === "ws" ? [`${modules}ws/lib/`] : [`${modules}@tautline/`];
  const allowed = [...home, ...expected.map((path) => modules + path)];
  const found = copies.filter((url) => !allowed.some((prefix) => url.startsWith(prefix)));
  return [
    ...found.map((url) => `loaded another WebSocket implementation: ${url}`),
    ...(own.some((url) => url.startsWith(`${modules}ws/`)) ? [] : ["did not load ws at all"]),
  ];
}

/** Every package of the project that asks for ws gets the one at the top, whose name says whose it is. */
function checkCopies(project) {
  const { packages } = readJson(join(project.folder, "node_modules", ".package-lock.json"));
  const copies = Object.keys(packages).filter((path) => /(?:^|\/)node_modules\/ws$/u.test(path));
  const { name } = readJson(join(project.folder, "node_modules", "ws", "package.json"));
  const right = copies.length === 1 && copies[0] === "node_modules/ws" && name === project.name;
  return oneCheck(
    right,
    !right && `copies of ws for ${project.name}: ${copies.join(", ")}, named ${name}`,
  );
}

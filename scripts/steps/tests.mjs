// One run of Vitest: its own live output on the terminal, and the counts from its JSON report. A run counts as failed
// also when no single test did, for example when a file could not be loaded or coverage is below its threshold.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

import { run } from "../setup/child.mjs";
import { cache, root, tool } from "../setup/workspace.mjs";

const timeLimitMs = 10 * 60_000;

/** `name` names the report; `args` go to `vitest run`; `node` is another Node.js to run it with. */
export async function runTests({ name, args, env, node = process.execPath }) {
  const report = join(cache, "reports", `${name}.json`);
  mkdirSync(join(cache, "reports"), { recursive: true });
  rmSync(report, { force: true });
  const command = [
    tool("vitest"),
    "run",
    "--allowOnly=false",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...args,
  ];
  const { code, reason } = await run(node, command, { cwd: root, env, timeLimitMs });
  if (!existsSync(report)) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      notes: [`${name}: ${reason ?? "Vitest made no report"}`],
    };
  }
  return countReport(name, JSON.parse(readFileSync(report, "utf8")), { code, reason });
}

function countReport(name, report, { code, reason }) {
  const outcome = { passed: 0, failed: 0, skipped: 0, notes: [] };
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    for (const test of file.assertionResults) {
      if (test.status === "passed") outcome.passed += 1;
      else if (test.status === "failed") {
        outcome.failed += 1;
        outcome.notes.push(`failed: ${path} > ${test.fullName}`);
      } else {
        outcome.skipped += 1;
        outcome.notes.push(`skipped: ${path} > ${test.fullName}`);
      }
    }
    if (
      file.status === "failed" &&
      file.assertionResults.every((test) => test.status !== "failed")
    ) {
      outcome.failed += 1;
      outcome.notes.push(`failed: ${path}: ${firstLine(file.message) || "could not be run"}`);
    }
  }
  if (code !== 0 && outcome.failed === 0) {
    outcome.failed = 1;
    const cause =
      outcome.passed === 0
        ? "no test was found"
        : "coverage below its threshold or an error outside of tests, see its output";
    outcome.notes.push(`failed: ${name}: ${reason ?? cause}`);
  }
  return outcome;
}

function firstLine(text = "") {
  return text.split("\n", 1)[0];
}

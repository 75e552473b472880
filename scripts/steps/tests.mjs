// One run of Vitest: its own live output on the terminal, and the counts from its JSON report. A run counts as failed
// also when no single test did, for example when a file could not be loaded or coverage is below its threshold.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { run } from "../setup/child.mjs";
import { cache, root, tool } from "../setup/workspace.mjs";

const timeLimitMs = 20 * 60_000;
/** Of the message of a failed test, in the summary. */
const notedLines = 12;

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
    const tests = (status) => file.assertionResults.filter((test) => test.status === status);
    const [passed, failed] = [tests("passed"), tests("failed")];
    outcome.passed += passed.length;
    outcome.failed += failed.length;
    outcome.skipped += file.assertionResults.length - passed.length - failed.length;
    outcome.notes.push(...failed.map((test) => failedNote(path, test)));
    outcome.notes.push(...skippedNotes(file).map((title) => `skipped: ${path} > ${title}`));
    if (file.status === "failed" && failed.length === 0) {
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

/** With what was expected and where: of a long log, often the end alone is kept. */
function failedNote(path, { fullName, failureMessages: [message = ""] }) {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !/\/node_modules\/|<anonymous>/u.test(line))
    .slice(0, notedLines);
  return [`failed: ${path} > ${fullName}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

const groupOf = (test) => test.ancestorTitles.join(" ");
const isRun = (test) => test.status === "passed" || test.status === "failed";

/** What was skipped, by title; a group of which nothing was run is one line. */
function skippedNotes({ assertionResults }) {
  const runGroups = new Set(assertionResults.filter(isRun).map(groupOf));
  const titles = [];
  const counts = new Map();
  for (const test of assertionResults.filter((each) => !isRun(each))) {
    const group = groupOf(test);
    if (group === "" || runGroups.has(group)) titles.push(test.fullName);
    else counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...titles, ...[...counts].map(([group, count]) => `${group} (all ${count})`)];
}

function firstLine(text = "") {
  return text.split("\n", 1)[0];
}

// `npm test`: does its own set-up (dependencies, a browser, servers of others), then everything that can tell good from bad, in order,
// going on after a failure; ends with a table and the counts.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { parseArgs } = await import("node:util");
const { wasInterrupted } = await import("./setup/child.mjs");
const { ensureBrowser } = await import("./setup/browser.mjs");
const { ensureBalancers } = await import("./setup/balancers.mjs");
const { ensureNats } = await import("./setup/nats.mjs");
const { ensureRedis } = await import("./setup/redis.mjs");
const { ensureInstalled, ensurePeersInstalled } = await import("./setup/install.mjs");
const { oneCheck } = await import("./steps/outcome.mjs");
const { steps } = await import("./steps/steps.mjs");
const { printSummary } = await import("./steps/summary.mjs");

const names = steps.map((step) => step.name);

/** What brokers are tested with, by the name under which a step asks for it. */
const servers = [
  {
    name: "redis",
    title: "a Redis server for the tests that need one",
    variable: "REDIS_SERVER_PATH",
    ensure: ensureRedis,
  },
  {
    name: "nats",
    title: "a NATS server for the tests that need one",
    variable: "NATS_SERVER_PATH",
    ensure: ensureNats,
  },
];

const help = `Usage: npm test [-- options]

Runs every check of the project. Installs dependencies when needed; on Debian as root a browser,
a Redis and a NATS server and load balancers too.

  --only a,b   run these steps alone
  --skip a,b   run all but these
  --help       this text

Steps:
${steps.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join("\n")}`;

function list(text = "") {
  return text.split(",").filter((name) => name !== "");
}

/** The steps asked for, or undefined after saying what is wrong with the request. */
function chosenSteps(values) {
  const only = list(values.only);
  const skip = list(values.skip);
  const unknown = [...only, ...skip].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(", ")}. The steps are ${names.join(", ")}.`);
    return undefined;
  }
  return steps.filter(
    ({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name),
  );
}

async function timed(name, title, action) {
  console.log(`\n── ${name}: ${title} ──`);
  const started = performance.now();
  let outcome;
  try {
    outcome = await action();
  } catch (error) {
    outcome = oneCheck(false, `${name}: ${error.stack}`);
  }
  return { name, outcome, ms: performance.now() - started };
}

/** Dependencies, a browser, the servers of `servers` and load balancers. Returns its results and the environment for tests. */
async function setUp(chosen) {
  const env = {};
  const results = [
    await timed("install", "node_modules is what package-lock.json says", async () =>
      oneCheck(await ensureInstalled()),
    ),
  ];
  if (chosen.some(({ foreign }) => foreign)) {
    results.push(
      await timed("foreign", "WebSocket servers of others, to be checked", async () =>
        oneCheck(await ensurePeersInstalled()),
      ),
    );
  }
  if (chosen.some(({ browser }) => browser)) {
    results.push(
      await timed("chromium", "a browser for the tests that need one", async () => {
        const { path, problem } = await ensureBrowser();
        if (path !== undefined) env.CHROMIUM_PATH = path;
        console.log(path ?? problem);
        return oneCheck(path !== undefined, problem);
      }),
    );
  }
  for (const { name, title, variable, ensure } of servers) {
    if (!chosen.some((step) => step[name])) continue;
    results.push(
      await timed(name, title, async () => {
        const { path, problem } = await ensure();
        if (path !== undefined) env[variable] = path;
        console.log(path ?? problem);
        return oneCheck(path !== undefined, problem);
      }),
    );
  }
  if (chosen.some(({ balancers }) => balancers)) {
    results.push(
      await timed("balancers", "load balancers for the tests that need them", async () => {
        const { env: places, problem } = await ensureBalancers();
        Object.assign(env, places);
        console.log(problem ?? Object.values(places).join("\n"));
        return oneCheck(problem === undefined, problem);
      }),
    );
  }
  return { env, results };
}

async function main() {
  let values;
  try {
    const text = { type: "string" };
    ({ values } = parseArgs({ options: { only: text, skip: text, help: { type: "boolean" } } }));
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    return false;
  }
  if (values.help) {
    console.log(help);
    return true;
  }
  const chosen = chosenSteps(values);
  if (chosen === undefined) return false;

  const { env, results } = await setUp(chosen);
  // Without dependencies no step can say anything.
  const runnable = results[0].outcome.failed === 0 ? chosen : [];
  for (const { name, title, run } of runnable) {
    if (wasInterrupted()) break;
    results.push(await timed(name, title, () => run({ env })));
  }
  return printSummary(results) && !wasInterrupted();
}

if (!(await main())) process.exitCode = process.exitCode || 1;

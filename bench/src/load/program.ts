/**
 * The load generator for machines without a C compiler: the same settings, phases and answer as the program in
 * `bench/generator`, on Node.js' sockets. It does everything the other does but is slower, and says how busy it was.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { LoadResult } from "../load-settings.ts";
import { Scenario } from "./scenario.ts";
import { readSettings } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { cpuSeconds, residentKib, usageOf } from "./usage.ts";
import type { Usage } from "./usage.ts";

const openingAtOnce = 64;
const openingLimit = 120;
const stallLimit = 8;
const drainLimit = 4;
const listeningMs = 30;
const collectingMs = 1000;

interface Outcome {
  stalled: boolean;
  lost: boolean;
}

const seconds = (): number => performance.now() / 1000;

/** Waits until something holds, at most so many seconds; false when it failed or took too long. */
async function until(scenario: Scenario, limit: number, holds: () => boolean): Promise<boolean> {
  const end = seconds() + limit;
  while (!holds()) {
    if (scenario.failures.length > 0 || seconds() > end) return false;
    await wait(1);
  }
  return true;
}

async function openAll(scenario: Scenario): Promise<boolean> {
  return until(scenario, openingLimit, () => {
    while (
      scenario.connections.length < scenario.connectionCount &&
      scenario.connections.length - scenario.openCount < openingAtOnce
    ) {
      scenario.openNext();
    }
    return scenario.openCount === scenario.connectionCount;
  });
}

/** Lets time pass, sends what is due, and watches for a server that has gone silent. */
async function pass(scenario: Scenario, settings: Settings, length: number): Promise<boolean> {
  const end = seconds() + length;
  let [bytes, heard] = [scenario.seen.bytes, seconds()];
  while (seconds() < end && scenario.failures.length === 0) {
    if (settings.rate > 0) scenario.sendDue();
    await (settings.rate > 0 ? new Promise(setImmediate) : wait(1));
    if (scenario.seen.bytes !== bytes) [bytes, heard] = [scenario.seen.bytes, seconds()];
    else if (seconds() - heard > stallLimit) return false;
  }
  return true;
}

/** On a machine that others use, time passes without the server getting any. */
async function warmUp(scenario: Scenario, settings: Settings): Promise<boolean> {
  const { pid, warmup, warmCpu } = settings;
  const enough = cpuSeconds(pid) + warmCpu;
  for (let turn = 0; turn < 4; turn += 1) {
    if (!(await pass(scenario, settings, warmup))) return false;
    if (cpuSeconds(pid) >= enough) break;
  }
  return true;
}

function resultOf(scenario: Scenario, usages: [Usage, Usage], outcome: Outcome): LoadResult {
  const [before, after] = usages;
  const span = (read: (usage: Usage) => number): number => read(after) - read(before);
  const time = span((usage) => usage.time);
  const server = span((usage) => usage.server);
  const [user, system] = [span((usage) => usage.serverUser), span((usage) => usage.serverSystem)];
  const own = span((usage) => usage.own);
  const count = scenario.messages + scenario.cycles;
  const perSecond = (value: number): number => (time > 0 ? value / time : 0);
  return {
    seconds: time,
    count,
    perSecond: perSecond(count),
    serverCpuUs: count > 0 ? (server * 1e6) / count : 0,
    serverUserShare: user + system > 0 ? user / (user + system) : 0,
    serverUtilization: perSecond(server),
    generatorWork: perSecond(own),
    othersCpu: perSecond(span((usage) => usage.machine) - server - own),
    stolen: perSecond(span((usage) => usage.stolen)),
    p50Us: scenario.latency.quantile(0.5),
    p99Us: scenario.latency.quantile(0.99),
    meanUs: scenario.latency.mean,
    maxUs: scenario.latency.most,
    rssBeforeKib: 0,
    rssOpenKib: 0,
    rssCollectedKib: -1,
    checked: scenario.checked,
    behind: scenario.behind,
    failures: scenario.failures.length,
    ...outcome,
    extension: scenario.seen.extension,
  };
}

async function runMessages(scenario: Scenario, settings: Settings): Promise<LoadResult> {
  const { mode, pid } = settings;
  const outcome = { stalled: false, lost: false };
  if (mode === "connect") {
    scenario.sending = true;
    for (let index = 0; index < settings.connections; index += 1) scenario.openNext();
  } else {
    outcome.stalled = !(await openAll(scenario)) && scenario.failures.length === 0;
  }
  if (!outcome.stalled) {
    scenario.startSending();
    outcome.stalled = !(await warmUp(scenario, settings));
  }
  const before = usageOf(pid);
  [scenario.messages, scenario.cycles, scenario.measuring] = [0, 0, true];
  if (!outcome.stalled) outcome.stalled = !(await pass(scenario, settings, settings.seconds));
  [scenario.measuring, scenario.sending] = [false, false];
  const after = usageOf(pid);
  const result = resultOf(scenario, [before, after], outcome);
  if (!outcome.stalled && scenario.failures.length === 0) {
    outcome.lost = !(await until(scenario, drainLimit, () => scenario.unanswered === 0));
    // What must not come would come now.
    await wait(listeningMs);
  }
  return { ...result, ...outcome, failures: scenario.failures.length };
}

async function collect({ pid, collect }: Settings): Promise<void> {
  if (collect === 1) process.kill(pid, "SIGUSR2");
  await wait(collectingMs);
}

async function runIdle(scenario: Scenario, settings: Settings): Promise<LoadResult> {
  const { pid, hold } = settings;
  await collect(settings);
  const rssBeforeKib = residentKib(pid);
  const opened = await openAll(scenario);
  const usage = usageOf(pid);
  await wait(hold * 1000);
  const answered = await until(scenario, drainLimit, () => scenario.unanswered === 0);
  const rssOpenKib = residentKib(pid);
  const usageAfter = usageOf(pid);
  await collect(settings);
  const outcome = { stalled: !opened, lost: !answered };
  const rssCollectedKib = settings.collect === 1 ? residentKib(pid) : -1;
  const result = resultOf(scenario, [usage, usageAfter], outcome);
  return { ...result, rssBeforeKib, rssOpenKib, rssCollectedKib };
}

const settings = readSettings(process.argv.slice(2));
const scenario = new Scenario(settings);
const result = await (settings.mode === "idle"
  ? runIdle(scenario, settings)
  : runMessages(scenario, settings));
if (scenario.failures.length > 0) console.error(scenario.failures.slice(0, 5).join("\n"));
const bad = result.failures > 0 || result.stalled || result.lost;
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(bad ? 2 : 0));

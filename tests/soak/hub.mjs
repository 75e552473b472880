/**
 * Thousands of clients do what clients do, for minutes: publish, call, read history, come, go, and lose their connections.
 * Every message is accounted for: each subscriber gets each one once and in order, and the server's memory stays flat.
 *
 *     npm run build && node tests/soak/hub.mjs [--clients 5000] [--seconds 240] [--rate 100] [--seed 1]
 *
 * Ends with 1 when a message is lost, doubled or out of order, or when memory grows.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { Ledger } from "./hub/ledger.mjs";
import { Player } from "./hub/player.mjs";

const MiB = 1024 * 1024;
const number = (value) => ({ type: "string", default: String(value) });
const { values } = parseArgs({
  options: { clients: number(5000), seconds: number(240), rate: number(100), seed: number(1) },
});
const [clients, seconds, rate, seed] = ["clients", "seconds", "rate", "seed"].map((name) =>
  Number(values[name]),
);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomNumbers(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const channelCount = Math.max(40, Math.ceil(clients / 50));
/** Of those who stay; a client may have 128. */
const channelsEach = 100;
const path = fileURLToPath(new URL("hub/server.mjs", import.meta.url));
const child = spawn(process.execPath, ["--expose-gc", path, String(channelCount)], {
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;

async function measure() {
  child.stdin.write("\n");
  return JSON.parse(await line());
}

/** Calls `look` again whenever a message arrives, until it returns true or time is over. */
let look = () => false;
function until(condition, timeoutMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    look = () => {
      if (!condition()) return;
      clearTimeout(timer);
      look = () => false;
      resolve(true);
    };
    look();
  });
}

const ledger = new Ledger();
const world = {
  url: `ws://127.0.0.1:${await line()}/connection/websocket`,
  channels: Array.from({ length: channelCount }, (_, index) => `soak:${index}`),
  random: randomNumbers(seed),
  ledger,
  done: {},
  progress: () => look(),
};
const players = Array.from({ length: clients }, (_, index) => new Player(`p${index}`, world));
/** They stay where they are. */
const stayers = Array.from(
  { length: Math.ceil(channelCount / channelsEach) },
  (_, index) => new Player(`s${index}`, world),
);

const say = (text) => console.log(text);
say(
  `${clients} clients in ${world.channels.length} channels, ${rate} actions/s for ${seconds} s, seed ${seed}`,
);
for (const [index, stayer] of stayers.entries()) {
  const first = index * channelsEach;
  await stayer.stay(world.channels.slice(first, first + channelsEach));
}
for (let first = 0; first < clients; first += 100) {
  await Promise.all(players.slice(first, first + 100).map((player) => player.begin()));
}

const samples = [];
const under = new Set();
const start = performance.now();
const elapsed = () => (performance.now() - start) / 1000;
let acts = 0;
let due = 0;
let counted = 0;
let nextSample = 0;
while (elapsed() < seconds) {
  // A machine that is too slow for the rate does less, instead of more and more at once.
  const now = elapsed();
  due = Math.min(due + (now - counted) * rate, rate / 10);
  counted = now;
  for (; due >= 1; due -= 1, acts += 1) {
    const acting = players[Math.floor(world.random() * clients)].act();
    under.add(acting);
    void acting.finally(() => under.delete(acting));
  }
  if (elapsed() >= nextSample) {
    nextSample += seconds / 24;
    const sample = await measure();
    samples.push(sample);
    say(
      `${elapsed().toFixed(0).padStart(5)} s  ${sample.clients} clients  ${acts} actions  ${ledger.delivered} delivered  ` +
        `${(sample.held / MiB).toFixed(1)} MiB held  ${(sample.rss / MiB).toFixed(1)} MiB resident  ${ledger.faults.length} faults`,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await Promise.all(under);

const ends = new Map();
for (const channel of world.channels) {
  ends.set(channel, (await players[0].rpc("position", { channel })).offset);
}
const behind = () =>
  [...players, ...stayers]
    .flatMap(({ entries }) => [...entries.values()])
    .filter(({ channel, last }) => last !== ends.get(channel));
// Whoever was cut last still has to come back.
if (!(await until(() => behind().length === 0, 60_000))) {
  for (const { name, channel, last } of behind()) {
    ledger.fault(`${name}: stands at ${last} of ${ends.get(channel)} in ${channel}`);
  }
}
const { published, doubtful } = ledger.close();
await Promise.all([...players, ...stayers].map((player) => player.end()));
let last = await measure();
// It takes the server a while to see five thousand connections end, and their sockets a little longer to be let go.
for (let before = Infinity, looks = 0; last.held < before - MiB && looks < 20; looks += 1) {
  before = last.held;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  last = await measure();
}
child.stdin.end();

/** The first quarter is for code to become warm, and is not compared. */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const quarter = (index) =>
  median(
    samples
      .slice((index * samples.length) / 4, ((index + 1) * samples.length) / 4)
      .map(({ held }) => held),
  );
const growth = quarter(3) / quarter(1) - 1;
// The heap itself wavers by a few MiB.
if (growth > 0.1 && quarter(3) - quarter(1) > 8 * MiB)
  ledger.fault(`memory has grown by ${(growth * 100).toFixed(0)} %`);

say(JSON.stringify(world.done));
say(
  `${published} messages, ${ledger.delivered} delivered, each once and in order; ${doubtful} whose acknowledgement was cut off; ` +
    `memory ${growth < 0 ? "" : "+"}${(growth * 100).toFixed(1)} % from the second to the last quarter, ` +
    `${(last.held / MiB).toFixed(1)} MiB held when all had gone`,
);
for (const fault of ledger.faults) console.error(`fault: ${fault}`);
process.exitCode = ledger.faults.length === 0 ? 0 : 1;

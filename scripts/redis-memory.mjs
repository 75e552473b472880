// `npm run redis-memory`: what channels, publications, members and idempotency keys take in the memory of a Redis. It starts
// one of its own, fills it through the broker, and divides what Redis says it uses. Settings of Redis may follow:
// `npm run redis-memory -- --stream-node-max-bytes 512`.

import { join } from "node:path";

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { spawn } = await import("node:child_process");
const { randomUUID } = await import("node:crypto");
const { mkdtempSync, rmSync } = await import("node:fs");
const { connect } = await import("node:net");
const { tmpdir } = await import("node:os");
const { ensureInstalled } = await import("./setup/install.mjs");
const { compile } = await import("./setup/build.mjs");
const { ensureRedis } = await import("./setup/redis.mjs");

/** So many of each, that what is there once does not count. */
const count = 10_000;
const perChannel = 100;
const dataBytes = 100;
/** Calls that are under way at once. */
const batch = 100;

const log = { size: perChannel, ttlMs: 3_600_000, metaTtlMs: 3_600_000 };
const data = "x".repeat(dataBytes);
const settings = process.argv.slice(2);

const clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};

/** What is put in, and how many of it. */
const rows = [
  {
    title: `channel with history and one publication of ${dataBytes} bytes`,
    put: (broker, index) => broker.publish(`channel-${index}`, { data }, { log }),
  },
  {
    title: `publication of ${dataBytes} bytes, ${perChannel} in a channel`,
    put: (broker, index) =>
      broker.publish(`full-${index % (count / perChannel)}`, { data }, { log }),
  },
  {
    title: `member, ${perChannel} in a channel`,
    put: (broker, index) =>
      broker.addMember(`room-${index % (count / perChannel)}`, {
        client: randomUUID(),
        user: `user-${index}`,
      }),
  },
  {
    title: "member, alone in a channel",
    put: (broker, index) =>
      broker.addMember(`lonely-${index}`, { client: randomUUID(), user: `user-${index}` }),
  },
  {
    title: "idempotency key",
    put: (broker, index) =>
      broker.publish("once", { data }, { idempotency: { key: `key-${index}`, ttlMs: 3_600_000 } }),
  },
];

/** Resolves when it takes connections, with what ends it. */
async function startRedis(program, path, folder) {
  const args = ["--port", "0", "--unixsocket", path, "--dir", folder, "--save", "", ...settings];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
    child.stdout.on("data", (text) => {
      if (/ready to accept connections/iu.test(text)) resolve();
    });
  });
  return async () => {
    child.kill("SIGKILL");
    await ended;
  };
}

/** What Redis answers to a command in a line. */
function ask(path, command) {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(`${command}\r\nQUIT\r\n`));
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

async function usedBytes(path) {
  return Number(/^used_memory_dataset:(\d+)/mu.exec(await ask(path, "INFO memory"))?.[1]);
}

function ignore() {
  // Nobody listens: what is stored counts.
}

async function measure(path) {
  const { RedisBroker } = await import("@tautline/broker-redis");
  const redis = { socket: { path, tls: false } };
  const broker = new RedisBroker({ clock, randomId: randomUUID, redis, timeoutMs: 60_000 });
  await broker.start({ publication: ignore, join: ignore, leave: ignore }, randomUUID());
  try {
    for (const { title, put } of rows) {
      await put(broker, 0);
      const before = await usedBytes(path);
      for (let first = 0; first < count; first += batch) {
        await Promise.all(Array.from({ length: batch }, (_, index) => put(broker, first + index)));
      }
      const bytes = ((await usedBytes(path)) - before) / count;
      console.log(`${String(Math.round(bytes)).padStart(6)} bytes  ${title}`);
    }
  } finally {
    await broker.stop();
  }
}

async function main() {
  if (!(await ensureInstalled()) || !(await compile(["packages/broker-redis"]))) return false;
  const { path: program, problem } = await ensureRedis();
  if (problem !== undefined) throw new Error(problem);
  const folder = mkdtempSync(join(tmpdir(), "tautline-redis-memory-"));
  const path = join(folder, "redis.sock");
  try {
    const stop = await startRedis(program, path, folder);
    try {
      const version = /^redis_version:(\S+)/mu.exec(await ask(path, "INFO server"))?.[1];
      console.log(`Redis ${version}, ${count} of each:`);
      await measure(path);
    } finally {
      await stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return true;
}

if (!(await main())) process.exitCode = 1;

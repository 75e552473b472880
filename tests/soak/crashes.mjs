// Kills a server with a data directory again and again while clients publish: `node tests/soak/crashes.mjs 200`.
// It is tests/durable/crashes.test.ts, for longer; run `npm run build` before it.

import { spawn } from "node:child_process";
import { join } from "node:path";

const rounds = process.argv[2] ?? "200";
if (!/^\d+$/u.test(rounds)) throw new Error(`How many rounds is ${rounds}?`);

const root = join(import.meta.dirname, "..", "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const args = [vitest, "run", "tests/durable/crashes.test.ts"];
const child = spawn(process.execPath, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TAUTLINE_CRASH_ROUNDS: rounds },
});
child.on("close", (code) => (process.exitCode = code ?? 1));

// Runs one program to its end with its output going straight to the terminal. A signal that reaches us is passed on,
// and a program that outlives its time limit is ended, so that nothing started here is left behind.

import { spawn } from "node:child_process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const graceMs = 5_000;

/**
 * Resolves with `{ code, reason }`; `reason` is a sentence when the program did not end by itself. Never rejects.
 * Options: `cwd`, `env` (added to ours), `quiet` (output is kept and returned as `output`), `timeLimitMs`.
 */
export function run(command, args, { cwd, env, quiet = false, timeLimitMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32" && !/[\\/]/u.test(command),
    });
    let output = "";
    let reason;
    const keep = (chunk) => (output += chunk);
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);

    const end = () => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
    };
    const forward = (signal) => {
      process.exitCode = signal === "SIGINT" ? 130 : 143;
      reason = `ended by ${signal}`;
      interrupted = true;
      end();
    };
    for (const signal of signals) process.on(signal, forward);
    const limit =
      timeLimitMs &&
      setTimeout(() => {
        reason = `not done after ${timeLimitMs / 1000} s`;
        end();
      }, timeLimitMs);

    const settle = (code, why) => {
      clearTimeout(limit);
      for (const signal of signals) process.off(signal, forward);
      resolve({ code, reason: reason ?? why, output });
    };
    child.on("error", (error) => settle(127, `${command} could not be started: ${error.message}`));
    child.on("close", (code, signal) =>
      settle(code ?? 1, signal ? `ended by ${signal}` : undefined),
    );
  });
}

let interrupted = false;

/** True once a signal asked us to stop: no further program should be started. */
export function wasInterrupted() {
  return interrupted;
}

/** Runs npm: the one that runs us when there is one, else the one on the PATH. */
export function runNpm(args, options) {
  const path = process.env["npm_execpath"];
  return path?.endsWith(".js")
    ? run(process.execPath, [path, ...args], options)
    : run("npm", args, options);
}

/**
 * A server with a data directory whose disk is full, and has room again. The system's limit on the size of files stands
 * in for the disk: writing fails as it does there, and the limit can be lifted from outside.
 */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../cli/program.ts";
import { scratch } from "../scratch.ts";
import { hubOf, Line } from "./line.ts";

const prlimit = "/usr/bin/prlimit";

/** Sets how large a file of the process may grow. */
function limitFiles(pid: number, bytes: number | "unlimited"): void {
  execFileSync(prlimit, ["--pid", String(pid), `--fsize=${bytes}:`]);
}

test.skipIf(!existsSync(prlimit))(
  "a full disk refuses publications and nothing else, until there is room (needs prlimit, which is Linux's)",
  { timeout: 60_000 },
  async () => {
    const args = ["--port", "0", "--data-dir", scratch({}), "--history", "1000"];
    const { program, origin } = await startServer(args);
    onTestFinished(() => program.stop());
    const line = await Line.to(hubOf(origin));
    const text = "x".repeat(2000);
    const acknowledged: string[] = [];
    let sent = 0;
    const publish = async (): Promise<number | undefined> => {
      const value = `${(sent += 1)} ${text}`;
      const code = await line.publish("a", value);
      if (code === 0) acknowledged.push(value);
      return code;
    };
    expect(await publish()).toBe(0);
    limitFiles(program.pid, 100_000);
    let code = await publish();
    while (code === 0) code = await publish();
    expect(code).toBe(100);
    // New files have room under that limit; on a full disk they have none.
    limitFiles(program.pid, 10);
    expect(await publish()).toBe(100);
    // What is there is read as ever, and who is connected stays.
    expect((await line.read("a")).values).toEqual(acknowledged);
    expect((await line.read("new")).values).toEqual([]);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect(await publish()).toBe(100);
    limitFiles(program.pid, "unlimited");
    await expect.poll(publish, { timeout: 20_000, interval: 100 }).toBe(0);
    expect(await publish()).toBe(0);
    expect(program.stderr).toContain("publications cannot be written down: refused");
    program.kill("SIGKILL");
    await program.ended;

    const again = await startServer(args);
    onTestFinished(() => again.program.stop());
    const reader = await Line.to(hubOf(again.origin));
    const { values } = await reader.read("a");
    const held = new Set(values);
    expect(acknowledged.filter((value) => !held.has(value))).toEqual([]);
    expect(held.size).toBe(values.length);
    reader.close();
  },
);

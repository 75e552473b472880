/**
 * The benchmark runs, checks what servers answer and writes what it found, with the load generator in C and with the one
 * on Node.js. What it measures is not judged here: no test asserts a time.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { root, scratch } from "../scratch.ts";

const program = join(root, "bench", "dist", "main.js");

interface Written {
  readonly generator: { readonly kind: string; readonly note?: string };
  readonly cases: readonly {
    readonly id: string;
    readonly peers: readonly {
      readonly peer: string;
      readonly problems: readonly string[];
      readonly cost?: { readonly median: number };
      readonly samples: readonly {
        readonly load: { readonly checked: number; readonly count: number };
      }[];
    }[];
  }[];
}

async function bench(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const output = join(scratch({}), "result.json");
  const all = [program, "--rounds", "1", "--seconds", "0.5", ...args, "--output", output];
  const options = { cwd: root, env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, all, options);
  return { stdout, result: JSON.parse(readFileSync(output, "utf8")) as Written };
}

/** On a busy machine, nothing may come in a shorter time. */
const longer = ["--seconds", "2"];

const quick = ["echo-64-1024-16", "--peers", "ws,tautline", "--no-equal-load"];

/** Every peer has answered, and enough of it has been compared byte by byte. */
function expectChecked({ cases }: Written, names: readonly string[] = ["ws", "tautline"]): void {
  for (const { peers } of cases) {
    expect(peers.map(({ peer }) => peer)).toEqual(names);
    for (const { problems, samples, cost } of peers) {
      expect(problems).toEqual([]);
      expect(cost?.median).toBeGreaterThan(0);
      expect(samples).toHaveLength(1);
      expect(samples[0]?.load.checked).toBeGreaterThan(0);
      expect(samples[0]?.load.count).toBeGreaterThan(0);
    }
  }
}

describe("npm run bench", () => {
  test("measures, checks contents and writes JSON, with whatever there is", async () => {
    const { result, stdout } = await bench(quick);
    // On Node.js only where the one in C cannot be had, and then it says why.
    expect(result.generator.kind === "c").toBe(result.generator.note === undefined);
    expectChecked(result);
    expect(stdout).toContain("echo 64 × 1 KiB ASCII text, 16 in flight");
    expect(stdout).not.toContain("\u001B");
  });

  test("does the same without a compiler", async () => {
    const { result, stdout } = await bench(quick, { CC: "no-such-compiler" });
    expect(result.generator).toEqual({
      kind: "node",
      note: "there is no C compiler (no-such-compiler)",
    });
    expect(stdout).toContain("there is no C compiler");
    expectChecked(result);
  });

  test("measures a hub between brokers, with each publication checked", async () => {
    const names = ["one-node", "redis", "nats"];
    const args = ["costs-receiving-log", "--peers", names.join(","), ...longer];
    const { result } = await bench(args);
    expect(result.cases).toHaveLength(1);
    expectChecked(result, names);
  }, 300_000);

  test("measures the same without a compiler", async () => {
    const args = ["costs-publishing-live", "--peers", "redis", "--generator", "node", ...longer];
    const { result } = await bench(args);
    expect(result.generator.kind).toBe("node");
    expectChecked(result, ["redis"]);
  }, 300_000);

  test("says what it does not know", async () => {
    await expect(bench(["--peers", "nobody"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no peer nobody.") as string,
    });
  });
});

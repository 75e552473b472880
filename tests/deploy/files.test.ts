/**
 * What of deploy/ cannot be run here is read: the unit by systemd itself where that is, and paths of the Dockerfile. The
 * manifests of Kubernetes have a test of their own.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, onTestFinished, test } from "vitest";

import { deployFile } from "./balancer.ts";
import { endSeconds, flagsIn, known } from "./serve-flags.ts";

const root = new URL("../../", import.meta.url);
test("the unit of systemd is one, knows its flags, and leaves the time that the end takes", async () => {
  const unit = deployFile("systemd/tautline.service");
  const [, start = ""] = /^ExecStart=(.*)$/mu.exec(unit) ?? [];
  expect(flagsIn(start).filter((flag) => !known.includes(flag))).toEqual([]);
  expect(Number(/^TimeoutStopSec=(\d+)$/mu.exec(unit)?.[1])).toBeGreaterThan(endSeconds(start));
  for (const line of unit.split("\n")) expect(line).toMatch(/^(#.*|\[\w+\]|\w+=.+|)$/u);
  if (!existsSync("/usr/bin/systemd-analyze")) return;
  const folder = mkdtempSync(join(tmpdir(), "tautline-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "tautline.service");
  writeFileSync(path, unit.replace("/usr/bin/node", process.execPath));
  const { stderr } = await promisify(execFile)("systemd-analyze", ["verify", "--man=no", path]);
  // It also speaks of other units of the machine.
  expect(stderr.split("\n").filter((line) => line.includes("tautline"))).toEqual([]);
});

test("the Dockerfile copies what is there, and starts what is built", () => {
  const lines = deployFile("docker/Dockerfile").split("\n");
  for (const line of lines) {
    expect(line).toMatch(
      /^(#|FROM |WORKDIR |COPY |RUN |ENV |USER |EXPOSE |STOPSIGNAL |HEALTHCHECK |ENTRYPOINT |$)/u,
    );
  }
  const copied = lines
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
    .flatMap((line) => line.split(" ").slice(1, -1));
  expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  const [, entry = "[]"] = /^ENTRYPOINT (.*)$/mu.exec(lines.join("\n")) ?? [];
  const [, program, ...flags]: string[] = JSON.parse(entry);
  expect(existsSync(new URL(program ?? "", root))).toBe(true);
  expect(flagsIn(flags.join(" ")).filter((flag) => !known.includes(flag))).toEqual([]);
});

/**
 * What of deploy/ cannot be run here is read: the unit by systemd itself where that is, paths of the Dockerfile, and what the
 * manifests of Kubernetes refer to.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { drainDefaults } from "../../packages/tautline/src/serve/drain-options.ts";
import { serveSettings } from "../../packages/tautline/src/cli/serve/serve-settings.ts";
import { flagsOf } from "../../packages/tautline/src/cli/settings/flags.ts";
import { expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";

import { deployFile } from "./balancer.ts";

const root = new URL("../../", import.meta.url);
const known = Object.keys(flagsOf(serveSettings));

/** The flags in a line, without their dashes. */
const flagsIn = (text: string): string[] =>
  [...text.matchAll(/--([a-z-]+)/gu)].map(([, flag = ""]) => flag);

function seconds(text: string, flag: string): number {
  return Number(new RegExp(`--${flag}[ =](\\d+)`, "u").exec(text)?.[1]);
}

/** What the end of a server takes at most, as its flags have it. */
function endSeconds(text: string): number {
  const times = seconds(text, "drain-grace-seconds") + seconds(text, "drain-seconds");
  return times + drainDefaults.drainTimeoutMs / 1000;
}

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

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly selector: object;
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [
          {
            readonly args: readonly string[];
            readonly ports: readonly { readonly name: string }[];
            readonly readinessProbe: { readonly httpGet: { path: string; port: string } };
            readonly livenessProbe: { readonly httpGet: { path: string; port: string } };
            readonly lifecycle: { readonly preStop: { readonly exec: { command: string[] } } };
          },
        ];
      };
    };
  };
}

test("the manifests of Kubernetes hold together, and leave the time that the end takes", () => {
  const documents = parseAllDocuments(deployFile("kubernetes/tautline.yaml"), { strict: true });
  expect(documents.flatMap((document) => ("errors" in document ? document.errors : []))).toEqual(
    [],
  );
  const manifests = documents.map((document) => document.toJS() as Manifest);
  expect(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    "apps/v1 Deployment",
    "v1 Service",
    "policy/v1 PodDisruptionBudget",
  ]);
  const [deployment, service, budget] = manifests;
  const template = deployment?.spec.template;
  const container = template?.spec.containers[0];
  const labels = template?.metadata.labels;
  expect(deployment?.spec.selector).toEqual({ matchLabels: labels });
  expect(service?.spec.selector).toEqual(labels);
  expect(budget?.spec.selector).toEqual({ matchLabels: labels });
  const ports = container?.ports.map(({ name }) => name) ?? [];
  expect(ports).toContain(service?.spec.ports?.[0]?.targetPort);
  expect(container?.readinessProbe.httpGet).toEqual({ path: "/readyz", port: "internal" });
  expect(container?.livenessProbe.httpGet).toEqual({ path: "/healthz", port: "internal" });
  expect(ports).toContain("internal");
  const args = container?.args.join(" ") ?? "";
  expect(flagsIn(args).filter((flag) => !known.includes(flag))).toEqual([]);
  const before = Number(container?.lifecycle.preStop.exec.command[1]);
  expect(template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(before + endSeconds(args));
});

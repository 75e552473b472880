/**
 * The manifests of Kubernetes, where no cluster is: the validators and the types that are made from Kubernetes' own OpenAPI
 * description say whether they are well formed, and a look at what they refer to says whether they hold together. The
 * validators know values and what must be there; the types know which fields there are.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

import { root, scratch } from "../scratch.ts";
import { deployFile } from "./balancer.ts";
import { endSeconds, flagsIn, known } from "./serve-flags.ts";

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

function manifests(): Manifest[] {
  const documents = parseAllDocuments(deployFile("kubernetes/tautline.yaml"), { strict: true });
  expect(documents.flatMap((document) => ("errors" in document ? document.errors : []))).toEqual(
    [],
  );
  return documents.map((document) => document.toJS() as Manifest);
}

type Model = new (data: never) => { validate(): void };

/** The kinds there are, in their order in the file, and where the types of each come from. */
const kinds: readonly { readonly kind: string; readonly from: string; readonly Model: Model }[] = [
  { kind: "Deployment", from: "apps/v1", Model: Deployment },
  { kind: "Service", from: "v1", Model: Service },
  { kind: "PodDisruptionBudget", from: "policy/v1", Model: PodDisruptionBudget },
];

/** @throws Error with the path in the manifest of what is wrong */
function validate(manifest: Manifest): void {
  const found = kinds.find(
    ({ kind, from }) => manifest.kind === kind && manifest.apiVersion === from,
  );
  if (found === undefined) throw new Error(`${manifest.apiVersion} ${manifest.kind} is unknown`);
  new found.Model(manifest as never).validate();
}

/** What the compiler says to the manifests as literals: it names each field that there is not. */
async function compile(texts: readonly string[]): Promise<string> {
  const lines = texts.flatMap((text, index) => {
    const { kind, from } = kinds[index] ?? {};
    return [
      `import type { I${kind} } from "kubernetes-models/${from}";`,
      `export const manifest${index}: I${kind} = ${text};`,
    ];
  });
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const folder = scratch({
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["manifests.ts"] }),
    "manifests.ts": lines.join("\n"),
  });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const run = promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false"]);
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
}

test("the manifests are what Kubernetes' description says of their kinds", async () => {
  const all = manifests();
  expect(all.map(({ kind }) => kind)).toEqual(kinds.map(({ kind }) => kind));
  for (const manifest of all) expect(() => validate(manifest)).not.toThrow();
  expect(await compile(all.map((manifest) => JSON.stringify(manifest)))).toBe("");
}, 120_000);

test.each([
  { name: "a number as text", from: '"replicas":3', to: '"replicas":"3"', says: /replicas/u },
  {
    name: "a value that is none",
    from: '"type":"RollingUpdate"',
    to: '"type":"Rolling"',
    says: /strategy\/type/u,
  },
  { name: "a quantity that is none", from: '"2Gi"', to: '"2GB"', says: /limits\/memory/u },
  { name: "a selector that is missing", from: '"selector"', to: '"selected"', says: /selector/u },
])("notices $name", ({ from, to, says }) => {
  const text = JSON.stringify(manifests()[0]);
  expect(text).toContain(from);
  expect(() => validate(JSON.parse(text.replace(from, to)) as Manifest)).toThrow(says);
});

test("notices a field that there is not", async () => {
  const text = JSON.stringify(manifests()[0]).replace('"readinessProbe"', '"readinessProb"');
  expect(await compile([text])).toMatch(/readinessProb"?' does not exist in type 'IContainer'/u);
}, 120_000);

test("the manifests hold together, and leave the time that the end takes", () => {
  const [deployment, service, budget] = manifests();
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

/**
 * Breaks every rule about who may import whom and watches the linter refuse it: the real oxlint with the real
 * configuration, over made-up files that lie where a package's files lie. What is allowed is tried as well, so that
 * the rules are known to let the right imports through.
 */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { root, scratch } from "../scratch.ts";

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
}

const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "package.json")),
);

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest;
}

/** What may be imported from where, as DESIGN's table has it. Nothing else may. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  wire: [],
  node: ["@tautline/protocol", "node:net", "node:fs/promises"],
  hub: ["@tautline/wire"],
  client: ["@tautline/wire"],
  console: ["@tautline/client", "@tautline/wire", "preact", "preact/hooks", "yjs"],
  ws: ["@tautline/node", "@tautline/protocol", "node:net", "node:fs/promises"],
  "broker-disk": ["@tautline/hub", "classic-level", "node:fs/promises"],
  "broker-redis": ["@tautline/hub", "@redis/client", "node:fs"],
  "broker-nats": ["@tautline/hub", "@nats-io/transport-node", "node:fs"],
  tautline: [
    ...["protocol", "wire", "node", "hub", "client", "console"].map((name) => `@tautline/${name}`),
    "node:http",
  ],
};

const everything = [
  ...Object.keys(allowed).map((name) => (name === "tautline" ? name : `@tautline/${name}`)),
  "node:net",
  "node:fs/promises",
  "net",
  "preact",
  "preact/hooks",
  "redis",
  "yjs",
  "#internal",
];

/** Specifiers that each package must be refused. */
function forbidden(name: string): readonly string[] {
  const may = allowed[name] ?? [];
  const all = everything.filter((specifier) => !may.includes(specifier));
  if (name === "tautline") return ["tautline"];
  if (!name.startsWith("broker-")) return all;
  return all.filter((specifier) => /^(@tautline\/|tautline$)/.test(specifier));
}

/** Every way to write an import. */
const forms: Readonly<Record<string, (specifier: string) => string>> = {
  import: (specifier) => `import { x } from "${specifier}";\nexport const y = x;\n`,
  "import type": (specifier) => `import type { X } from "${specifier}";\nexport type Y = X;\n`,
  "import for effect": (specifier) => `import "${specifier}";\n`,
  "export from": (specifier) => `export { x } from "${specifier}";\n`,
  "export star": (specifier) => `export * from "${specifier}";\n`,
  "import()": (specifier) => `export const x = import("${specifier}");\n`,
};

async function lint(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const folder = scratch(files, tmpdir());
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  const oxlint = join(root, "node_modules", "oxlint", "bin", "oxlint");
  // It exits with 1 when it finds something, which is what is hoped for.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [oxlint, "--format", "json", "."],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return diagnostics;
}

/** Lints one file per specifier; returns those the rule about imports refused, and the messages. */
async function refused(folder: string, specifiers: readonly string[], form = "import") {
  const write = forms[form]!;
  const files = specifiers.map((specifier, index) => [
    join(folder, `case-${index}.ts`),
    write(specifier),
  ]);
  const found = (await lint(Object.fromEntries(files))).filter(({ code }) =>
    code.includes("no-restricted-imports"),
  );
  const hit = specifiers.filter((_, index) =>
    found.some(({ filename }) => filename.endsWith(`case-${index}.ts`)),
  );
  return { hit, messages: found.map(({ message, help }) => `${message} ${help ?? ""}`) };
}

describe("the direction of imports", () => {
  test("every package has its place in the table", () => {
    expect(Object.keys(allowed)).toEqual(expect.arrayContaining(packages));
  });

  test.each(Object.keys(allowed))("%s may not import what is not in its row", async (name) => {
    const specifiers = forbidden(name);
    const { hit, messages } = await refused(join("packages", name, "src"), specifiers);
    expect(hit).toEqual(specifiers);
    // The message says what the package may import, not only that this is wrong.
    for (const message of messages) expect(message).toMatch(/imports?\b.*[.:]/);
  });

  test.each(Object.keys(allowed))(
    "%s may import what is in its row, and its own files",
    async (name) => {
      const own = ["./near.ts", "../up.ts", "./deep/er.ts"];
      const { hit } = await refused(join("packages", name, "src", "part"), [
        ...allowed[name]!,
        ...own,
      ]);
      expect(hit).toEqual([]);
    },
  );

  test.each(Object.keys(forms))("is checked however it is written: %s", async (form) => {
    const { hit } = await refused("packages/hub/src", ["@tautline/node"], form);
    expect(hit).toEqual(["@tautline/node"]);
  });

  test("the page of the console is held to it as well", async () => {
    const specifiers = ["@tautline/hub", "@tautline/node", "node:net", "react"];
    const { hit } = await refused("packages/console/page/chat", specifiers);
    expect(hit).toEqual(specifiers);
  });

  test("a type cannot come in through import() in a type's place", async () => {
    const found = await lint({
      "packages/hub/src/x.ts": 'export type Y = import("@tautline/node").Connection;\n',
    });
    expect(found.map(({ code }) => code)).toContain("typescript(consistent-type-imports)");
  });

  test.each(packages.filter((name) => name !== "tautline"))(
    "the tests of %s see no package that it does not see itself",
    async (name) => {
      const may = [...allowed[name]!, `@tautline/${name}`];
      const own = everything.filter((specifier) => /^(@tautline\/|tautline$)/.test(specifier));
      const specifiers = own.filter((specifier) => !may.includes(specifier));
      expect((await refused(`packages/${name}/test`, specifiers)).hit).toEqual(specifiers);
      const free = [...may, "vitest", "node:events", "../src/part.ts"];
      expect((await refused(`packages/${name}/test`, free)).hit).toEqual([]);
    },
  );
});

describe("the doors of packages", () => {
  test.each(packages)(
    "%s may not reach behind another door, nor into its own build or tests",
    async (name) => {
      const specifiers = [
        "../../protocol/src/errors.ts",
        "../../../packages/wire/src/index.ts",
        "../../node/dist/index.js",
        "../dist/index.js",
        "../test/near.ts",
      ];
      const { hit } = await refused(`packages/${name}/src`, specifiers);
      expect(hit).toEqual(specifiers);
    },
  );

  // What every broker has to keep is for the tests of brokers, and stays out of programs.
  const sideDoors: Readonly<Record<string, readonly string[]>> = {
    hub: ["./broker-suite"],
    client: [
      "./contracts",
      "./fallback",
      "./protobuf",
      "./react",
      "./reconnecting-websocket",
      "./server-subscriptions",
    ],
  };

  test.each(packages)("%s shows nothing but its doors, and to tools its manifest", (name) => {
    expect(Object.keys(manifest(name).exports)).toEqual([
      ".",
      ...(sideDoors[name] ?? []),
      "./package.json",
    ]);
  });

  test.each(packages)("%s depends on no package that it may not import", (name) => {
    const { dependencies = {}, peerDependencies = {} } = manifest(name);
    const names = Object.keys({ ...dependencies, ...peerDependencies });
    const ours = names.filter((dependency) => /^(@tautline\/|tautline$)/.test(dependency));
    expect(allowed[name]).toEqual(expect.arrayContaining(ours));
  });

  test.each(["protocol", "wire", "node", "client"])(
    "%s needs nothing from elsewhere to run",
    (name) => {
      const names = Object.keys(manifest(name).dependencies ?? {});
      expect(names.filter((dependency) => !dependency.startsWith("@tautline/"))).toEqual([]);
    },
  );
});

describe("cycles", () => {
  const one = 'import { b } from "./b.ts";\nexport const a = () => b;\n';
  const back = 'import { a } from "./a.ts";\nexport const b = () => a;\n';

  test.each([
    ["of values", { "a.ts": one, "b.ts": back }],
    [
      "of types alone",
      {
        "a.ts": 'import type { B } from "./b.ts";\nexport interface A { b: B }\n',
        "b.ts": 'import type { A } from "./a.ts";\nexport interface B { a: A }\n',
      },
    ],
    [
      "over three files",
      {
        "a.ts": one,
        "b.ts": 'import { c } from "./c.ts";\nexport const b = () => c;\n',
        "c.ts": 'import { a } from "./a.ts";\nexport const c = () => a;\n',
      },
    ],
  ])("%s are refused", async (_, files) => {
    const placed = Object.entries(files).map(([name, text]) => [`packages/hub/src/${name}`, text]);
    const found = await lint(Object.fromEntries(placed) as Record<string, string>);
    expect(found.map(({ code }) => code)).toContain("import(no-cycle)");
  });

  test("a chain is none", async () => {
    const found = await lint({
      "packages/hub/src/a.ts": one,
      "packages/hub/src/b.ts": "export const b = 1;\n",
    });
    expect(found).toEqual([]);
  });
});

/**
 * What users get from npm: the right files, the pinned names, importable both ways on this Node.js, and types that a
 * strict compiler accepts without the workspace around them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { surface } from "./surface.ts";
import { output, published, root, Shipment } from "./tarballs.ts";

const shipment = new Shipment();
const names = [...published.values()].map(({ name }) => name);

beforeAll(async () => {
  await shipment.prepare();
}, 300_000);

afterAll(() => {
  shipment.remove();
}, 300_000);

/** Prints a module's names as JSON, from a program in the project. */
async function namesBy(way: "import" | "require", name: string): Promise<string[]> {
  const code = {
    import: `import * as door from ${JSON.stringify(name)};`,
    require: `const door = require(${JSON.stringify(name)});`,
  };
  const file = shipment.write(
    way === "import" ? "names.mjs" : "names.cjs",
    `${code[way]}\nprocess.stdout.write(JSON.stringify(Object.keys(door)));\n`,
  );
  return JSON.parse(await output(process.execPath, [file], shipment.project)) as string[];
}

describe.each(names)("%s", (name) => {
  const files = () =>
    shipment.tarballs.find((tarball) => tarball.name === name)!.files.map(({ path }) => path);
  const installed = (path: string) => join(shipment.project, "node_modules", name, path);

  test("ships its build, its sources, its licence, and nothing else", () => {
    expect(files()).toEqual(
      expect.arrayContaining([
        "package.json",
        "README.md",
        "LICENSE",
        "dist/index.js",
        "dist/index.d.ts",
        "src/index.ts",
      ]),
    );
    const strays = files().filter(
      (path) =>
        !/^(?:package\.json|config\.schema\.json|README\.md|LICENSE|(?:dist|src|bin)\/.+)$/.test(
          path,
        ) || /\.(?:test|bench|fuzz)\.|tsbuildinfo|(?:^|\/)test\/|\.env/.test(path),
    );
    expect(strays).toEqual([]);
  });

  test("ships the source behind every source map", () => {
    const missing = files()
      .filter((path) => /^dist\/.*\.map$/.test(path))
      .flatMap((path) => {
        const { sources, sourcesContent } = JSON.parse(readFileSync(installed(path), "utf8")) as {
          sources: string[];
          sourcesContent?: string[];
        };
        if (sourcesContent !== undefined) return [];
        return sources.map((source) => posix.join(posix.dirname(path), source));
      })
      .filter((path) => !existsSync(installed(path)));
    expect(missing).toEqual([]);
  });

  test("exports exactly the pinned names", async () => {
    const pinned = [...surface[name]!.values].toSorted((a, b) => (a < b ? -1 : 1));
    expect(await namesBy("import", name)).toEqual(pinned);
  });

  test("exports exactly the pinned types", () => {
    const text = readFileSync(installed("dist/index.d.ts"), "utf8");
    expect(text).not.toMatch(/export \*|export default/);
    const types = [...text.matchAll(/export type \{([^}]*)\}/g)]
      .flatMap(([, list]) => list!.split(","))
      .map((item) => item.trim().replace(/^.* as /, ""))
      .filter((item) => item !== "");
    expect(types.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      [...surface[name]!.types].toSorted((a, b) => (a < b ? -1 : 1)),
    );
  });

  test("can be had by require()", async () => {
    const required = (await namesBy("require", name)).filter((key) => key !== "__esModule");
    const imported = await namesBy("import", name);
    // What a package calls "module.exports" is what require() gives, with all other names attached to it.
    const attached = imported.includes("module.exports");
    const names = imported.filter((key) => !attached || !/^(?:default|module\.exports)$/.test(key));
    expect(required.filter((key) => !attached || names.includes(key)).toSorted()).toEqual(
      names.toSorted(),
    );
  });

  test("keeps its files to itself", async () => {
    const file = shipment.write("deep.mjs", `await import("${name}/dist/index.js");\n`);
    await expect(output(process.execPath, [file], shipment.project)).rejects.toThrow(
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    );
  });
});

test("the console ships the page and all of the documentation", () => {
  const console = shipment.tarballs.find(({ name }) => name === "@tautline/console");
  const shipped = new Set(console?.files.map(({ path }) => path));
  expect(shipped).toContain("dist/page/index.html");
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md") && !path.endsWith(".zh-CN.md"))
    .map((path) => path.replace(/(^|\/)README\.md$/u, "$1index.md").replace(/md$/u, "html"));
  expect(pages.length).toBeGreaterThan(50);
  const inBothLanguages = pages.flatMap((path) => [path, `zh/${path}`]);
  expect(inBothLanguages.filter((path) => !shipped.has(`dist/docs/${path}`))).toEqual([]);
});

describe("a strict TypeScript project", () => {
  const consumer = readFileSync(join(import.meta.dirname, "consumer.ts"), "utf8");

  test.each(["nodenext", "bundler"])(
    "accepts the types with module resolution %s",
    async (resolution) => {
      const settings = {
        compilerOptions: {
          target: "es2023",
          lib: ["es2023", "dom", "dom.iterable"],
          module: resolution === "nodenext" ? "nodenext" : "esnext",
          moduleResolution: resolution,
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          types: ["node"],
          typeRoots: [join(root, "node_modules", "@types")],
        },
        files: ["consumer.ts"],
      };
      shipment.write("consumer.ts", consumer);
      const project = shipment.write(`tsconfig.${resolution}.json`, JSON.stringify(settings));
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      expect(await output(process.execPath, [tsc, "-p", project], dirname(project))).toBe("");
    },
  );
});

describe("the command", () => {
  test("serves the page from the installed packages, and ends in order", async () => {
    const bin = join(shipment.project, "node_modules", "tautline", "bin", "tautline.js");
    const child = spawn(process.execPath, [bin, "serve", "--port", "0"], {
      cwd: shipment.project,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    let printed = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      printed += String(chunk);
      if (printed.includes("/connection/websocket")) break;
    }
    const [origin] = /http:\/\/localhost:\d+/.exec(printed)!;
    const page = await fetch(origin);
    expect(page.status).toBe(200);
    const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text())!;
    expect((await fetch(new URL(script!, page.url))).status).toBe(200);
    const documentation = await fetch(new URL("/docs/", origin));
    expect(documentation.status).toBe(200);
    expect(await documentation.text()).toContain("<h1");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

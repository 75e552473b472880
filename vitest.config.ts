import { defineConfig } from "vitest/config";

// Tests read each package's source (the "@tautline/source" condition), so no build stands between an edit and its test.
const source = { conditions: ["@tautline/source"] };

// What needs a browser says so in its name; nothing else may ask for one.
const browserTests = ["packages/*/test/**/*.browser.test.ts", "tests/**/*.browser.test.ts"];

// The packages whose every line and branch their own tests must reach.
const core = ["packages/{protocol,wire}/test/**/*.test.ts"];

// What exercises the tools and the documents, the same on every Node.js.
const workshop = ["tests/{layers,docs}/**/*.test.ts"];

// What goes over sockets: once over the fastest path that this Node.js has, and once over the documented one.
const overSockets = [
  "packages/node/test/**/*.test.ts",
  "tests/conformance/**/*.test.ts",
  "tests/flow/**/*.test.ts",
];

/** A set of tests by name: `vitest run --project <name>`. */
function project(name: string, include: string[], exclude: string[] = []) {
  const browser = name === "browser";
  const env = name === "documented" ? { TAUTLINE_SOCKETS: "documented" } : {};
  return {
    extends: true as const,
    test: {
      name,
      include,
      env,
      exclude: ["**/node_modules/**", "**/dist/**", ...(browser ? [] : browserTests), ...exclude],
      ...(browser && { testTimeout: 60_000, hookTimeout: 60_000 }),
    },
  };
}

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    testTimeout: 20_000,
    coverage: {
      provider: "v8",
      include: ["packages/protocol/src/**", "packages/wire/src/**"],
      reporter: ["text"],
      reportsDirectory: ".cache/coverage",
      thresholds: { lines: 100, branches: 100 },
    },
    projects: [
      project("core", core),
      project("unit", ["packages/*/test/**/*.test.ts"], core),
      project("integration", ["tests/**/*.test.ts"], workshop),
      project("workshop", workshop),
      project("documented", overSockets),
      project("browser", browserTests),
    ],
  },
});

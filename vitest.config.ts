import { defineConfig } from "vitest/config";

// Tests read each package's source (the "@tautline/source" condition), so no build stands between an edit and its test.
const source = { conditions: ["@tautline/source"] };

// Three kinds of test. What needs a browser says so in its name; nothing else may ask for one.
const browserTests = ["packages/*/test/**/*.browser.test.ts", "tests/**/*.browser.test.ts"];
const exclude = ["**/node_modules/**", "**/dist/**"];

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
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts"],
          exclude: [...exclude, ...browserTests],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["tests/**/*.test.ts"],
          exclude: [...exclude, ...browserTests],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: browserTests,
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

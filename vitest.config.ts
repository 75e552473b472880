import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests read each package's source (the "@tautline/source" condition), so no build stands between an edit and its test.
const source = { conditions: ["@tautline/source"] };

// What needs a browser says so in its name; nothing else may ask for one.
const browserTests = ["packages/*/test/**/*.browser.test.ts", "tests/**/*.browser.test.ts"];

// The packages whose every line and branch their own tests must reach.
const core = ["packages/{protocol,wire}/test/**/*.test.ts"];

// What exercises the tools and the documents, the same on every Node.js.
const workshop = ["tests/{layers,docs}/**/*.test.ts"];

// What measures the process it runs in: each file gets one of its own, where the others share theirs.
const measuring = [
  "packages/node/test/{deflate-codec,deflate-interop,hostile-churn,hostile-handshake}.test.ts",
  "tests/flow/**/*.test.ts",
];

// What goes over sockets of ours: once over the fastest path that this Node.js has, and once over the documented one.
const overSockets = [
  "packages/node/test/**/*.test.ts",
  "tests/conformance/{conformance,opening}.test.ts",
  "tests/conformance/wpt/**/*.test.ts",
];

interface Ways {
  readonly exclude?: readonly string[];
  /** A process for each file, and not one for as many as there are. */
  readonly apart?: boolean;
  /** Sockets by documented means of Node.js only. */
  readonly documented?: boolean;
}

/** A set of tests by name: `vitest run --project <name>`. */
function project(name: string, include: readonly string[], ways: Ways = {}) {
  const { exclude = [], apart = false, documented = false } = ways;
  const browser = name === "browser";
  return {
    extends: true as const,
    test: {
      name,
      include: [...include],
      env: documented ? { TAUTLINE_SOCKETS: "documented" } : {},
      isolate: apart,
      exclude: ["**/node_modules/**", "**/dist/**", ...(browser ? [] : browserTests), ...exclude],
    },
  };
}

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    // For a machine that is busy with other things as well: what hangs, hangs for longer.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Characters of a value in the message of a failure, which the summary of `npm test` repeats.
    chaiConfig: { truncateThreshold: 1000 },
    // One more than there are cores: what goes over sockets, or starts programs, waits a fifth of its time.
    maxWorkers: availableParallelism() + 1,
    coverage: {
      provider: "v8",
      include: ["packages/protocol/src/**", "packages/wire/src/**"],
      reporter: ["text"],
      reportsDirectory: ".cache/coverage",
      thresholds: { lines: 100, branches: 100 },
    },
    projects: [
      project("core", core),
      project("unit", ["packages/*/test/**/*.test.ts"], { exclude: [...core, ...measuring] }),
      project("integration", ["tests/**/*.test.ts"], { exclude: [...workshop, ...measuring] }),
      project("workshop", workshop),
      project("measuring", measuring, { apart: true }),
      project("documented", overSockets, { exclude: measuring, documented: true }),
      project("documented-measuring", measuring, { apart: true, documented: true }),
      project("browser", browserTests, { apart: true }),
    ],
  },
});

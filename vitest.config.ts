import { defineConfig } from "vitest/config";

// Tests read each package's source (the "@tautline/source" condition), so no build stands between an edit and its test.
const source = { conditions: ["@tautline/source"] };

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 20_000,
  },
});

/**
 * How the page is built: to `dist/page`, from the sources of the workspace's packages (no other build comes first), as
 * files the strict content security policy of the server allows: no inline script, no inline style, no data: address.
 */
import { fileURLToPath } from "node:url";

import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL("page/", import.meta.url)),
  // The page may be served below a path by a proxy, so it names its own files relative to itself.
  base: "./",
  resolve: { conditions: ["@tautline/source", ...defaultClientConditions] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // For `npm run dev -w @tautline/console`, beside a server on its usual port.
  server: { proxy: { "/connection": { target: "http://localhost:8080", ws: true } } },
  build: {
    outDir: fileURLToPath(new URL("dist/page/", import.meta.url)),
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});

#!/usr/bin/env node
// The command. It only finds the built program, so that the link npm makes to it holds before the first build.
import { existsSync } from "node:fs";

const program = new URL("../dist/cli/main.js", import.meta.url);

if (existsSync(program)) {
  const { main } = await import(program.href);
  await main();
} else {
  process.stderr.write("tautline: not built yet. In the workspace, run: npm run build\n");
  process.exitCode = 1;
}

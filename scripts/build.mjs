// `npm run build`: compiles every package and the tests, then builds the console's page.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { buildPage, compile } = await import("./setup/build.mjs");
if (!(await compile()) || !(await buildPage())) process.exitCode = 1;

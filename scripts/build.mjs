// `npm run build`: compiles every package and the tests, then builds the console's page and the documentation.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { buildDocs, buildPage, compile } = await import("./setup/build.mjs");
const done = (await compile()) && (await buildPage()) && (await buildDocs());
if (!done) process.exitCode = 1;

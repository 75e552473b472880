// What npm runs before it packs the console: builds its page and the documentation where they are not there, or older than what
// they are made from, so that nobody publishes a server without them.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { buildDocs, buildPage } = await import("./setup/build.mjs");
if (!(await buildPage()) || !(await buildDocs())) process.exitCode = 1;

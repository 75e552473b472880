// `npm run docs`: builds the site of the documentation, which `tautline serve` has under /docs.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { buildDocs } = await import("./setup/build.mjs");
if (!(await buildDocs())) process.exitCode = 1;

/** @fastify/websocket's own tests, as its package carries them. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("@fastify/websocket")), "test");

for (const name of readdirSync(folder).filter((name) => name.endsWith(".test.js"))) {
  require(join(folder, name));
}

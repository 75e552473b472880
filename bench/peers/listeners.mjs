// What an engine has to do for many servers: one process with as many brokers as the last argument says, each with a
// connection and a subscription of its own, and nothing behind it.

import { randomUUID } from "node:crypto";
import process from "node:process";

import { announce } from "./announce.mjs";
import { makeBroker } from "./broker.mjs";

const settings = JSON.parse(process.argv.at(-1));

function ignore() {
  // What has arrived has cost the engine what it costs.
}

const events = { publication: ignore, join: ignore, leave: ignore };

await Promise.all(
  Array.from({ length: settings.listeners }, async () => {
    const broker = makeBroker(settings);
    await broker.start(events, randomUUID());
    await broker.subscribe("bench");
  }),
);
announce(0);

/** The table of docs/how-to/limits.md has every limit of the hub, with the default that holds and the codes of the protocol. */
import { hubDefaults } from "@tautline/hub";
import { commandLimits, disconnects, replyErrors, unsubscribes } from "@tautline/wire";
import { expect, test } from "vitest";

import { read } from "./documents.ts";

const text = read("docs/how-to/limits.md");

const rows = [...text.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|[^|]+\|([^|]+)\|$/gm)].map(
  ([, option = "", value = "", beyond = ""]) => ({ option, value, beyond }),
);

/** Options that are no limits, or not of clients. */
const others = new Set([
  "open",
  "pingIntervalMs",
  "pongTimeoutMs",
  "positionCheckIntervalMs",
  "channels",
  "namespaces",
]);

test("every limit is in the table", () => {
  const limits = Object.keys(hubDefaults).filter((name) => !others.has(name));
  expect(rows.map(({ option }) => option).sort()).toEqual(limits.sort());
});

test("with the default that holds", () => {
  const defaults = new Map(Object.entries(hubDefaults));
  const stated = rows.filter(({ value }) => /^[\d,]+$/.test(value));
  expect(stated).toHaveLength(rows.length - 1);
  for (const { option, value } of stated) {
    expect([option, value]).toEqual([option, defaults.get(option).toLocaleString("en-US")]);
  }
  const { maxFrameBytes, maxMessagesPerFrame, maxDepth } = commandLimits;
  expect(text).toContain(
    `${maxFrameBytes.toLocaleString("en-US")} bytes (\`maxFrameBytes\`), ${maxMessagesPerFrame} commands (\`maxMessagesPerFrame\`) and ${maxDepth} levels`,
  );
});

test("and codes with the texts that the protocol has for them", () => {
  const texts = new Map<number, string>();
  for (const { code, reason } of [...Object.values(disconnects), ...Object.values(unsubscribes)]) {
    texts.set(code, reason);
  }
  for (const { code, message } of Object.values(replyErrors)) texts.set(code, message);
  const named = rows.flatMap(({ beyond }) => [...beyond.matchAll(/(\d+), "([^"]+)"/g)]);
  expect(named.length).toBeGreaterThan(8);
  for (const [, code, said] of named) expect([code, said]).toEqual([code, texts.get(Number(code))]);
});

/**
 * docs/reference/engine-states.md is generated from the engine's state table: this test compares the two, and
 * `npx vitest run tests/docs/engine-states.test.ts -u` writes the page anew.
 */
import type { EngineEvent } from "@tautline/protocol";
import { engineStates } from "@tautline/protocol";
import { format } from "prettier";
import { expect, test } from "vitest";

const meanings: readonly (readonly [EngineEvent, string])[] = [
  ["closeSent", "this side sends Close"],
  ["closeReceived", "peer's Close arrives"],
  ["failed", "peer broke the protocol"],
  ["ended", "transport gone or given up"],
];

function page(): string {
  const states = Object.entries(engineStates);
  const arrows = states.flatMap(([from, row]) =>
    meanings
      .filter(([event]) => row.on[event] !== undefined)
      .map(([event, meaning]) => `    ${from} --> ${row.on[event]}: ${meaning}`),
  );
  const rows = states.map(
    ([name, row]) =>
      `| \`${name}\` | ${row.sends ? "yes" : "no"} | ${row.receives ? "yes" : "no"} |`,
  );
  return [
    "# States of a connection",
    "",
    "The engine's life after the handshake (RFC 6455 §7.1), generated from `packages/protocol/src/states.ts`.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "    [*] --> open",
    ...arrows,
    "    closed --> [*]",
    "```",
    "",
    "| state | sends messages | reads what arrives |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "In `closing` a ping is still answered, because the peer's Close has not come (RFC 6455 §5.5.2).",
    "",
  ].join("\n");
}

test("the page about the engine's states says what the table says", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot("../../docs/reference/engine-states.md");
});

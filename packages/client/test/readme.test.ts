/** What the README shows is code that compiles, and its tables are those of the code. */

import { readFileSync } from "node:fs";
import { clientDefaults, clientErrorTexts, reasons } from "@tautline/client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { example } from "./readme-example.ts";
import { World } from "./world.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const readme = read("../README.md");

/** The first cells of the table below a heading, without its head and without code marks. */
function firstCells(heading: string): string[] {
  const [, section = ""] = readme.split(`## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| `?([^`|]+?)`? +\|/gm)].slice(2).map(([, cell = ""]) => cell);
}

describe("the README", () => {
  test("shows the example that is compiled here", () => {
    const [, shown = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    const [, code = ""] = read("readme-example.ts").split("*/\n\n");
    expect(shown).toBe(code);
  });

  test("shows an example that does what it says", async () => {
    const world = new World();
    vi.stubGlobal("WebSocket", world.server.WebSocket);
    // The example's client lives in the real world: its timers must not outlive the test.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const shown: unknown[][] = [];
    const done = example((...what) => shown.push(what));
    await world.environment.advance(50);
    await done;
    world.server.publish("chat", { text: "Hi" });
    expect(shown).toContainEqual(["connected", "connected", undefined]);
    // The fake server's procedures give back what they are given.
    expect(shown).toContainEqual([[1, 2]]);
    expect(shown.at(-1)).toEqual([undefined, "Hi"]);
    expect(world.server.requests("publish")).toMatchObject([{ publish: { channel: "chat" } }]);
  });

  test("lists the settings with their defaults", () => {
    expect(firstCells("Settings")).toEqual(Object.keys(clientDefaults));
    for (const value of Object.values(clientDefaults)) {
      expect(readme).toContain(`| ${value.toLocaleString("en")} `);
    }
  });

  test("lists the codes of errors and of states", () => {
    expect(firstCells("Errors")).toEqual(Object.keys(clientErrorTexts));
    expect(firstCells("Codes of state changes").filter((cell) => /^\d+$/.test(cell))).toEqual(
      Object.values(reasons).map(({ code }) => String(code)),
    );
  });
});

// The file that keeps what was typed in `tautline connect`.
import { chmod, readdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { historyPath, LineHistory } from "../../../src/cli/connect/line-history.ts";
import { folderWith } from "../folder.ts";

describe("where it is", () => {
  it.each([
    { env: { XDG_STATE_HOME: "/state", HOME: "/home/a" }, path: "/state/tautline/history" },
    { env: { HOME: "/home/a" }, path: "/home/a/.local/state/tautline/history" },
    {
      env: { XDG_STATE_HOME: "state", HOME: "/home/a" },
      path: "/home/a/.local/state/tautline/history",
    },
    { env: { XDG_STATE_HOME: "", HOME: "/home/a" }, path: "/home/a/.local/state/tautline/history" },
    { env: {}, path: undefined },
  ])("with $env", ({ env, path }) => {
    expect(historyPath(env)).toBe(path);
  });
});

async function empty(): Promise<{ folder: string; path: string; history: LineHistory }> {
  const folder = await folderWith({});
  const path = join(folder, "tautline", "history");
  return { folder, path, history: new LineHistory(path) };
}

describe("what is kept", () => {
  it("is the newest thousand lines, each once", async () => {
    const { path, history } = await empty();
    history.add("a line");
    await writeFile(path, Array.from({ length: 1200 }, (_, i) => `line ${i}\n`).join(""));
    expect(history.lines()).toHaveLength(1000);
    history.add("line 700");
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(1000);
    expect(lines.slice(0, 2)).toEqual(["line 200", "line 201"]);
    expect(lines.slice(-2)).toEqual(["line 1199", "line 700"]);
    history.add("newest");
    expect(history.lines()).toHaveLength(1000);
    expect(history.lines()[0]).toBe("line 201");
  });

  it("has no line that is empty, begins with a space, is very long or has control characters", async () => {
    const { history } = await empty();
    const lines = [
      "",
      "  ",
      " hidden",
      "x".repeat(5000),
      "\u001b[31mred",
      "a\u2028b",
      "tab\tkept",
      "嗨",
    ];
    for (const line of lines) history.add(line);
    expect(history.lines()).toEqual(["tab\tkept", "嗨"]);
  });

  it("has the lines of two sessions at once", async () => {
    const { path, history } = await empty();
    const other = new LineHistory(path);
    history.add("one");
    other.add("two");
    history.add("three");
    expect(other.lines()).toEqual(["one", "two", "three"]);
  });

  it("is readable by its owner alone, whatever the file was before, and leaves nothing beside it", async () => {
    const { folder, path, history } = await empty();
    history.add("one");
    expect((await stat(join(folder, "tautline"))).mode & 0o777).toBe(0o700);
    await chmod(path, 0o644);
    history.add("two");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "tautline"))).toEqual(["history"]);
  });

  it("stands where a link leads to, and the link stays", async () => {
    const folder = await folderWith({ elsewhere: "old\n" });
    await symlink(join(folder, "elsewhere"), join(folder, "history"));
    new LineHistory(join(folder, "history")).add("new");
    expect(await readFile(join(folder, "elsewhere"), "utf8")).toBe("old\nnew\n");
  });
});

describe("a file that is none of ours", () => {
  it("is read as far as it makes sense", async () => {
    const folder = await folderWith({ history: "good\n\0\0\n\u001b]0;title\u0007\nno end" });
    expect(new LineHistory(join(folder, "history")).lines()).toEqual(["good", "no end"]);
  });

  it.each([
    { what: "a device", make: (path: string) => symlink("/dev/zero", path) },
    { what: "far too long", make: async (path: string) => truncate(path, 64 * 1024 * 1024) },
  ])("is left alone when it is $what", async ({ what, make }) => {
    const folder = await folderWith(what === "a device" ? {} : { history: "" });
    const path = join(folder, "history");
    await make(path);
    const history = new LineHistory(path);
    history.add("hello");
    expect(history.lines()).toEqual([]);
    expect(await readdir(folder)).toEqual(["history"]);
  });
});

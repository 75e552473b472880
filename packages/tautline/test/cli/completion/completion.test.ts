/** `tautline completion`: scripts that name every command and flag; that of bash is tried in bash. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { commands } from "../../../src/cli/commands/commands.ts";
import { run } from "../run.ts";

/** What bash would offer for the last of these words. */
async function offered(words: readonly string[]): Promise<string[]> {
  const { out } = await run(["completion", "bash"]);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${out}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _tautline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", script]);
  return stdout.split("\n").filter((line) => line !== "");
}

describe("in bash", () => {
  it("commands are completed", async () => {
    expect(await offered(["tautline", "con"])).toEqual(["connect"]);
    expect(await offered(["tautline", ""])).toEqual(
      expect.arrayContaining(commands.map(({ name }) => name)),
    );
  });

  it("flags are completed, those that take something back too", async () => {
    expect(await offered(["tautline", "serve", "--internal-p"])).toEqual(["--internal-port"]);
    expect(await offered(["tautline", "serve", "--no-p"])).toEqual(["--no-page"]);
    expect(await offered(["tautline", "token", "--hel"])).toEqual(["--help"]);
  });
});

it.each(["bash", "zsh", "fish"])(
  "the script for %s has every command and every flag",
  async (shell) => {
    const { code, out } = await run(["completion", shell]);
    expect(code).toBe(0);
    const words = new Set(out.match(/[\w-]+/gu)?.map((word) => word.replace(/^--?/u, "")));
    for (const { name, options } of commands) {
      expect(words).toContain(name);
      for (const [flag, { negated }] of Object.entries(options)) {
        expect(words).toContain(negated === true ? `no-${flag}` : flag);
      }
    }
  },
);

it.each([["completion"], ["completion", "tcsh"], ["completion", "bash", "zsh"]])(
  "says which shells there are: %s %s",
  async (...args) => {
    const { code, err } = await run(args.filter(Boolean));
    expect(code).toBe(2);
    expect(err).toContain("completion takes the name of a shell: bash, zsh, fish");
  },
);

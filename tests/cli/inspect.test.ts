// `tautline inspect` at the end of a pipe, as a process: a Ctrl-C goes to all programs of the pipe.
import { expect, it, onTestFinished } from "vitest";

import { Program } from "./program.ts";

/** More than a pipe holds. */
const blank = "\n".repeat(1024 * 1024);

function inspect(): Program {
  const program = Program.tautline(["inspect", "-"]);
  onTestFinished(() => program.stop());
  return program;
}

it("waits at the first Ctrl-C for what the program before it still has to say", async () => {
  const program = inspect();
  await program.typed(blank);
  program.kill("SIGINT");
  program.type("81 85 37 fa 21 3d 7f 9f 4d 51 58\n");
  program.endInput();
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout).toContain("Hello");
});

it("ends at the second", async () => {
  const program = inspect();
  await program.typed(blank);
  program.kill("SIGINT");
  // Read after the first was heard: signals are taken between reads.
  await program.typed(blank);
  program.kill("SIGINT");
  expect(await program.ended).toEqual({ code: null, signal: "SIGINT" });
});

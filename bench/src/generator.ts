/**
 * The load generator: the C program where it can be built and knows what is to be done, else the one in `load/`, which is slower.
 */
import { join } from "node:path";
import { buildProgram, sourcesIn } from "./c-program.ts";
import { runToEnd } from "./children.ts";
import type { Program } from "./children.ts";
import type { Cores } from "./cores.ts";
import { benchFolder } from "./folders.ts";
import { loadArguments } from "./load-settings.ts";
import type { LoadResult, LoadSettings, LoadTarget } from "./load-settings.ts";

export type GeneratorKind = "c" | "node";

export type LoadOutcome =
  | { readonly result: LoadResult; readonly problem?: undefined }
  | { readonly problem: string; readonly result?: undefined };

/** The one that needs no compiler, and knows TLS and HTTP/2. */
const onNode: Program = {
  command: process.execPath,
  args: [join(benchFolder, "dist", "load", "program.js")],
};

export class Generator {
  readonly kind: GeneratorKind;
  /** Why it is not the C program, when it is not. */
  readonly note: string | undefined;
  readonly #program: Program;
  readonly #cores: Cores;

  private constructor(kind: GeneratorKind, program: Program, cores: Cores, note?: string) {
    this.kind = kind;
    this.note = note;
    this.#program = program;
    this.#cores = cores;
  }

  static async find(wanted: GeneratorKind | undefined, cores: Cores): Promise<Generator> {
    const own = (note?: string): Generator => new Generator("node", onNode, cores, note);
    if (wanted === "node") return own();
    const built = await buildProgram("load", sourcesIn(join(benchFolder, "generator")), ["-lz"]);
    if ("path" in built) return new Generator("c", { command: built.path, args: [] }, cores);
    if (wanted === "c") throw new Error(`The generator in C cannot be built: ${built.problem}`);
    return own(built.problem);
  }

  /** Runs one load. Any wrong, lost or doubled answer is a problem, and the measurement then worth nothing. */
  async run(settings: LoadSettings, target: LoadTarget): Promise<LoadOutcome> {
    // What is set beside TLS and HTTP/2 is loaded as they are.
    const isPlain = settings.carrier === undefined;
    const busy = isPlain && this.kind === "c" && this.#cores.pinned ? 1 : 0;
    const args = loadArguments({ busy, ...settings, ...target });
    const { command, args: first } = isPlain ? this.#program : onNode;
    const { output, errors } = await runToEnd(
      this.#cores.generator({ command, args: [...first, ...args] }),
    );
    let result: LoadResult;
    try {
      result = JSON.parse(output) as LoadResult;
    } catch {
      return { problem: lastLine(errors) || "the generator said nothing" };
    }
    const problem = problemIn(result, settings);
    if (problem === undefined) return { result };
    return { problem: errors === "" ? problem : `${problem}: ${lastLine(errors)}` };
  }
}

function problemIn(result: LoadResult, { mode }: LoadSettings): string | undefined {
  const { failures, stalled, lost, count } = result;
  if (failures > 0) return `${failures} wrong`;
  if (stalled) return "stalled";
  if (lost) return "answers are missing";
  return mode !== "idle" && count === 0 ? "nothing came in the time measured" : undefined;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

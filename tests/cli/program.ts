/** Runs the real command, or an example, as a child process, and waits for what it prints instead of for time to pass. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../packages/tautline/bin/tautline.js", import.meta.url));
const built = new URL("../../packages/tautline/dist/cli/main.js", import.meta.url);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #listeners = new Set<() => void>();
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";

  /** Runs `tautline` with these arguments. */
  static tautline(args: readonly string[], env?: Readonly<Record<string, string>>): Program {
    return new Program([bin, ...args], env);
  }

  /** Runs `node` with these. @throws Error when the packages have not been built. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    if (!existsSync(built)) throw new Error("The packages are not built. Run: npm run build");
    // The parent's colours, port and test settings are not the child's.
    const { PATH = "" } = process.env;
    this.#child = spawn(process.execPath, args, { env: { PATH, ...env } });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#tell();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#tell();
    });
    // A program that has ended takes no more input; how it ended is what tests look at.
    this.#child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        resolve({ code, signal });
        this.#tell();
      });
    });
  }

  /** The number of its process; 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves with the match once standard output holds one; rejects when the program ends before. */
  printed(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let over = false;
      const look = (): void => {
        const match = pattern.exec(this[stream]);
        if (match === null && !over) return;
        this.#listeners.delete(look);
        if (match !== null) resolve(match);
        else reject(new Error(`ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`));
      };
      this.#listeners.add(look);
      void this.ended.then(() => {
        over = true;
        look();
      });
      look();
    });
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Resolves when all of it is in the pipe; for more than a pipe holds, when the program has begun to read. */
  typed(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#child.stdin.write(text, () => resolve());
    });
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it for certain, for the end of a test. */
  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** Starts `tautline serve` and resolves with its address once it listens. */
export async function startServer(
  args: readonly string[] = ["--port", "0"],
): Promise<{ program: Program; origin: string; port: number }> {
  const program = Program.tautline(["serve", ...args]);
  const [, origin = "", port = ""] = await program.printed(/(http:\/\/localhost:(\d+))/u);
  return { program, origin, port: Number(port) };
}

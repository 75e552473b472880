/**
 * What was typed at the prompt, kept for later sessions in a file that its owner alone can read. It is a comfort: a file that
 * cannot be read counts as empty, and one that cannot be written stays as it is.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

/** Lines that are kept, the newest ones. */
const mostLines = 1000;
/** What is longer has been pasted, and nobody looks for it with an arrow key. */
const mostCharacters = 4096;
/** More than so many lines can be: the file is something else. */
const mostBytes = mostLines * mostCharacters * 4;

type Environment = Readonly<Record<string, string | undefined>>;

/** The path of the file (XDG Base Directory Specification); undefined where there is no home. */
export function historyPath(env: Environment): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home, USERPROFILE: profile } = env;
  // The specification has paths that are not absolute ignored.
  if (state !== undefined && isAbsolute(state)) return join(state, "tautline", "history");
  const own = [home, profile].find((path) => path !== undefined && isAbsolute(path));
  return own === undefined ? undefined : join(own, ".local", "state", "tautline", "history");
}

/** Runs it; undefined where the system says no. */
function orNothing<Given>(act: () => Given): Given | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

export class LineHistory {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that were kept, oldest first. */
  lines(): readonly string[] {
    return this.#read() ?? [];
  }

  /**
   * Keeps a line as the newest, once, beside what another session has written meanwhile. None is kept that is empty, begins
   * with a space, is very long or has control characters.
   */
  add(line: string): void {
    if (!isKept(line)) return;
    const lines = this.#read();
    // What stands there is not ours: a directory, a device, a file that is closed to us or far too long.
    if (lines === undefined) return;
    const others = lines.filter((one) => one !== line);
    this.#write([...others, line].slice(-mostLines));
  }

  /** @returns undefined for what is no file of ours */
  #read(): string[] | undefined {
    if (!existsSync(this.#path)) return [];
    const stats = orNothing(() => statSync(this.#path));
    if (stats?.isFile() !== true || stats.size > mostBytes) return undefined;
    const text = orNothing(() => readFileSync(this.#path, "utf8"));
    return text?.split("\n").filter(isKept).slice(-mostLines);
  }

  /** In one step, so that nobody ever reads a half of it. */
  #write(lines: readonly string[]): void {
    // What a link leads to is written, and the link stays.
    const path = orNothing(() => realpathSync(this.#path)) ?? this.#path;
    const draft = `${path}.${process.pid}`;
    orNothing(() => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
    const isWritten = orNothing(() => {
      writeFileSync(draft, `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx" });
      renameSync(draft, path);
      return true;
    });
    if (isWritten !== true) orNothing(() => rmSync(draft, { force: true }));
  }
}

/** Control characters in a file that somebody else has written would reach the terminal with the line. */
const isKept = (line: string): boolean =>
  line.trim() !== "" &&
  !line.startsWith(" ") &&
  line.length <= mostCharacters &&
  !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line.replaceAll("\t", " "));

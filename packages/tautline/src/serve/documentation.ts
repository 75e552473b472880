/**
 * The documentation below `/docs`. Its files are looked for when they are asked for, and kept while they stay the same on the
 * disk: most servers are never asked, and where it is built while the server runs, it is there a moment later.
 */
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import { answerFile, answerText } from "./page-answers.ts";
import type { PageFile } from "./page-files.ts";
import { readPageFile } from "./page-files.ts";

const root = "/docs";

/** Names as the build makes them, and folders of such names. Nothing hidden, nothing encoded, no way upwards. */
const plainPath = /^(?:\/[\w@-][\w@.-]*)+$/u;

interface Kept {
  /** When it was written and how long it is: with both the same, it is the same file. */
  readonly version: string;
  readonly file: Promise<PageFile>;
}

export class Documentation {
  readonly #directory: URL;
  readonly #kept = new Map<string, Kept>();

  constructor(directory: URL) {
    this.#directory = directory;
  }

  /** Answers a request to read what is below `/docs`, and says whether it was one. */
  handle(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (path === root) {
      // The links of its pages count from the folder. Relative, as a proxy may have put a path before ours.
      answerText(response, 301, "The documentation is in this folder.", { Location: "docs/" });
      return true;
    }
    if (!path.startsWith(`${root}/`)) return false;
    const name = path.slice(root.length).replace(/\/$/u, "/index.html");
    this.#answer(name, request, response).catch(() => response.destroy());
    return true;
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await this.#find(name);
    if (file !== undefined) answerFile(file, request, response);
    else if (name === "/index.html") {
      answerText(response, 503, "The documentation is not built yet. Run: npm run docs");
    } else answerText(response, 404, "There is no such page in the documentation.");
  }

  async #find(name: string): Promise<PageFile | undefined> {
    if (!plainPath.test(name)) return undefined;
    const found = await stat(new URL(`.${name}`, this.#directory)).catch(() => undefined);
    if (found?.isFile() !== true) {
      this.#kept.delete(name);
      return undefined;
    }
    const version = `${found.mtimeMs} ${found.size}`;
    const kept = this.#kept.get(name);
    if (kept?.version === version) return kept.file;
    const file = readPageFile(name, this.#directory);
    this.#kept.set(name, { version, file });
    file.catch(() => this.#kept.delete(name));
    return file;
  }
}

/**
 * The documentation below `/docs`. Its files are looked for when they are asked for, and kept while they stay the same on the
 * disk: most servers are never asked, and where it is built while the server runs, it is there a moment later.
 */
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";

import { answerFile, answerText } from "./page-answers.ts";
import type { PageFile } from "./page-files.ts";
import { readPageFile } from "./page-files.ts";

const root = "/docs";

/** Names as the build makes them, and folders of such names. Nothing hidden, nothing encoded, no way upwards. */
const plainPath = /^(?:\/[\w@-][\w@.-]*)+$/u;

const notBuilt =
  "The documentation is not built yet. Started by npm start, it soon is; else run: npm run docs";

interface Kept {
  /** When it was written and how long it is: with both the same, it is the same file. */
  readonly version: string;
  readonly file: Promise<PageFile>;
}

/** Leads to the folder, from which the links of its pages count, or to the page. Relative, as a proxy may have put a path before ours. */
function redirect(path: string, response: ServerResponse): void {
  const [, Location = ""] = /([^/]+\/?)$/u.exec(path) ?? [];
  answerText(response, 301, "The documentation is at another address.", { Location });
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
      redirect(`${root}/`, response);
      return true;
    }
    if (!path.startsWith(`${root}/`)) return false;
    const name = path.slice(root.length).replace(/\/$/u, "/index.html");
    this.#answer(name, request, response).catch(() => response.destroy());
    return true;
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await this.#find(name);
    if (file !== undefined) {
      answerFile(file, request, response);
      return;
    }
    if ((await this.#find("/index.html")) === undefined) {
      answerText(response, 503, notBuilt);
      return;
    }
    for (const [ending, page] of [
      ["/", "/index.html"],
      [".html", ".html"],
    ]) {
      if ((await this.#find(name + page)) === undefined) continue;
      redirect(name + ending, response);
      return;
    }
    await this.#answerLost(name, request, response);
  }

  /** Whoever asked for a page gets one; for other files the words are enough. */
  async #answerLost(
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const page = /^$|html$/u.test(extname(name)) ? await this.#find("/404.html") : undefined;
    if (page !== undefined) answerFile({ ...page, status: 404 }, request, response);
    else answerText(response, 404, "There is no such page in the documentation.");
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

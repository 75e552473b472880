/**
 * The files of a built page, read once into memory with everything an answer needs. Only paths found at that time are
 * ever answered, compared as they stand, so no request can lead outside the directory.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export interface PageFile {
  /** What it is answered with; 200 when absent. */
  readonly status?: number;
  readonly contentType: string;
  readonly cacheControl: string;
  /** A strong validator of `body` (RFC 9110 §8.8.3), quotes included. */
  readonly etag: string;
  readonly body: Buffer;
  /** The body compressed, where that makes it smaller; it is another representation with a validator of its own. */
  readonly gzip?: { readonly etag: string; readonly body: Buffer };
}

/** Paths as they appear in a request's target (`/`, `/assets/main-1a2b.js`) to files. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** The build puts a hash of the content into the names of the files below this path, so they never change. */
const hashedNames = "/assets/";

const compressible = /^text\/|json|svg/u;

/** Reads all files below `directory`; a directory that does not exist gives no files. */
export async function readPageFiles(directory: URL): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const name of await fileNames(directory)) {
    const path = `/${name.replaceAll("\\", "/")}`;
    const file = await readPageFile(path, directory);
    files.set(path, file);
    if (path === "/index.html") files.set("/", file);
  }
  return files;
}

async function fileNames(directory: URL): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const root = fileURLToPath(directory);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length).replace(/^\/+/u, ""));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

const compress = promisify(gzip);

/** Reads the file at a path such as `/assets/main-1a2b.js` below `directory`. @throws the system's error when there is none */
export async function readPageFile(path: string, directory: URL): Promise<PageFile> {
  const body = await readFile(new URL(`.${path}`, directory));
  const contentType = contentTypes[extname(path)] ?? "application/octet-stream";
  const hash = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  const compressed = compressible.test(contentType) ? await compress(body, { level: 9 }) : body;
  return {
    contentType,
    cacheControl: path.startsWith(hashedNames) ? "public, max-age=31536000, immutable" : "no-cache",
    etag: `"${hash}"`,
    body,
    ...(compressed.length < body.length && { gzip: { etag: `"${hash}-gz"`, body: compressed } }),
  };
}

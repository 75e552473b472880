/** Starts a server: options in, a listening server out. */
import { pageDirectory } from "@tautline/console";

import type { ServeOptions } from "./options.ts";
import { resolveOptions } from "./options.ts";
import { readPageFiles } from "./page-files.ts";
import { TautlineServer } from "./server.ts";

/**
 * Starts a server with the console's page at `/`, the hub at `/connection/websocket`, `/echo`, `/broadcast` and
 * `/healthz`. Resolves when it listens.
 *
 * It serves this machine only, and is open there: see `host`, `hooks` and `hub.open` in the options.
 *
 * @throws RangeError for options that make no sense
 * @throws the system's error when the port cannot be had, such as `EADDRINUSE`
 */
export async function serve(options: ServeOptions = {}): Promise<TautlineServer> {
  const settings = resolveOptions(options);
  const files = settings.page ? await readPageFiles(pageDirectory) : new Map();
  const server = new TautlineServer(settings, files);
  await server.listen();
  return server;
}

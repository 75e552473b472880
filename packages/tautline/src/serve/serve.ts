/** Starts a server: options in, a listening server out. */
import { pageDirectory } from "@tautline/console";

import { openTelemetryTracer } from "../tracing/open-telemetry.ts";
import { chosenBroker } from "./broker-choice.ts";
import type { ServeOptions, ServerPart } from "./options.ts";
import { alone, resolveOptions } from "./options.ts";
import { readPageFiles } from "./page-files.ts";
import { TautlineServer } from "./server.ts";

/**
 * Starts a server with the console's page at `/`, the documentation below `/docs`, the hub at `/connection/websocket` and, for where WebSocket cannot pass,
 * beside it over plain HTTP, `/echo`, `/broadcast` and `/healthz`. Resolves when it listens.
 *
 * It serves this machine only, and is open there: see `host`, `hooks` and `hub.open` in the options.
 *
 * @throws RangeError for options that make no sense
 * @throws the system's error when the port cannot be had, such as `EADDRINUSE`
 * @throws Error when the data directory cannot be used (a `DataDirectoryError`), Redis or NATS cannot be reached, or what
 *   they need is not installed
 */
export function serve(options: ServeOptions = {}): Promise<TautlineServer> {
  return startServer(options, alone);
}

/** The same for a process that is a part of a server. @throws as `serve` does */
export async function startServer(
  options: ServeOptions,
  part: ServerPart,
): Promise<TautlineServer> {
  const settings = resolveOptions(options);
  const files = settings.page ? await readPageFiles(pageDirectory) : new Map();
  const broker = await chosenBroker(settings);
  const tracer = settings.tracer ?? (await openTelemetryTracer());
  const server = new TautlineServer(
    { ...settings, broker, tracer: tracer || undefined, part },
    files,
  );
  try {
    await server.listen();
  } catch (error) {
    // Who cannot serve must not keep what another process may need, such as a data directory.
    await server.hub.shutdown().catch(() => undefined);
    throw error;
  }
  return server;
}

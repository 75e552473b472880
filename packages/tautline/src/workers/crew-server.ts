/**
 * A server of several processes, one for each core: the primary, which is this one, holds the broker of the machine unless
 * there is another one, and answers backends and operators where they have a port of their own; workers have the clients.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Broker } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";

import { pageFrom } from "../metrics/metrics-page.ts";
import { localUrl, networkUrls } from "../serve/addresses.ts";
import { Backstage } from "../serve/backstage.ts";
import { chosenBroker } from "../serve/broker-choice.ts";
import { systemClock } from "../serve/clock.ts";
import { Listener } from "../serve/listener.ts";
import { openHub } from "../serve/open-hub.ts";
import type { ServeOptions, ServeSettings } from "../serve/options.ts";
import { alone, resolveOptions } from "../serve/options.ts";
import type { TautlineServer } from "../serve/server.ts";
import { openTelemetryTracer } from "../tracing/open-telemetry.ts";
import { BrokerHost } from "./broker-host.ts";
import { hireProcess } from "./cluster-hands.ts";
import { Crew } from "./crew.ts";
import { LocalBroker } from "./local-broker.ts";
import { sharesPorts } from "./port-sharing.ts";

/** What a running server is for whoever has started it. */
export type RunningServer = Pick<
  TautlineServer,
  "url" | "networkUrls" | "internalPort" | "open" | "close" | "terminate"
>;

/** Starts it; `size` is how many workers. @throws as `serve` does, of the first that fails */
export async function startCrew(options: ServeOptions, size: number): Promise<RunningServer> {
  const settings = resolveOptions(options);
  const { consoleToken } = settings;
  // Where workers listen by themselves, another server of the kind would not be noticed, and any port is one for each.
  const port = sharesPorts() ? await claimedPort(settings) : settings.port;
  const machine = settings.broker === undefined ? await openMachine(settings) : undefined;
  const crew = new Crew({
    size,
    clock: systemClock,
    logger: settings.logger,
    hire: (events) => hireProcess({ port, broker: machine?.path, consoleToken }, events),
  });
  const backstage = await openBackstage(settings, crew, machine);
  const end = async (): Promise<void> => {
    await crew.stop();
    await backstage?.close();
    await machine?.close();
  };
  try {
    await crew.start();
  } catch (error) {
    await end();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    backstage?.announceEnd();
    closing ??= end();
    return closing;
  };
  return {
    url: localUrl(settings.host, crew.port),
    networkUrls: networkUrls(settings.host, crew.port),
    internalPort: backstage?.port,
    open: crew.open,
    close,
    terminate: () => {
      const closed = close();
      crew.force();
      return closed;
    },
  };
}

/** The port, which is free now; a number where any will do. @throws the system's error when it is not */
async function claimedPort({ port, host, logger }: ServeSettings): Promise<number> {
  const listener = new Listener(() => undefined, logger);
  await listener.listen({ port, host });
  await listener.close();
  return listener.port;
}

interface Machine {
  readonly path: string;
  close(): Promise<void>;
}

/** The broker that the workers share. */
async function openMachine(settings: ServeSettings): Promise<Machine> {
  const kept = await chosenBroker(settings);
  const broker: Broker = kept ?? new MemoryBroker({ clock: systemClock, randomId: randomUUID });
  // Nobody else may enter: the folder is its owner's alone.
  const folder = mkdtempSync(join(tmpdir(), "tautline-"));
  const onWindows = process.platform === "win32";
  const path = onWindows ? `\\\\.\\pipe\\tautline-${randomUUID()}` : join(folder, "broker.sock");
  const host = new BrokerHost({ broker, path, clock: systemClock, logger: settings.logger });
  const close = async (): Promise<void> => {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await host.start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return { path, close };
}

interface CrewBackstage {
  readonly port: number | undefined;
  announceEnd(): void;
  close(): Promise<void>;
}

/** Where backends and operators have a port of their own, it is the primary's, with a hub that has no clients. */
async function openBackstage(
  settings: ServeSettings,
  crew: Crew,
  machine: Machine | undefined,
): Promise<CrewBackstage | undefined> {
  if (settings.internalPort === undefined) return undefined;
  const broker =
    machine === undefined
      ? await chosenBroker(settings)
      : new LocalBroker({ path: machine.path, clock: systemClock });
  const tracer = (settings.tracer ?? (await openTelemetryTracer())) || undefined;
  const hub = openHub({ ...settings, broker, tracer, part: alone });
  await hub.ready;
  const backstage = new Backstage({
    hub,
    settings,
    logger: settings.logger,
    metrics: undefined,
    metricsPage: settings.metrics ? pageFrom(() => crew.metrics()) : undefined,
    tracer,
  });
  await backstage.listen();
  return {
    port: backstage.port,
    announceEnd: () => backstage.announceEnd(),
    close: async () => {
      backstage.retire();
      await hub.shutdown();
      await backstage.close();
    },
  };
}
